"""Sentences of running text, as the codebook counts measures.

A sentence ends behind 。！？； outside quotation marks, brackets and 《》, at the end of a line, or where the
passage ends (a lead-in keeps its ：). A mark inside a quotation ends the sentence when the quotation closes
right behind it and nothing goes on: ``他说：“好。”`` is one sentence, ``“快！”的喊声`` is not cut.
"""

from __future__ import annotations

import re

from pipeline.segment.structure import Span

# Protected stretches: a pair on one line, with one level of the same pair inside. An opening mark without its
# closing one protects nothing, so that a lost quotation mark cannot swallow a document.
_QUOTED = r"“[^“”\n]{0,400}”|‘[^‘’\n]{0,200}’|「[^「」\n]{0,400}」|『[^『』\n]{0,200}』"
_BRACKETED = (
    r"（[^（）\n]{0,200}(?:（[^（）\n]{0,80}）[^（）\n]{0,120}){0,4}）|\([^()\n]{0,200}\)|〔[^〔〕\n]{0,40}〕"
    r"|【[^【】\n]{0,80}】"
)
_TITLE = r"《[^《》\n]{0,120}(?:《[^《》\n]{0,80}》[^《》\n]{0,80}){0,3}》"
_STOP = "。！？；!?;"
_TOKEN = re.compile(rf"(?P<quoted>{_QUOTED})|{_BRACKETED}|{_TITLE}|(?P<stop>[{_STOP}]+)|(?P<line>\n+)")
# What follows a closed quotation when the sentence goes on.
_GOES_ON = re.compile(r"[，、；：,;）)]|[的等之与和及或为是这那一]")
_CLOSER = re.compile(r"[。！？；!?;]+[”’」』]*\Z")


def split_sentences(text: str, start: int, end: int) -> list[Span]:
    """The sentences of ``text[start:end]`` as spans into ``text``, without the white space around them.

    A piece without any letter or ideograph (a stray mark, a row of dots) is no sentence.
    """
    spans: list[Span] = []
    begin = start
    for match in _TOKEN.finditer(text, start, end):
        if match["line"] is not None:
            _add(spans, text, begin, match.start())
        elif match["stop"] is not None or (match["quoted"] is not None and _closes(text, match, end)):
            _add(spans, text, begin, match.end())
        else:
            continue
        begin = match.end()
    _add(spans, text, begin, end)
    return spans


def _closes(text: str, quoted: re.Match[str], end: int) -> bool:
    """Whether a quotation that ends in 。” ends its sentence too."""
    if not _CLOSER.search(quoted[0]):
        return False
    if quoted.end() >= end:
        return True
    return not _GOES_ON.match(text, quoted.end(), end)


def _add(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if any(char.isalnum() for char in stripped):
        begin = start + len(piece) - len(piece.lstrip())
        spans.append((begin, begin + len(stripped)))


def split_long(text: str, start: int, end: int) -> list[Span]:
    """The pieces of a long sentence, each at least so long that it says something; none for one that is not long."""
    if end - start <= _LONG:
        return []
    spans: list[Span] = []
    begin = start
    for match in _CLAUSE_END.finditer(text, start, end):
        if match.end() - begin >= _PIECE and end - match.end() >= _PIECE // 2:
            spans.append((begin, match.end()))
            begin = match.end()
    return [*spans, (begin, end)] if spans else []


_LONG, _PIECE = 60, 25  # characters
_CLAUSE_END = re.compile("[，；：。]")
