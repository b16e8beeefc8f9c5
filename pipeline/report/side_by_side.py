"""Raw and clean text of one document side by side for the terminal, with every change marked and named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.records import DocumentRecord, Repair

_VISIBLE = str.maketrans({" ": "␣", "\u3000": "␣", "\u00a0": "⍽", "\t": "→", "\n": "↵", "\r": "␍"})
_FURNITURE = "page_furniture"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of both texts: the same in both, or one repair (``before`` became ``after``)."""

    before: str
    after: str
    repair: Repair | None = None


@dataclass(slots=True)
class _Paragraph:
    """One line of the clean text and what it was made from; the clean side is empty for furniture."""

    pieces: list[_Piece] = field(default_factory=list)

    @property
    def clean(self) -> str:
        return "".join(piece.after for piece in self.pieces)


def side_by_side(record: DocumentRecord, *, plain: bool) -> RenderableType:
    """A table with a row for each paragraph: the raw text, the clean one, and the kinds of its repairs by number.

    Without ``plain`` what went is red and struck out, what came green, damage that was left alone yellow. With it
    they read ``[-went-]``, ``{+came+}`` and ``[?left?]``, much as in ``wdiff``. In changes line ends show as ``↵``,
    blanks as ``␣``, other invisible characters as their code. Below the table stands how many repairs of each kind
    there are.
    """
    table = Table(expand=True, show_lines=not plain)
    table.add_column("raw 原文", ratio=1, overflow="fold")
    table.add_column("clean 正文", ratio=1, overflow="fold")
    table.add_column("repairs 修复", overflow="fold")
    for paragraph in _paragraphs(record):
        raw, clean = Text(), Text()
        for piece in paragraph.pieces:
            _draw(piece, raw, clean, plain)
        table.add_row(raw, clean, Text(_kinds(paragraph), style="dim"))
    count = Counter(repair.kind for repair in record.repairs)
    total = "; ".join(f"{kind} {n}" for kind, n in sorted(count.items()))
    return Group(table, Text(f"{record.n_repairs} repairs{': ' if total else ''}{total}"))


def _paragraphs(record: DocumentRecord) -> Iterator[_Paragraph]:
    """The pieces by lines of the clean text; furniture that stood on lines of its own is a paragraph of its own."""
    current = _Paragraph()
    for piece in _pieces(record):
        repair = piece.repair
        if repair is not None and _FURNITURE in repair.kind and not piece.after.strip():
            if current.clean.strip():
                yield current
                current = _Paragraph()
            current.pieces.append(piece)
            yield current
            current = _Paragraph()
            continue
        current.pieces.append(piece)
        if "\n" in piece.after:
            yield current
            current = _Paragraph()
    if current.pieces:
        yield current


def _pieces(record: DocumentRecord) -> Iterator[_Piece]:
    """Both texts from the beginning to the end; an unchanged stretch ends with each line."""
    done = 0
    for repair in record.repairs:
        yield from _unchanged(record.raw_text[done : repair.raw_start])
        yield _Piece(repair.before, repair.after, repair)
        done = repair.raw_end
    yield from _unchanged(record.raw_text[done:])


def _unchanged(text: str) -> Iterator[_Piece]:
    for line in text.splitlines(keepends=True) if "\n" in text else [text] if text else []:
        yield _Piece(line, line)


def _draw(piece: _Piece, raw: Text, clean: Text, plain: bool) -> None:
    if piece.repair is None:
        raw.append(piece.before.rstrip("\n"))
        clean.append(piece.after.rstrip("\n"))
        return
    if piece.before == piece.after:
        shown = _shown(piece.before)
        for side in (raw, clean):
            side.append(f"[?{shown}?]" if plain else shown, style="" if plain else "bold yellow")
        return
    if piece.before:
        went = _shown(piece.before)
        raw.append(f"[-{went}-]" if plain else went, style="" if plain else "red strike")
    if piece.after.rstrip("\n"):
        came = _shown(piece.after.rstrip("\n"))
        clean.append(f"{{+{came}+}}" if plain else came, style="" if plain else "green")


def _shown(text: str) -> str:
    """Changed characters in a form that can be seen."""
    return "".join(c if c.isprintable() else f"<{ord(c):04X}>" for c in text.translate(_VISIBLE))


def _kinds(paragraph: _Paragraph) -> str:
    """Which repairs the paragraph had, one a line, the uncertain ones with their confidence."""
    lines: Counter[str] = Counter()
    for repair in (piece.repair for piece in paragraph.pieces if piece.repair):
        left = " left alone" if repair.before == repair.after else ""
        sure = "" if repair.confidence == 1 else f" {repair.confidence:.2f}"
        lines[f"{repair.kind}{left}{sure}"] += 1
    return "\n".join(f"{line} ×{n}" if n > 1 else line for line, n in lines.items())
