"""Documents that a text cites: in 《》, by number, or both together."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush

from pipeline.assets import toml
from pipeline.records import Relation
from pipeline.segment.numbers import DocumentNumber, find_document_numbers
from pipeline.segment.organs import looks_like_organ
from pipeline.segment.structure import Citation, Span

_WORDS = toml("references.toml")
_TITLE_END = re.compile(rf"(?:{'|'.join(_WORDS['title_ends'])})(?:\s*[（(〔][^（）()]{{1,40}}[）)〕])*$")
_NOT_DOCUMENT = re.compile("|".join(_WORDS["not_documents"]))
_MARK = re.compile("[《》]")
_SHORT = re.compile(
    r"[（(](?:[^（）()]{0,40}号[，,、]\s*)?(?:以下|下)(?:统?简称|称)(?:为|作)?[：:“]*《([^《》]{1,40})》[”]?[）)]"
)
_CLAUSE_END = re.compile("[。；！？\n]")
_BASIS = re.compile("|".join(_WORDS["basis"]))
_FORWARDS = re.compile("|".join(_WORDS["forwards"]))
_ISSUES = re.compile("|".join(_WORDS["issues"]))
_NUMBER_BEHIND = re.compile(r"[\s　]*[（(〔][\s　]*")
_NUMBER_IN_BRACKETS = re.compile(r"[（(][^（）()]{0,40}号[）)]")
_LOOK_BACK = 60  # characters before a citation in which its clause may say why it is cited
_RANK: dict[Relation, int] = {"mentions": 0, "attachment": 1, "basis": 2, "issues": 3, "forwards": 4}
_STRENGTH = _RANK.__getitem__


@dataclass(frozen=True, slots=True)
class _Quoted:
    title: str
    start: int  # of 《
    end: int  # behind 》


def find_references(
    text: str, own_title: Span | None, own_number: Span | None, attachments: Sequence[Span], limit: int
) -> tuple[Citation, ...]:
    """The documents cited in ``text[:limit]``, each once, in order of first citation.

    The strongest relation of all citations counts. Short names that the text defines (以下简称《条例》) stand for their
    full title. The document's own number and the titles of the attachment note are no citations.
    """
    numbers = _cited_numbers(text, own_number, limit)
    quoted = [q for q in _quoted(text, limit) if not _inside(q.start, attachments)]
    short = _short_names(text, quoted)
    number_at = {start: index for index, (start, _, _) in enumerate(numbers)}
    found: list[Citation] = []
    used: set[int] = set()
    for item in quoted:
        title = short.get(item.title, item.title)
        if title == item.title and not is_document_title(title):
            continue
        end, number = item.end, None
        behind = _NUMBER_BEHIND.match(text, item.end)
        if behind and behind.end() in number_at:
            index = number_at[behind.end()]
            _, stop, parsed = numbers[index]
            closed = text.startswith(("）", ")", "〕"), stop)
            if closed or stop == len(text):  # the text may be cut off there
                end, number = stop + closed, parsed
                used.add(index)
        issuer = _issuer_in_title(title) or _issuer_before(text, item.start)
        relation = _relation(text, item.start, end, own_title)
        found.append(Citation(title, number.text if number else None, issuer, relation, (item.start, end)))
    starts = [citation.span[0] for citation in found]
    ends = [citation.span[1] for citation in found]
    for index, (start, stop, parsed) in enumerate(numbers):
        before = bisect_right(starts, start)
        if index not in used and not (before and start < ends[before - 1]):
            found.append(_by_number(text, start, stop, parsed, own_title))
    merged = _Merged()
    for citation in sorted(found, key=lambda citation: citation.span):
        merged.add(citation)
    return tuple(merged.citations)


def _cited_numbers(text: str, own: Span | None, limit: int) -> list[tuple[int, int, DocumentNumber]]:
    """The numbers in ``text[:limit]`` but the document's own, which a portal's table or a footer may print again."""
    numbers = find_document_numbers(text[:limit])
    if own is None:
        return numbers
    own_texts = {number.text for start, end, number in numbers if start < own[1] and own[0] < end}
    return [n for n in numbers if n[2].text not in own_texts]


def is_document_title(title: str) -> bool:
    """Whether the words inside 《》 name a document and not a newspaper, a book, a form or a column.

    >>> is_document_title("关于推进工作的意见"), is_document_title("毕节日报")
    (True, False)
    """
    return bool(title.startswith("关于") or _TITLE_END.search(title)) and not _NOT_DOCUMENT.search(title)


def _by_number(text: str, start: int, stop: int, number: DocumentNumber, own_title: Span | None) -> Citation:
    return Citation(None, number.text, None, _relation(text, start, stop, own_title), (start, stop))


def _inside(position: int, spans: Iterable[Span]) -> bool:
    return any(start <= position < end for start, end in spans)


def _quoted(text: str, limit: int) -> list[_Quoted]:
    """The outermost 《…》 of the text; a 《 inside another opens no citation of its own."""
    items: list[_Quoted] = []
    depth, opened = 0, 0
    for match in _MARK.finditer(text, 0, limit):
        if match.group() == "《":
            if depth and match.start() - opened > 200:  # a 《 that nothing closes
                depth = 0
            if depth == 0:
                opened = match.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0:
                title = re.sub(r"[\s　]*\n[\s　]*", "", text[opened + 1 : match.start()]).strip()
                items.append(_Quoted(title, opened, match.end()))
    return items


def _short_names(text: str, quoted: Sequence[_Quoted]) -> dict[str, str]:
    """Short name → full title, for each （以下简称《条例》） that follows a citation."""
    names: dict[str, str] = {}
    for item in quoted:
        match = _SHORT.match(text, _behind_number(text, item.end))
        if match:
            names[match.group(1)] = item.title
    return names


def _behind_number(text: str, position: int) -> int:
    """The end of a bracket with a number behind 》, so that （以下简称…） may follow it."""
    match = _NUMBER_IN_BRACKETS.match(text, position)
    return match.end() if match else position


def _issuer_in_title(title: str) -> str | None:
    at = title.find("关于")
    head = title[:at].strip() if at > 0 else ""
    return head if head and looks_like_organ(head) else None


_BEFORE = re.compile(
    r"([一-鿿·、（）]{2,40}?)(?:联合)?(?:印发|下发|发布|制定|出台|颁布|公布|转发)?(?:的|了)?$"
)


def _issuer_before(text: str, start: int) -> str | None:
    """The organ named right before 《: 国家经贸委《…》, 中共中央印发《…》; the longest run that is an organ's name."""
    match = _BEFORE.search(text[max(0, start - 44) : start])
    if not match:
        return None
    run = match.group(1)
    run = run[max((m.end() for m in _BASIS.finditer(run)), default=0) :]  # 贯彻落实中共某市委组织部《…》
    for offset in range(len(run) - 1):
        if looks_like_organ(run[offset:]):
            return run[offset:]
    return None


def _relation(text: str, start: int, end: int, own_title: Span | None) -> Relation:
    """Why the document is cited, from the words of its own clause."""
    if own_title and own_title[0] <= start < own_title[1]:
        before = text[own_title[0] : start].replace("\n", "")
        if _FORWARDS.search(before):
            return "forwards"
        if re.search(r"(?:印发|发布|公布|颁布|下发)[^《》]{0,8}$", before):
            return "issues"
        return "basis" if _BASIS.search(before) else "mentions"
    clause_start = max(start - _LOOK_BACK, 0)
    for match in _CLAUSE_END.finditer(text, clause_start, start):
        clause_start = match.end()
    before = text[clause_start:start]
    stop = _CLAUSE_END.search(text, end, end + _LOOK_BACK)
    after = text[end : stop.start() if stop else end + _LOOK_BACK]
    if re.search(r"现将?[^，。]{0,12}$", before) or re.match(
        r"[^，。]{0,30}(?:，[^，。]{0,30}){0,2}，?现", after
    ):
        if _FORWARDS.search(before + after):
            return "forwards"
        if _ISSUES.search(before + after):
            return "issues"
    last = max((m.end() for m in _BASIS.finditer(before)), default=-1)
    outside = re.sub(r"《[^》]*》", "", before[last:]) if last >= 0 else ""
    return "basis" if last >= 0 and "，" not in outside else "mentions"


class _Merged:
    """Citations, one a document: the same number, the same title, or a title with and without its issuer.

    Of several that a citation could mean, it joins the first; where both have a number, the number decides.
    """

    def __init__(self) -> None:
        self.citations: list[Citation] = []
        self._by_number: dict[str, int] = {}
        self._by_name: dict[str, int] = {}
        self._unnumbered: dict[str, list[int]] = {}

    def add(self, citation: Citation) -> None:
        """Take the next citation of the text."""
        at = self._find(citation)
        if at is None:
            at = len(self.citations)
            self.citations.append(citation)
        else:
            known = self.citations[at]
            self.citations[at] = replace(
                known,
                relation=max(known.relation, citation.relation, key=_STRENGTH),
                doc_number=known.doc_number or citation.doc_number,
                issuer=known.issuer or citation.issuer,
            )
        self._enter(at)

    def _find(self, citation: Citation) -> int | None:
        names = _names(citation)
        if citation.doc_number:
            found = [self._by_number.get(citation.doc_number), *map(self._first_unnumbered, names)]
        else:
            found = [self._by_name.get(name) for name in names]
        return min((at for at in found if at is not None), default=None)

    def _first_unnumbered(self, name: str) -> int | None:
        entries = self._unnumbered.get(name, [])
        while entries and self.citations[entries[0]].doc_number:
            heappop(entries)
        return entries[0] if entries else None

    def _enter(self, at: int) -> None:
        citation = self.citations[at]
        if citation.doc_number:
            self._by_number.setdefault(citation.doc_number, at)
        for name in _names(citation):
            self._by_name[name] = min(at, self._by_name.get(name, at))
            if not citation.doc_number:
                heappush(self._unnumbered.setdefault(name, []), at)


def _names(citation: Citation) -> list[str]:
    """The title, and for 关于… with a known issuer the title that begins with it."""
    title, issuer = citation.title, citation.issuer
    if not title:
        return []
    return [title, issuer + title] if issuer and title.startswith("关于") else [title]
