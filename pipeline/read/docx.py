"""The text of a Word file (.docx), with the numbers of its automatic lists.

Only the standard library: the parts that matter are few, and no library gives back the digits of automatic
numbering, which in an official document are the structure (一、（一）1.). Source: ECMA-376 part 1.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from typing import NoReturn
from xml.parsers import expat

from pipeline.errors import ExtractError
from pipeline.read.numbering import Counter, Level, Numbering

MAX_PART_BYTES = 100_000_000
"""Largest unpacked XML part, in bytes: what a ZIP bomb is stopped at."""
MAX_DEPTH = 500
"""Deepest nesting of elements in a part."""

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W_STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # the same text once more
_SKIPPED = frozenset(("del", "moveFrom", "instrText", "delText", "rPrChange", "pPrChange", _FALLBACK))
Attributes = dict[str, str]


def docx_text(data: bytes) -> str:
    """The paragraphs of the body, one a line, as the file shows them: automatic numbers are written out,
    deletions are left out, the cells of a table's row are joined by tabs.

    Raises ExtractError ``malformed``, ``encrypted``, ``too_large`` or ``too_deep`` (stage ``read``).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = set(package.namelist())
            if "word/document.xml" not in names:
                raise ExtractError("read", "malformed", "a Word file without a document part")
            numbering, styles = _NumberingPart(), _StylesPart()
            if "word/numbering.xml" in names:
                _parse(_part(package, "word/numbering.xml"), numbering.start, numbering.end)
            if "word/styles.xml" in names:
                _parse(_part(package, "word/styles.xml"), styles.start, styles.end)
            body = _Body(Counter(numbering.numbering), styles)
            _parse(_part(package, "word/document.xml"), body.start, body.end, body.characters)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        zlib.error,
        NotImplementedError,
        EOFError,
        ValueError,
        OSError,
    ) as failure:
        raise ExtractError("read", "malformed", f"not a readable .docx: {failure}") from None
    except RuntimeError:  # what zipfile raises for a password
        raise ExtractError("read", "encrypted", "remove the password") from None
    return "\n".join(body.lines)


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as part:
        data = part.read(MAX_PART_BYTES + 1)  # never trust the size that the archive states
    if len(data) > MAX_PART_BYTES:
        raise ExtractError("read", "too_large", f"{name} unpacks to more than {MAX_PART_BYTES} bytes")
    return data


def _parse(
    data: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None],
    characters: Callable[[str], None] | None = None,
) -> None:
    """Walk one part. Names of WordprocessingML come bare; a document type is refused, so no entity can
    expand.
    """
    depth = 0

    def bare(name: str) -> str:
        space, _, local = name.rpartition("}")
        return local if space in (_W, _W_STRICT) else f"{{{space}}}{local}" if space else local

    def opened(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise ExtractError("read", "too_deep", f"elements are nested more than {MAX_DEPTH} deep")
        start(bare(name), {bare(key): value for key, value in attributes.items()})

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(bare(name))

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.StartDoctypeDeclHandler = _refuse_doctype
    if characters is not None:
        parser.CharacterDataHandler = characters
    try:
        parser.Parse(data, True)
    except expat.ExpatError as failure:
        raise ExtractError("read", "malformed", f"broken XML: {failure}") from None


def _refuse_doctype(*_: object) -> NoReturn:
    raise ExtractError("read", "malformed", "a document type declaration in a Word file")


def _number(attributes: Attributes) -> int:
    value = attributes.get("val", "")
    return int(value) if value.lstrip("-").isdecimal() and len(value) < 9 else 0


class _NumberingPart:
    """Reads ``word/numbering.xml``."""

    def __init__(self) -> None:
        self.numbering = Numbering()
        self._list = self._instance = ""
        self._level: Level | None = None
        self._override: int | None = None

    def start(self, name: str, attributes: Attributes) -> None:
        match name:
            case "abstractNum":
                self._list = attributes.get("abstractNumId", "")
            case "num":
                self._instance = attributes.get("numId", "")
            case "abstractNumId":
                self.numbering.lists[self._instance] = attributes.get("val", "")
            case "lvlOverride":
                self._override = _number({"val": attributes.get("ilvl", "0")})
            case "startOverride" if self._override is not None:
                self.numbering.starts[self._instance, self._override] = _number(attributes)
            case "lvl" if self._override is None:
                self._level = Level()
                depth = _number({"val": attributes.get("ilvl", "0")})
                self.numbering.levels.setdefault(self._list, {})[depth] = self._level
            case "start" if self._level:
                self._level.start = _number(attributes)
            case "numFmt" if self._level:
                self._level.format = attributes.get("val", "decimal")
            case "lvlText" if self._level:
                self._level.text = attributes.get("val", "")

    def end(self, name: str) -> None:
        if name == "lvl":
            self._level = None
        elif name == "lvlOverride":
            self._override = None


class _StylesPart:
    """Reads from ``word/styles.xml`` which paragraph styles are numbered (instance and depth), by style."""

    def __init__(self) -> None:
        self._own: dict[str, list[str | None]] = {}
        self._based_on: dict[str, str] = {}
        self._style = ""

    def start(self, name: str, attributes: Attributes) -> None:
        match name:
            case "style":
                self._style = attributes.get("styleId", "")
            case "basedOn":
                self._based_on[self._style] = attributes.get("val", "")
            case "numId":
                self._own.setdefault(self._style, [None, None])[0] = attributes.get("val", "")
            case "ilvl":
                self._own.setdefault(self._style, [None, None])[1] = attributes.get("val", "")

    def end(self, name: str) -> None:
        pass

    def numbered(self, style: str) -> tuple[str | None, int]:
        """The numbering instance and depth of a paragraph style, its own or inherited."""
        instance = depth = None
        for _ in range(20):  # styles may be based on each other in a ring
            own = self._own.get(style)
            if own:
                instance = instance if instance is not None else own[0]
                depth = depth if depth is not None else own[1]
            style = self._based_on.get(style, "")
            if not style:
                break
        return instance, _number({"val": depth or "0"})


class _Body:
    """Reads ``word/document.xml`` into lines."""

    def __init__(self, counter: Counter, styles: _StylesPart) -> None:
        self.lines: list[str] = []
        self._counter, self._styles = counter, styles
        self._skipping = 0
        self._in_text = False
        self._paragraphs: list[_Paragraph] = []  # text boxes nest
        self._cells: list[list[str]] = []  # tables nest; each holds the cells of its open row
        self._cell_starts: list[int] = []

    def start(self, name: str, attributes: Attributes) -> None:
        if self._skipping or name in _SKIPPED:
            self._skipping += 1
            return
        match name:
            case "p":
                self._paragraphs.append(_Paragraph())
            case "t":
                self._in_text = True
            case "tab" | "ptab" if self._paragraphs and "pos" not in attributes:  # one with pos is a tab stop
                self._paragraphs[-1].pieces.append("\t")
            case "br" | "cr" if self._paragraphs:
                self._paragraphs[-1].pieces.append("\n")
            case "noBreakHyphen" if self._paragraphs:
                self._paragraphs[-1].pieces.append("-")
            case "pStyle" if self._paragraphs:
                self._paragraphs[-1].style = attributes.get("val", "")
            case "numId" if self._paragraphs:
                self._paragraphs[-1].instance = attributes.get("val", "")
            case "ilvl" if self._paragraphs:
                self._paragraphs[-1].depth = _number(attributes)
            case "tr":
                self._cells.append([])
            case "tc" if self._cells:
                self._cell_starts.append(len(self.lines))

    def characters(self, text: str) -> None:
        if self._in_text and not self._skipping and self._paragraphs:
            self._paragraphs[-1].pieces.append(text)

    def end(self, name: str) -> None:
        if self._skipping:
            self._skipping -= 1
            return
        match name:
            case "t":
                self._in_text = False
            case "p" if self._paragraphs:
                self.lines.append(self._line(self._paragraphs.pop()))
            case "tc" if self._cell_starts and self._cells:
                start = self._cell_starts.pop()
                self._cells[-1].append(" ".join(line.strip() for line in self.lines[start:] if line.strip()))
                del self.lines[start:]
            case "tr" if self._cells:
                self.lines.append("\t".join(self._cells.pop()))

    def _line(self, paragraph: _Paragraph) -> str:
        instance, depth = self._styles.numbered(paragraph.style) if paragraph.style else (None, 0)
        if paragraph.instance is not None:
            instance = paragraph.instance
        if paragraph.depth is not None:
            depth = paragraph.depth
        text = "".join(paragraph.pieces)
        marker = self._counter.marker(instance, depth) if instance not in (None, "0") and text.strip() else ""
        if marker and marker[-1].isalnum():
            marker += " "  # '1' before '2020年' shall not become '12020年'
        return marker + (text.lstrip(" \t\u3000") if marker else text)


class _Paragraph:
    """One paragraph while it is read."""

    __slots__ = ("depth", "instance", "pieces", "style")

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.style = ""
        self.instance: str | None = None
        self.depth: int | None = None
