"""A portal's page → the document on it, and what the portal's metadata table says about it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache, partial
from itertools import pairwise
from typing import Any

from pipeline import assets
from pipeline.errors import ExtractError

MAX_DEPTH = 1_000
"""Deepest nesting of elements; pages have some dozens, and extraction takes quadratic time in it."""
MAX_HINT = 300
"""Longest value that a metadata table may give for one field, in characters."""

MAX_HINT_LINES = 100
"""The table of metadata is looked for in this many lines of the page."""

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)[^<>]*+>")
# Elements that hold nothing, and those that the next of their kind closes: leaving </p> out nests nothing.
_EMPTY = [
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
]
_SELF_CLOSING = ["p", "li", "dt", "dd", "tr", "td", "th", "option", "tbody", "thead"]
_FLAT = frozenset([*_EMPTY, *_SELF_CLOSING])
_BLANK = re.compile(r"[\s\u3000\xa0]+")
# Elements that only dress words. Around a numeral they are taken for clutter: <span>3</span>月 would become 月.
_DRESS = r"(?:span|font|b|strong|i|em|u|big|small|ins|mark|o:p|st1:[a-z]+)"
_INLINE = re.compile(rf"</?{_DRESS}(?:\s[^<>]*+)?>", re.I)
_HIDDEN = re.compile(rf"<({_DRESS})\s[^<>]*?display\s*:\s*none[^<>]*+>[^<>]*+</\1\s*>", re.I)


def html_text(page: str) -> tuple[str, dict[str, str]]:
    """The main text of a page, and the portal's statements about it by field of ``documents``.

    Navigation, scripts and footers are left out: what stands before and behind what is recognised as the main text.
    When nothing is, all visible text is taken.

    Raises ExtractError ``missing_extra``, ``too_deep`` or ``malformed`` (stage ``read``).
    """
    try:
        from resiliparse.extract.html2text import extract_plain_text
        from resiliparse.parse.html import HTMLTree
    except ImportError:
        raise ExtractError(
            "read", "missing_extra", "HTML needs an extra: pip install 'gongwen[html]'"
        ) from None
    if _depth(page) > MAX_DEPTH:
        raise ExtractError("read", "too_deep", f"elements are nested more than {MAX_DEPTH} deep")
    try:
        tree = HTMLTree.parse(_INLINE.sub("", _HIDDEN.sub("", page)))
        shown = partial(extract_plain_text, tree, preserve_formatting=True, alt_texts=False, links=False)
        main: str = shown(main_content=True)
        visible: str = shown(main_content=False)
        return _whole(visible, main), _hints(tree, visible)
    except (ValueError, RuntimeError) as failure:
        raise ExtractError("read", "malformed", f"the page cannot be parsed: {failure}") from None


def _whole(visible: str, main: str) -> str:
    """The visible lines from the first to the last of the main text, which by itself lacks what looks like clutter: cells
    and items of one character.
    """
    lines = visible.split("\n")
    wanted = [line for line in map(_bare, main.split("\n")) if line]
    places: dict[str, list[int]] = {}
    for number, line in enumerate(lines):
        places.setdefault(_bare(line), []).append(number)
    last, after = -1, -1
    for line in wanted:  # each as early as can be, so that the last is
        if (k := bisect_right(found := places.get(line, []), after)) < len(found):
            last = after = found[k]
    first = before = len(lines)
    for line in reversed(wanted):  # and as late as can be, so that the first is
        if k := bisect_left(found := places.get(line, []), before):
            first = before = found[k - 1]
    return "\n".join(lines[first : last + 1]) if first <= last else visible


def _bare(line: str) -> str:
    return _BLANK.sub("", line)


def _depth(page: str) -> int:
    """How deep elements are nested, by their tags alone."""
    depth = deepest = 0
    for match in _TAG.finditer(page):
        if match[2].lower() in _FLAT or page[match.end() - 2] == "/":
            continue
        if match[1]:
            depth = max(0, depth - 1)
        else:
            depth += 1
            deepest = max(deepest, depth)
    return deepest


@cache
def _fields() -> dict[str, dict[str, str]]:
    """Label → field, for the table and for the <meta> tags."""
    portal = assets.toml("portal.toml")
    return {
        kind: {label: field for field, labels in portal[kind].items() for label in labels}
        for kind in ("labels", "meta")
    }


def _hints(tree: Any, visible: str) -> dict[str, str]:
    """What <meta> tags and the table of metadata say; its rows are lines with tabs between cells."""
    hints: dict[str, str] = {}
    for meta in tree.document.query_selector_all("meta[name]"):
        _keep(hints, _fields()["meta"].get(meta.getattr("name") or ""), meta.getattr("content"))
    labels = _fields()["labels"]
    for line in visible.splitlines()[:MAX_HINT_LINES]:
        cells = [cell for cell in line.split("\t") if cell.strip()]
        for label, value in pairwise(cells):
            _keep(hints, labels.get(_BLANK.sub("", label).rstrip(":：")), value)
        if len(cells) == 1:  # a list of 标签：值
            label, colon, value = cells[0].partition("：")
            _keep(hints, labels.get(_BLANK.sub("", label)) if colon else None, value)
    return hints


def _keep(hints: dict[str, str], field: str | None, value: str | None) -> None:
    """The first statement about a field counts; a long one is no cell of the table."""
    tidy = _BLANK.sub(" ", value or "").strip()
    if field and tidy and len(tidy) <= MAX_HINT and not tidy.endswith(("：", ":")):
        hints.setdefault(field, tidy)
