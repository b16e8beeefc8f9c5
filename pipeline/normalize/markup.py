"""What Markdown and HTML leave in a text that a crawler took for plain."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from pipeline.normalize.alignment import Edit

# escaped once more by each program that took it for text: &amp;nbsp;
_ENTITY = re.compile(r"&(?:amp;){0,3}(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_BREAKING = "p|div|br|hr|tr|li|h[1-6]|table|ul|ol|section|article|center|blockquote"
_INLINE = "span|strong|b|i|em|u|a|font|td|th|tbody|thead|img|sup|sub|small|o:p|body|html|head|label|input|button|nav|main"
_TAG = re.compile(
    rf"<(?P<close>/?)(?:(?P<breaking>{_BREAKING})|{_INLINE})(?:\s[^<>\n]{{0,400}})?/?>|<!--[^\n]{{0,400}}?-->",
    re.I,
)
_BOLD = re.compile(
    r"\*{2,3}|(?<![\w*])\*(?=[^\s*][^*\n]{0,80}\*)|(?<=[^\s*])\*(?=$|\n|[\s，。、；])|(?<!\w)_{2}(?=\S)|(?<=\S)_{2}(?!\w)"
)
_LINE_MARK = re.compile(
    r"^[ \t　]*+(?:#{1,6}[ \t　]+|(?:>[ \t　]?)+|[*+•][ \t　]+|-[ \t　]+(?=[一-鿿]))", re.M
)
_LINK = re.compile(
    r"!?\[(?P<words>[^\[\]\n]{0,200})\]\((?:https?:|/|\.|#|mailto:|javascript:)[^()\s]{0,400}\)"
)
_RULE = re.compile(r"^[ \t]*+(?:(?:-[ \t]*+){3,}|(?:\*[ \t]*+){3,}|(?:_[ \t]*+){3,}|={3,}|★+)[ \t]*+$", re.M)
_TABLE_RULE = re.compile(r"^[ \t]*+\|?(?:[ \t]*+:?-{2,}+:?[ \t]*+\|)+(?:[ \t]*+:?-{2,}+:?[ \t]*+)?$", re.M)
_TABLE_ROW = re.compile(r"^[ \t]*+\|[^\n]*\|[ \t]*+$", re.M)
_ESCAPE = re.compile(r"\\(?=[*_#\[\]()>.\-+])")


_LITERAL = re.compile(r"\\(?:r\\n|n|r|t|/|\"|u[0-9a-fA-F]{4})")
_MEANING = {"\\r\\n": "\n", "\\n": "\n", "\\r": "\n", "\\t": "\t", "\\/": "/", '\\"': '"'}
MANY_LITERALS = 3  # line breaks, from which a text is taken for the value of a JSON field


def decode_literals(text: str) -> Iterator[Edit]:
    """The escapes of JSON as the characters they stand for, in a text whose line breaks are written so.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("通知\\\\n各县：\\\\r\\\\n\\\\u3000一、值班\\\\n二、\\\\u300a办法\\\\u300b", decode_literals)
    '通知\\n各县：\\n\\u3000一、值班\\n二、《办法》'

    Leaves alone a single path (C:\\\\new) and half of a surrogate pair.
    """
    if text.count("\\n") < MANY_LITERALS or text.count("\n") > text.count("\\n"):
        return
    for match in _LITERAL.finditer(text):
        words = match.group()
        plain = _MEANING.get(words) or chr(int(words[2:], 16))
        if not "\ud800" <= plain <= "\udfff":
            yield Edit(match.start(), match.end(), plain)


def decode_entities(text: str) -> Iterator[Edit]:
    """HTML character references as the characters they stand for.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("农业&nbsp;农村&#12289;水利&amp;，&amp;ldquo;四早&amp;rdquo;", decode_entities)
    '农业\\xa0农村、水利&，“四早”'

    Leaves alone an ampersand that starts no reference.
    """
    for match in _ENTITY.finditer(text):
        plain = html.unescape(match.group())
        while plain != (once_more := html.unescape(plain)):
            plain = once_more
        if plain != match.group():
            yield Edit(match.start(), match.end(), plain)


def remove_tags(text: str) -> Iterator[Edit]:
    """Take out tags of HTML; those that begin or end a block become line breaks.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("<p>各县：</p><b>一、</b>防汛<br/>", remove_tags)
    '\\n各县：\\n一、防汛\\n'

    Leaves alone what is no tag (a < b), and script, which a document may want to show.
    """
    for match in _TAG.finditer(text):
        yield Edit(match.start(), match.end(), "\n" if match.group("breaking") else "")


def remove_markdown(text: str) -> Iterator[Edit]:
    """Take out emphasis, heading marks, bullets, quotation marks, links, rules and the bars of tables.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("## **一、总体要求**\\n---\\n见[附件](/a.doc)", remove_markdown)
    '一、总体要求\\n\\n见附件'

    Leaves alone a single asterisk, 〔2020〕 and [2020], and dashes in text.

    >>> edited("川办发[2020]1号，3*5，——特别是", remove_markdown)
    '川办发[2020]1号，3*5，——特别是'
    """
    edits = [
        Edit(m.start(), m.end(), "") for p in (_RULE, _LINE_MARK, _BOLD, _ESCAPE) for m in p.finditer(text)
    ]
    edits += [Edit(m.start(), m.end(), m.group("words")) for m in _LINK.finditer(text)]
    edits += [Edit(m.start(), m.end(), "") for m in _TABLE_RULE.finditer(text)]
    for row in _TABLE_ROW.finditer(text):
        if _TABLE_RULE.fullmatch(row.group()):
            continue
        bars = [row.start() + k for k, char in enumerate(row.group()) if char == "|"]
        edits += [Edit(at, at + 1, "" if at in (bars[0], bars[-1]) else " ") for at in bars]
    done = 0
    for edit in sorted(edits):
        if edit.start >= done:
            yield edit
            done = edit.end
