"""The tagger as a component of spaCy: ``nlp.add_pipe("gongwen_tagger")`` in any pipeline for Chinese.

The component reads the text of a ``Doc``, clean running text or a whole document; its tokens only say where
spans of tokens begin and end. Cues, actors and sentences need not fall on tokens: a span holds every token
that they touch, and the exact characters stand beside it.

=====================  ==============================================================================
``doc.spans[...]``     ``measures`` and ``modality`` (labels are modalities), ``codes`` (labels are codes,
                       ``kb_id_`` is the method), ``actors`` (``actor``), ``deadlines`` (``deadline``,
                       ``kb_id_`` is the day when it is known)
``doc._.gongwen``      everything found, as plain values whose ``start``/``end`` count characters
``span._.exact``       the characters themselves; ``span._.chars`` their offsets
``span._.score``       of a code: how probable it is; ``span._.method`` whether rule or model gave it
``span._.measure``     the measure that any span lies in, a match of a ``Matcher`` too
``span._.codes``       of a code, itself; of any other span, the codes of its measure
``span._.modality``    of its measure; likewise ``actors``, ``inherited_actors``, ``deadline``,
                       ``deadline_date`` and the ``path`` of its directive
``token._.codes``      the codes whose cue covers the token
=====================  ==============================================================================

The results are plain data of the ``Doc``: ``to_bytes``, ``DocBin(store_user_data=True)`` and ``pickle`` keep
them. Where no pipeline with the component was made, `register_extensions` makes them readable.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast, get_args

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import ensure_path

from pipeline.segment import Structure, segment
from pipeline.segment.directives import parse_body
from pipeline.segment.lines import split_lines
from pipeline.segment.structure import Span as Offsets
from pipeline.tag import (
    Codebook,
    CodebookError,
    CodeTag,
    Method,
    TaggedMeasure,
    Untagged,
    default_codebook,
    tag,
)
from pipeline.tag.codebook import parse_codebook
from pipeline.tag.extensions import (
    DeadlineFound,
    Extent,
    Found,
    MeasureFound,
    TagFound,
    place_of,
    register_extensions,
    set_results,
)

# No deferred annotations here: spaCy reads those of a factory to check a pipeline's config.
_FILE = "codebook.toml"  # the codebook in a pipeline on disk, where it is not the shipped one


@Language.factory(
    "gongwen_tagger",
    default_config={"codebook": None, "method": "both"},
    assigns=[
        "doc.spans",
        "doc._.gongwen",
        "span._.codes",
        "span._.modality",
        "span._.score",
        "token._.codes",
    ],
)
def create_tagger(nlp: Language, name: str, codebook: str | None, method: str) -> "GongwenTagger":
    """The component of a pipeline's config.

    ``codebook`` is the path of another codebook than the shipped one, ``method`` is both, rules or model.
    Raises CodebookError for a codebook that cannot be used, ValueError for another method.
    """
    return GongwenTagger(codebook, method)


class GongwenTagger:
    """Finds structure and measures in the text of a ``Doc`` and sets `GROUPS` and the extensions.

    A pipeline that is saved takes its codebook along, so that it loads where the path of the config does not
    exist.
    """

    def __init__(self, codebook: str | Path | None = None, method: str = "both") -> None:
        if method not in get_args(Method):
            raise ValueError(f"unknown method {method!r}: one of {', '.join(get_args(Method))}")
        self.method = cast(Method, method)
        self._path = Path(codebook) if codebook is not None else None
        self._text: str | None = None  # of a codebook that is not the shipped one
        self._codebook: Codebook | None = default_codebook() if self._path is None else None
        if self._path is not None and self._path.is_file():
            self._read(self._path)
        register_extensions()

    @property
    def codebook(self) -> Codebook:
        """The codebook in use; CodebookError when its file does not exist and none was loaded from disk."""
        if self._codebook is None:
            raise CodebookError(f"{self._path}: no such file")
        return self._codebook

    def __call__(self, doc: Doc) -> Doc:
        """Tag one ``Doc``; a second time replaces the results of the first."""
        found: Found = {"measures": [], "headings": []}
        for structure, offset in _documents(doc.text):
            self._tag(structure, offset, found)
        found["measures"].sort(key=place_of)
        found["headings"].sort(key=place_of)
        set_results(doc, found, {"codebook": self.codebook.version, "method": self.method})
        return doc

    def _tag(self, structure: Structure, offset: int, found: Found) -> None:
        """Add what is found in one document that begins at ``offset``."""
        document = Untagged.of(structure)
        [tagged] = tag([document], codebook=self.codebook, method=self.method)
        found["measures"] += [_measure(measure, offset) for measure in tagged.measures]
        found["headings"] += [
            {
                **_extent(document.headings[path], offset),
                "document": offset,
                "path": path,
                "tags": [_tag(one, offset) for one in tags],
            }
            for path, tags in tagged.heading_tags.items()
        ]

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the codebook into the folder ``path``, unless it is the shipped one."""
        folder = ensure_path(path)
        folder.mkdir(parents=True, exist_ok=True)
        if self._text is not None:
            (folder / _FILE).write_text(self._text, encoding="utf-8", newline="\n")

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> "GongwenTagger":
        """Take the codebook that `to_disk` wrote, if any. Raises CodebookError when it cannot be used."""
        file = ensure_path(path) / _FILE
        if file.is_file():
            self._read(file)
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """The codebook, unless it is the shipped one."""
        return json.dumps({"codebook": self._text}).encode()

    def from_bytes(self, data: bytes, *, exclude: Iterable[str] = ()) -> "GongwenTagger":
        """Take the codebook that `to_bytes` gave, if any."""
        text: str | None = json.loads(data)["codebook"]
        if text is not None:
            self._text, self._codebook = text, parse_codebook(text, _FILE)
        return self

    def _read(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        self._text, self._codebook = text, parse_codebook(text, file.name)


def _documents(text: str) -> Iterator[tuple[Structure, int]]:
    """The document that a text is, and those printed inside it, with where they begin.

    A text that is no official document is read as a part of one's body.
    """
    whole = segment(text)
    if not whole.is_official_document:
        body = parse_body(text, split_lines(text))
        whole = Structure(text, False, body.blocks, directives=body.directives, passages=body.passages)
    waiting = [(whole, 0)]
    while waiting:
        structure, offset = waiting.pop()
        yield structure, offset
        waiting += [(inner, offset + start) for (start, _), inner in structure.inner]


def _extent(span: Offsets, offset: int) -> Extent:
    return {"start": span[0] + offset, "end": span[1] + offset}


def _tag(one: CodeTag, offset: int) -> TagFound:
    where = _extent((one.start, one.end), offset)
    return {**where, "code": one.code, "method": one.method, "score": one.score}


def _measure(measure: TaggedMeasure, offset: int) -> MeasureFound:
    deadline: DeadlineFound | None = None
    if measure.deadline:
        day = measure.deadline_date.isoformat() if measure.deadline_date else None
        deadline = {**_extent(measure.deadline, offset), "date": day}
    return {
        **_extent((measure.start, measure.end), offset),
        "document": offset,
        "path": measure.path,
        "kind": measure.kind,
        "modality": measure.modality,
        "modality_cue": _extent(measure.modality_cue, offset) if measure.modality_cue else None,
        "codes": list(measure.codes),
        "actors": [_extent(span, offset) for span in measure.actors],
        "inherited_actors": [_extent(span, offset) for span in measure.inherited_actors],
        "deadline": deadline,
        "tags": [_tag(one, offset) for one in measure.tags],
    }
