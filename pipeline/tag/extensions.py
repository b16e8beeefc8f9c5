"""What the tagger finds in a ``Doc`` of spaCy: plain values, and the spans and extensions that show them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypedDict, cast

from spacy.tokens import Doc, Span, SpanGroup, Token

GROUPS = ("measures", "codes", "modality", "actors", "deadlines")
"""The keys of ``doc.spans`` that the component sets."""


class Extent(TypedDict):
    """Characters ``start`` to ``end`` of the text."""

    start: int
    end: int


class DeadlineFound(Extent):
    """A deadline; ``date`` is its last day in ISO form when it is known."""

    date: str | None


class TagFound(Extent):
    """One code; ``start``–``end`` are the words that carry it, ``method`` is rule or model."""

    code: str
    method: str
    score: float


class MeasureFound(Extent):
    """One measure; its document begins at ``document``, which is 0 but for one inside another."""

    document: int
    path: str | None
    kind: str
    modality: str
    modality_cue: Extent | None
    codes: list[str]
    actors: list[Extent]
    inherited_actors: list[Extent]
    deadline: DeadlineFound | None
    tags: list[TagFound]


class HeadingFound(Extent):
    """One heading that asks for something."""

    document: int
    path: str
    tags: list[TagFound]


class Found(TypedDict):
    """What the component found in a ``Doc``, in order of the text."""

    measures: list[MeasureFound]
    headings: list[HeadingFound]


def place_of(extent: Extent) -> tuple[int, int]:
    """Start and end, to sort by."""
    return extent["start"], extent["end"]


def set_results(doc: Doc, found: Found, about: dict[str, str]) -> None:
    """Set ``doc._.gongwen``, `GROUPS` and the codes of tokens, in place of those of an earlier run.

    ``found`` is in order of the text; ``about`` becomes the ``attrs`` of every group.
    """
    doc._.gongwen = found
    _set_groups(doc, found, about)


def _set_groups(doc: Doc, found: Found, about: dict[str, str]) -> None:
    """Set the groups of spans; their ids say what they are, of which measure or heading (``m3.codes.0``)."""
    groups: dict[str, list[Span]] = {name: [] for name in GROUPS}

    def add(group: str, item: str, place: int, extent: Extent, label: str, kb_id: str = "") -> None:
        span = doc.char_span(
            extent["start"],
            extent["end"],
            label=label,
            kb_id=kb_id,
            alignment_mode="expand",
            span_id=f"{item}.{group}.{place}",
        )
        groups[group].append(cast(Span, span))  # every character belongs to a token, so there is one

    for number, heading in enumerate(found["headings"]):
        for place, one in enumerate(heading["tags"]):
            add("codes", f"h{number}", place, one, one["code"], one["method"])
    for number, measure in enumerate(found["measures"]):
        item = f"m{number}"
        add("measures", item, 0, measure, measure["modality"])
        for place, one in enumerate(measure["tags"]):
            add("codes", item, place, one, one["code"], one["method"])
        if measure["modality_cue"]:
            add("modality", item, 0, measure["modality_cue"], measure["modality"])
        for place, actor in enumerate(measure["actors"]):
            add("actors", item, place, actor, "actor")
        if measure["deadline"]:
            add("deadlines", item, 0, measure["deadline"], "deadline", measure["deadline"]["date"] or "")
    for name, spans in groups.items():
        spans.sort(key=lambda span: (span.start, span.end))
        doc.spans[name] = SpanGroup(doc, name=name, spans=spans, attrs=about)
    _set_tokens(doc, groups["codes"])


def _set_tokens(doc: Doc, cues: Iterable[Span]) -> None:
    """Set the codes of the tokens that cues cover, and clear those of an earlier run."""
    # spaCy keeps the value of an extension as ("._.", name, first character, None)
    values = cast(dict[Any, Any], doc.user_data)
    for key in [key for key in values if isinstance(key, tuple) and key[:2] == ("._.", "codes")]:
        del values[key]
    codes: dict[int, list[str]] = {}
    for span in cues:
        for place in range(span.start, span.end):
            codes.setdefault(place, []).append(span.label_)
    for place, labels in codes.items():
        doc[place]._.codes = sorted(set(labels))


def register_extensions() -> None:
    """Register the extensions of ``Doc``, ``Span`` and ``Token``, in the place of any of the same name."""
    Doc.set_extension("gongwen", default=None, force=True)
    Token.set_extension("codes", default=(), force=True)
    for name, getter in _GETTERS.items():
        Span.set_extension(name, getter=getter, force=True)


_Address = tuple[str, int, str, int]
"""What the id of a span says: ``m`` for a measure or ``h`` for a heading and its number, a group, a place in
it.
"""


def _address(span: Span) -> _Address | None:
    """What one of the component's own spans is; None for any other span."""
    parts = span.id_.split(".")
    if len(parts) != 3 or parts[1] not in GROUPS or span.doc._.gongwen is None:
        return None
    return parts[0][0], int(parts[0][1:]), parts[1], int(parts[2])


def _own(span: Span) -> Extent | None:
    """What the component found at one of its own spans; None for any other."""
    address = _address(span)
    if address is None:
        return None
    found = cast(Found, span.doc._.gongwen)
    item, number, group, place = address
    if item == "h":
        return found["headings"][number]["tags"][place]
    measure = found["measures"][number]
    here: dict[str, Sequence[Extent | None]] = {
        "measures": [measure],
        "codes": measure["tags"],
        "modality": [measure["modality_cue"]],
        "actors": measure["actors"],
        "deadlines": [measure["deadline"]],
    }
    return here[group][place]


def _number(span: Span) -> int | None:
    """The number of the measure that a span belongs to or, where it is not the component's own, begins in."""
    found = cast(Found | None, span.doc._.gongwen)
    if found is None:
        return None
    address = _address(span)
    if address:
        return address[1] if address[0] == "m" else None
    measures = found["measures"]
    number = bisect_right(measures, span.start_char, key=lambda measure: measure["start"]) - 1
    return number if number >= 0 and span.start_char < measures[number]["end"] else None


def _measure_of(span: Span) -> MeasureFound | None:
    number = _number(span)
    return None if number is None else cast(Found, span.doc._.gongwen)["measures"][number]


def _span_of_measure(span: Span) -> Span | None:
    number = _number(span)
    return None if number is None else span.doc.spans["measures"][number]


def _chars(span: Span) -> tuple[int, int]:
    own = _own(span)
    return (own["start"], own["end"]) if own else (span.start_char, span.end_char)


def _codes(span: Span) -> list[str]:
    if span.id_ and (one := _tag_of(span)):
        return [one["code"]]
    measure = _measure_of(span)
    return list(measure["codes"]) if measure else []


def _tag_of(span: Span) -> TagFound | None:
    address = _address(span)
    return cast(TagFound, _own(span)) if address and address[2] == "codes" else None


def _text(span: Span, extent: Extent | None) -> str | None:
    return span.doc.text[extent["start"] : extent["end"]] if extent else None


def _score(span: Span) -> float | None:
    one = _tag_of(span)
    return one["score"] if one else None


def _method(span: Span) -> str | None:
    one = _tag_of(span)
    return one["method"] if one else None


def _modality(span: Span) -> str | None:
    measure = _measure_of(span)
    return measure["modality"] if measure else None


def _path(span: Span) -> str | None:
    measure = _measure_of(span)
    return measure["path"] if measure else None


def _actors(span: Span) -> list[str | None]:
    measure = _measure_of(span)
    return [_text(span, actor) for actor in measure["actors"]] if measure else []


def _inherited_actors(span: Span) -> list[str | None]:
    measure = _measure_of(span)
    return [_text(span, actor) for actor in measure["inherited_actors"]] if measure else []


def _deadline(span: Span) -> str | None:
    measure = _measure_of(span)
    return _text(span, measure["deadline"]) if measure else None


def _deadline_date(span: Span) -> str | None:
    measure = _measure_of(span)
    return measure["deadline"]["date"] if measure and measure["deadline"] else None


_GETTERS: dict[str, Callable[[Span], Any]] = {
    "exact": lambda span: span.doc.text[slice(*_chars(span))],
    "chars": _chars,
    "codes": _codes,
    "score": _score,
    "method": _method,
    "measure": _span_of_measure,
    "modality": _modality,
    "path": _path,
    "actors": _actors,
    "inherited_actors": _inherited_actors,
    "deadline": _deadline,
    "deadline_date": _deadline_date,
}
