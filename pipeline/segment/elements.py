"""What a single line is: the elements of GB/T 9704-2012 that one line shows by its form alone."""

from __future__ import annotations

import re
from datetime import date

from pipeline.assets import toml
from pipeline.segment.dates import parse_date
from pipeline.segment.numbers import find_document_numbers, parse_document_number

_ELEMENTS = toml("elements.toml")
_WORDS = _ELEMENTS["words"]
_BLANK = re.compile(r"[\s　]+")
# 孔立平, 黄　卫, 买买提·吐尔逊
_NAME = r"(?:[一-鿿]{1,8}(?:[·•][一-鿿]{1,8}){1,3}|[一-鿿·]{1,4}(?:[ 　]{1,2}[一-鿿·]{1,3})?)"
_DIGITS = "[\\d一二三四五六七八九十]"

_HOUR = re.compile(r"(?<=日)\d{1,2}(?:时|:\d{2}|：\d{2})(?:\d{1,2}分)?$")  # 2022年1月8日5时
DATE_AT_END = re.compile(
    r"[\d一二三四五六七八九〇○零]{2,4}\s*年\s*[\d一二三四五六七八九十]{1,3}\s*月\s*[\d一二三四五六七八九十廿]{1,3}\s*日$"
)
# What else may stand in the line of a number: labels, the class of a reply to a proposal (A类), the copy's number.
_BESIDE_NUMBER = re.compile(
    r"发文字号[：:]|文号[：:]|明\s*电|等级[：:]|[（(]?[A-D][1-4]?\s*类?[）)]|(?:类别|办理结果)[：:]?\s*[A-D]"
    r"|[（()）\[\]【】]|份号[：:]?|\d{6}"
)
COPY_NUMBER = re.compile(r"^(?:№|No\.?|份号[：:]?)?\s*\d{6}$")  # 份号, six digits (GB/T 9704-2012 §7.2.1)
SECRECY = re.compile(
    rf"(?P<secrecy>(?:{_WORDS['secrecy']})(?:\s*[★☆]\s*(?:{_DIGITS}{{1,3}}\s*个?[年月]|长期))?)"  # §7.2.2
)
URGENCY = re.compile(f"(?P<urgency>{_WORDS['urgency']})")  # §7.2.3
_URGENCY_FIELD = re.compile(
    rf"(?:^|[\s　])(?:等\s*级|紧急程度|缓急)(?:[：:]\s*|[\s　]+)(?P<urgency>{_WORDS['urgency']})"
)
_URGENCY_FIRST = re.compile(rf"(?P<urgency>{_WORDS['urgency']})[\s　]+\S")
SIGNER = re.compile(rf"签发人(?:[：:]\s*|[\s　]+)(?P<signer>{_NAME})(?![一-鿿])")  # §7.2.6
TELEGRAM = re.compile(rf"^(?:{_WORDS['telegrams']}|(?:{_WORDS['telegram_labels']})[：:\s　].*)$")
MASTHEAD = re.compile(r"^.{2,120}?[\s　]*文件$|^.{2,40}(?:会议纪要|公报|公告|通告|令)$|^文件$")  # §7.2.4
PRINT_INFO = re.compile(  # §7.4.3
    rf"^(?P<by>.*?)[，,\s　]*(?P<on>[\d一二三四五六七八九〇○零十年月日\s.\-/]{{6,22}})[\s　]*(?:{_WORDS['printing']})(?:[\s　]*[（(]?共印\s*\d+\s*份[）)]?)?$"
)
CC = re.compile(rf"^(?:{_WORDS['copies']})[：:]\s*(?P<names>.+)$")  # §7.4.2
CONTACT = re.compile(
    rf"^[（(]?\s*(?:附注[：:]\s*)?(?:{_WORDS['contacts']})[^。\d：:]{{0,12}}[：:][^。]*[）)]?。?$"
    r"|^[（(]?[^。，；]{2,24}(?:电话|热线)[：:]\s*[\d×xX*—\-（）()、转 ]{5,}[^。]{0,60}[）)]?$"
)
NOTE = re.compile(
    rf"^[（(〔](?:{_WORDS['notes']})[^）)〕]*[）)〕]$|^(?:{_WORDS['notes_unbracketed']})[^。]{{0,20}}$"
)
REMARK = re.compile(f"^(?:{_WORDS['remarks']})$")
ADOPTION = re.compile(  # 题注 of rules: when and by whom they were adopted
    r"^[（(][^）)]{0,30}(?:\d{4}年\d{1,2}月\d{1,2}日|[一二〇○零九]{4}年)[^）]*(?:通过|公布|发布|修订|修正|批准|起施行)[^）]*[）)]$"
)
ATTACHMENT_LABEL = re.compile(
    rf"附\s*[件图表]?\s*(?:{_DIGITS}{{0,2}}\s*[：:]|(?<=件){_DIGITS}{{1,2}}[.．、])\s*"
)
ATTACHMENT_NOTE = re.compile(rf"^{ATTACHMENT_LABEL.pattern}\S")  # §7.3.4
ATTACHMENT_HEAD = re.compile(
    rf"^[（(]?附\s*(?:件|录|表|图)?\s*(?:{_DIGITS}{{1,2}}(?:[-－]\d{{1,2}})?)?\s*[：:.、]?[）)]?$"
)
_OFFICES = re.sub(r"(?<=[一-鿿])(?=[一-鿿])", "[ \u3000]*", _WORDS["signing_offices"])  # 省　长
PERSON_SIGNATURE = re.compile(rf"^(?:{_OFFICES})[：:\s　]+(?:{_NAME}|[×ＸX]{{2,4}})$")
# A field of a portal's table: with ：, or one of several in a row (文　号 … 有效性 有效).
_LABEL = f"(?:{'|'.join(_ELEMENTS['metadata_labels'])})"
METADATA = re.compile(rf"^{_LABEL}(?:[\s　]*[：:].*|[\s　|]+\S.*[\s　|]{_LABEL}[\s　|：:].*)$")


METADATA_LABEL = re.compile(rf"^{_LABEL}$")


def squeeze(line: str) -> str:
    """The line without any blank."""
    return _BLANK.sub("", line)


def date_of(line: str) -> date | None:
    """The date that a line consists of, in brackets or with the hour of a telegram; None for any other line."""
    return parse_date(_HOUR.sub("", squeeze(line).strip("（）()")))


def broken_date(line: str, following: str) -> date | None:
    """The date that a line break cuts in two (一九九○年十一月 / 三日), None where either line is more than its half."""
    if (
        len(line) > 16
        or len(following) > 16
        or not re.match(r"[\d一二三四五六七八九〇○零]", line)
        or is_date(line)
    ):
        return None
    return date_of(line + following)


def is_date(line: str) -> bool:
    """Whether the line holds a date and nothing else, in brackets or with the hour of a telegram behind it."""
    if not 0 < len(line) <= 26:
        return False
    last = line[-1]
    if last not in "日号时分（）()" and not last.isdecimal() and not last.isspace():
        return False
    return date_of(line) is not None


def number_span(line: str) -> tuple[int, int] | None:
    """The document number in a line of the head that holds nothing beside number, urgency, signer and the like.

    None for a sentence that cites a number: only the elements printed beside 发文字号 may stand in its line.
    """
    found = find_document_numbers(line)
    if len(found) != 1:
        return None
    start, end, _ = found[0]
    rest = line[:start] + " " + line[end:]
    for pattern in (SIGNER, SECRECY, _URGENCY_FIELD, URGENCY):
        rest = pattern.sub(" ", rest)
    rest = _BESIDE_NUMBER.sub(" ", rest)
    return (start, end) if not rest.strip(" 　：:") else None


def order_number(line: str) -> bool:
    """Whether a line is the number of an order or announcement: 第707号, （第3号）, 2020年第12号, 〔十四届〕第9号."""
    return bool(
        re.fullmatch(
            r"[（(]?(?:〔[一二三四五六七八九十]{1,3}届〕)?(?:\d{4}年)?第[\s　]*[\d一二三四五六七八九十百〇零]+[\s　]*号[）)]?",
            line,
        )
    ) and (parse_document_number(line) is not None)


def urgency_in(line: str) -> re.Match[str] | None:
    """Urgency as an element of its own: the whole line, a labelled field, or beside number and signer."""
    if whole := URGENCY.fullmatch(squeeze(line)):
        return whole
    field = _URGENCY_FIELD.search(line)
    return field or (_URGENCY_FIRST.match(line) if len(line) < 60 else None)
