"""Deadlines: limits in calendar or elapsed time, as written and, where the text settles it, as a date.

A deadline is a limit (9月15日前, 三日内, 当日, 年内) or a recurring one with a time (每月25日前, 每日17时前). Bare
frequencies (每季度), windows (10月中旬), periods and start times are none. Of two, the first counts.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.segment.structure import Span

_N = r"[0-9〇零一二三四五六七八九十百两半]{1,6}"
_YEAR = r"(?:(?:20[0-9]{2}|二〇[〇零一二三四五六七八九]{2})年|今年|明年|本年|当年|次年|每年)"
_MONTH = r"(?:(?:[1-9]|1[0-2]|十[一二]?|[一二三四五六七八九正腊])月份?|本月|当月|下月|次月|每月|每季度[末首]月|季度[末首]月)"
_DAY = r"(?:[12]?[0-9]|3[01]|二?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|三十一?|初?[一二三四五六七八九])[日号]"
_TENTH = "(?:上旬|中旬|下旬|月?底|月?末|初)"
_CLOCK = (
    rf"(?:凌晨|早上|早|上午|中午|正午|午间|下午|傍晚|晚上|晚|夜间)?(?:{_N}[时点](?:整|半|{_N}分)?|[0-2]?[0-9][:：][0-5][0-9])|中午|正午|下班|天黑|天亮|日落|日出"
    rf"|晚上|下午|上午"
)
_WEEKDAY = r"(?:每周|本周|下周|每星期|星期|周)[一二三四五六日天末]"
_RECURRING = r"(?:每日|每天|每晚|每早|次日|当日|当天|当晚|今天|今日|今晚|明天|明日|明晚|翌日)"
# Days that everybody in China can place without a date; 汛 and 节 stand for the coming season and holiday.
_FEAST = (
    r"(?:[“\"]?(?:五一|十一|七一|八一)[”\"]?(?:假期|节)?|元旦|春节|除夕|小年|元宵节?|清明节?|端午节?|中秋节?|国庆节?|重阳节|教师节"
    r"|两节|双节|节假日|假期|长假|放?寒假|放?暑假|节|过年|年关|冬至|霜降|立冬|入伏|三伏天?|雨季|高温季|台风季|供暖季?|采暖季|接羔季|汛|主?汛期|伏季休渔"
    r"|开江|封江|开河|封河|封冻|解冻|入汛|入冬|入夏|入秋|高考|中考|期末考试|放假|天黑|天亮|日落|日出|下班|霜冻|冬季|开渔|休渔|开镰|封山|开赛|开幕|春耕|春播|备耕|秋收|麦收|三夏|双抢|关秋门"
    r"|(?:春季|秋季|下|新|每)?(?:学期)?(?:开学|返校|开园))(?:到来|来临|开始|结束)?"
)
_CALENDAR = (
    rf"(?:{_YEAR}?{_MONTH}(?:{_DAY}|{_TENTH})|腊月(?:二十|廿)[一二三四五六七八九]?|{_YEAR}?{_MONTH}|{_YEAR}(?:年?底|年?末"
    rf"|{_FEAST})|{_DAY}|每?(?:年底|年末|月底|月末|季末|季度末)"
    rf"|(?:每个?)?季度[末首]月{_DAY}|{_YEAR}[“\"]?{_FEAST}|[“\"]?{_FEAST}|{_WEEKDAY}|{_RECURRING})"
)
_UNIT = r"(?:个?工作日|个?小时|分钟|刻钟|秒钟?|日|天|周|个?星期|个?月|年|个?季度|个学期|学期)"
# 9月15日前, 每周五17时前, 节前, 今晚20时之前
_BEFORE = (
    rf"(?:{_CALENDAR}(?:{_CLOCK})?|(?:凌晨|清晨|早上|上午|中午|下午|傍晚|晚上|晚|夜里|夜间)?{_N}[时点](?:半)?|正月(?:十五|初[一-十])|(?<![0-9一二三四五六七八九十几多数])年"
    rf"|[第]?[一二三四]季度末?)(?:之前|以前|前)(?:{_N}个?{_UNIT}(?![起里内后]))?(?![往来后置述款期端沿进台线段列方引]|[一二三四五六七八九0-9十]{{1,3}}(?:批|名|位|个百分))"
)
_EVENT = r"(?:(?:自|从)?[一-鿿《》“”]{1,12}?(?:之日起|起|后|之后|以后))"
# 三日内, 收到本通知后3日内, 自印发之日起10个工作日内
_WITHIN = rf"(?:{_N}|[几数]){_UNIT}(?:之内|以内|内)"
_SOON = (
    r"(?:本周|本月|本月底|本学期|今年|(?<![0-9一二三四五六七八九十几多数])年|当年|本年度|年度|月|本季度|当月|当周|今年|半天)(?:之内|以内|内)(?!部|容|控|设|涵|外|在|心"
    r"|蒙|生|循|地|陆|存|径|河|江|涝|阁|务|政|科|需|贸|销)"
)
_SAME_DAY = r"(?:当日|当天|当晚|次日|当夜|当周|今晚|今天|今日|明天|翌日|连夜$)"
_AT = (
    rf"(?:(?:每日|每天|每晚){_N}[时点](?:[、和]{_N}[时点])*(?!起|至|到|—|-|以?后)|{_MONTH}{_DAY}(?:晚上|下午|上午|早上)|{_DAY}(?:晚上"
    rf"|下午))"
)
# 提前三天, 施行前7日, 停电前两小时
_AHEAD = (
    rf"提前{_N}个?{_UNIT}|提前半天|(?<!提)前{_N}(?:个)?(?:小时|日|天|周|个?月)(?!内|里|来|份|第|底|初|起)"
)
# What any of these begins with; only there the rest is tried.
_START = '[解0-9〇零一二三四五六七八九十百两半几数廿初正腊今明本当次下上每季第年度月周星双节假放寒暑过小大元春除清端中重教长冬霜立入高汛主伏期开封备秋麦关夏学新返雨台供采接翌国连凌早午傍晚夜提前天“"]'
_DEADLINE = re.compile(
    rf"(?={_START})(?:(?P<within>{_WITHIN})|(?P<ahead>{_AHEAD})|(?P<before>{_BEFORE})|(?P<soon>{_SOON})"
    rf"|(?P<at>{_AT})|(?P<same>{_SAME_DAY}))"
)
# 3天内出现5例, 一年内被处罚3次: a condition; 三年内不得: a period; 近三年内: the past.
_CONDITION = re.compile(
    r"(?!必须|应|须|要)[^，。；]{0,8}?(?:出现|发生|累计|被|有[^权]|再次|达到|[两二三3]次以上|不得|不再|不予|取消|禁止|不受|免征|有效|停发|[两二三3]次)|的(?!确)"
)
_PAST = re.compile(r"(?:近|过去|最近|连续|前|每|满|超过|不足|以上|间隔)\Z")
_NOT_SAME = re.compile(
    r"(?:有效|的|巡查情况|情况|数据|起|以来|白天|之内翻|[^，。；]{0,3}(?:翻盆|累计)|就可|可以|晚餐|夜里|晚饭|上午$)"
)
_ARRIVAL = re.compile(rf"{_N}(?:分钟|小时|天)(?=到场|到达|到位|赶到|出动|集结|通电|办结|送达)")


# Every deadline has one of these; most sentences have none.
_SIGN = re.compile(
    r"[内前晚]|当[日天夜周]|[次翌][日]|[今明]天|今日|连夜|每[日天]|[日号][上下]午|[上下早]午|早上|分钟|小时|天(?=到|赶|出|集|通|办|送)"
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline as written at ``span`` and, when the text and the date of issue settle it, its last day."""

    span: Span
    day: date | None


def find_deadline(text: str, start: int, end: int, issued: date | None = None) -> Deadline | None:
    """The first deadline of the sentence ``text[start:end]``, None when it has none."""
    if not _SIGN.search(text, start, end):
        return None
    for match in _DEADLINE.finditer(text, start, end):
        span = _accepted(text, match, start, end)
        if span:
            return Deadline(span, resolve(text[span[0] : span[1]], issued))
    arrival = _ARRIVAL.search(text, start, end)
    return Deadline(arrival.span(), None) if arrival else None


def _accepted(text: str, match: re.Match[str], start: int, end: int) -> Span | None:
    before, after = text[max(start, match.start() - 4) : match.start()], match.end()
    if match["within"] is not None:
        if _CONDITION.match(text, after, end) or _PAST.search(before):
            return None
        if before.endswith(("后", "起")):
            return _with_event(text, match.start(), after, start)
    elif match["same"] is not None and (_NOT_SAME.match(text, after, end) or before.endswith(("至", "到"))):
        return None  # 20时至次日6时 is a period
    elif match["ahead"] is not None and match[0].startswith("前"):
        return _with_event(text, match.start(), after, start) if _has_event(before) else None
    elif match["before"] is not None and (
        _BEFOREHAND.match(match[0]) or _FROM_THEN_ON.match(text, after, end)
    ):
        return None
    return match.span()


_FROM_THEN_ON = re.compile(rf"{_N}个?{_UNIT}起")  # 开渔前五天起 says when it begins
_BEFOREHAND = re.compile(r"目前|此前|之前|以前|日前|年前[^，。]|月前")


def _has_event(before: str) -> bool:
    """Whether 前三日 is preceded by what it counts from (施行前7日), rather than being 前三日, the first three days."""
    return bool(before) and "一" <= before[-1] <= "鿿" and before[-1] not in "的在于目日年月此以之了后"


def _with_event(text: str, event_end: int, end: int, floor: int) -> Span:
    """The limit with the event that it counts from, where that stands free behind 在, 于, 应 or at a clause's
    start.

    应在受理后三日内 keeps 受理后三日内; an event behind its own subject (乡镇自下单之日起72小时内) and the
    triggers 接到…, 接报… are not part of the deadline.
    """
    clause = _CLAUSE_TAIL.search(text, floor, event_end)
    if clause:
        event = _FREE_EVENT.search(clause[0])
        if event and not _TRIGGER.match(event[1]) and not _CALL.search(event[1]):
            return event_end - len(event[1]), end
    return event_end, end


_LIMIT = re.compile(rf"(?:{_N}|[几数]){_UNIT}(?:之内|以内|内)\Z")
_CLAUSE_TAIL = re.compile(r"[^，。；：、\n]{1,16}\Z")
_FREE_EVENT = re.compile(r"(?:^|应当|必须|[在于应须要可请])((?:自|从)?[^在于应须要可请]{1,10})\Z")
_CALL = re.compile(
    r"接(?:到(?!本?通知)|警|报|令|单|诉)"
)  # 管护队接报后四小时内: who is called stands there too
_TRIGGER = re.compile(r"接到(?!本?通知)|接警|送到|样品|其|近|在|将|并")

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "正": 1}


def number(text: str) -> int | None:
    """The value of a number up to 99 in digits or Chinese numerals (二十一, 廿三, 10); None for anything else."""
    if text.isdigit() and text.isascii():
        return int(text)
    tens, ten, ones = text.replace("廿", "二十").replace("初", "").partition("十")
    if ten:
        if (tens and tens not in _DIGITS) or (ones and ones not in _DIGITS):
            return None
        return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    return _DIGITS.get(tens) if len(tens) == 1 else None


_POINT = re.compile(
    rf"(?P<year>20[0-9]{{2}}年|今年|明年|次年|本年|当年)?(?:(?P<month>[0-9]{{1,2}}|十[一二]?|[一二三四五六七八九])月份?|(?P<this>本月"
    rf"|当月)|(?P<next>下月|次月))?"
    rf"(?:(?P<day>{_DAY})|(?P<tenth>上旬|中旬|下旬|月?底|月?末))?(?:{_CLOCK})?(?:之前|以前|前|晚上|下午|上午)"
)
_FIXED_DAYS = {
    "元旦": (1, 1),
    "五一": (5, 1),
    "七一": (7, 1),
    "八一": (8, 1),
    "国庆": (10, 1),
    "十一": (10, 1),
    "教师节": (9, 10),
}
_FROM_ISSUE = re.compile(
    r"(?:自|从)?(?:本(?:通知|意见|通告|方案|办法|函)?)?(?:印发|发布|下发|公布)(?:之日起|后|起)(.{1,4}?)(日|天|个月|周)内"
)


def resolve(written: str, issued: date | None) -> date | None:
    """The last day of a deadline as written, None when text and date of issue do not settle it.

    A month or day without its year is the next one at or after the date of issue; what recurs (每月) or counts
    from an event (受理后三日内) has no date of its own.
    """
    if "每" in written:
        return None
    if match := _FROM_ISSUE.search(written):
        return _after_issue(match, issued)
    if written in ("年内", "今年内", "年底前", "年末前", "当年内", "今年底前") and issued:
        return date(issued.year, 12, 31)
    if match := re.match(r"(20[0-9]{2})年(?:年?底|末)前", written):
        return date(int(match[1]), 12, 31)
    if match := re.match(r"(今天|今日|今晚|明天|明日|明晚)", written):
        return issued + timedelta(days=match[1].startswith("明")) if issued else None
    for name, (month, day) in _FIXED_DAYS.items():
        if re.fullmatch(rf"[“\"]?{name}节?[”\"]?(?:之|以)?前", written):
            return _coming(issued, month, day)
    match = _POINT.fullmatch(written)
    return _point(match, issued) if match else None


def _after_issue(match: re.Match[str], issued: date | None) -> date | None:
    count = number(match[1])
    if count is None or issued is None or match[2] == "个月":
        return None
    return issued + timedelta(days=count * (7 if match[2] == "周" else 1))


def _point(match: re.Match[str], issued: date | None) -> date | None:
    month = number(match["month"]) if match["month"] else None
    if match["this"] and issued:
        month = issued.month
    if match["next"] and issued:
        month = issued.month % 12 + 1
    day = number(match["day"][:-1]) if match["day"] else None
    if month is None:
        return _day_of_month(issued, day) if day and not match["year"] else None
    year = _year(match["year"], issued)
    if not day and not match["tenth"]:
        return None  # 3月前 may mean either end of the month
    if not day:
        day = {"上旬": 10, "中旬": 20}.get(match["tenth"], 0)
    if year is not None:
        return _date(year, month, day)
    return _coming(issued, month, day)


def _year(written: str | None, issued: date | None) -> int | None:
    if written is None:
        return None
    if written[:4].isdigit():
        return int(written[:4])
    return issued.year + (written in ("明年", "次年")) if issued else None


def _coming(issued: date | None, month: int, day: int) -> date | None:
    """The first such day at or after the date of issue; ``day`` 0 is the last of the month."""
    if issued is None:
        return None
    this_year = _date(issued.year, month, day)
    return this_year if this_year and this_year >= issued else _date(issued.year + 1, month, day)


def _day_of_month(issued: date | None, day: int) -> date | None:
    if issued is None:
        return None
    year, month = (
        (issued.year, issued.month) if day >= issued.day else divmod(issued.year * 12 + issued.month, 12)
    )
    if day < issued.day:
        month += 1
    return _date(year, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    """A date, the last of the month for day 0, None where the calendar has none such."""
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    return date(year, month, day or last) if day <= last else None
