"""The codebook: what each code asks for and the words that show it, read from TOML and checked line by
line.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast, get_args

from pipeline import assets
from pipeline.records import Code, Modality
from pipeline.tag.patterns import Cue, CueError, compile_cue

Instrument = Literal["nodality", "authority", "treasure", "organisation"]

_MODALITY_TEXTS = ("zh", "definition")
_MODALITY_LISTS = ("cues", "unless")
_TEXTS = ("zh", "instrument", "definition", "include", "exclude")
_LISTS = ("cues", "unless", "examples", "counterexamples")
_REQUIRED = ("zh", "instrument", "definition", "cues", "examples")


class CodebookError(ValueError):
    """A codebook that cannot be used; the message names file, line and reason."""


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code: its texts for people, its examples, and its cues by role."""

    code: str
    zh: str
    instrument: Instrument
    definition: str
    include: str
    exclude: str
    cues: tuple[Cue, ...]
    unless: tuple[Cue, ...]
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModalityEntry:
    """One modality: its texts for people and the cues that show it."""

    modality: Modality
    zh: str
    definition: str
    cues: tuple[Cue, ...]
    unless: tuple[Cue, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Codebook:
    """Codes and modalities in the order of the file; equal only to itself, so that scanners can be kept for
    it.
    """

    version: str
    entries: tuple[CodeEntry, ...]
    modalities: tuple[ModalityEntry, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in the order of the file."""
        return tuple(entry.code for entry in self.entries)

    def __getitem__(self, code: str) -> CodeEntry:
        """The entry of one code; KeyError when the codebook lacks it."""
        for entry in self.entries:
            if entry.code == code:
                return entry
        raise KeyError(code)


@cache
def default_codebook() -> Codebook:
    """The codebook that ships with the package."""
    return load_codebook(assets.path("codebook.toml"))


def load_codebook(path: Path | str) -> Codebook:
    """Read and check a codebook file.

    Raises CodebookError with file, line and reason when the TOML is broken, a key or code is unknown, a field
    is missing or of the wrong type, or a cue does not compile; OSError when the file cannot be read.
    """
    file = Path(path)
    return parse_codebook(file.read_text(encoding="utf-8"), file.name)


def parse_codebook(text: str, name: str) -> Codebook:
    """The codebook that a text holds; ``name`` is what messages call its file. Raises as `load_codebook`
    does.
    """
    return _Reader(name, text).read()


def split_alternatives(source: str) -> list[str]:
    """Split a cue at its top-level ``|``: ``甲|乙(丙|丁)`` is two cues, ``甲`` and ``乙(丙|丁)``."""
    parts, depth, start = [], 0, 0
    for position, char in enumerate(source):
        depth += (char in "([") - (char in ")]")
        if char == "|" and depth == 0:
            parts.append(source[start:position])
            start = position + 1
    return [*parts, source[start:]]


class _Reader:
    """Turns the text of a codebook into a Codebook, remembering where things stand for its messages."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.words: dict[str, list[str]] = {}

    def read(self) -> Codebook:
        try:
            table = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            raise CodebookError(f"{self.name}: {error}") from error
        for key in table:
            if key not in ("version", "words", "code", "modality"):
                raise self._error(f"unknown key {key!r}", rf"^\[*{re.escape(key)}\b")
        if not isinstance(table.get("version"), str):
            raise self._error("version is missing or not a string", r"^version\b")
        for section in ("code", "modality"):
            if not isinstance(table.get(section), dict) or not table[section]:
                raise self._error(f"no [{section}.…] tables", rf"^\[{section}")
        self.words = self._word_lists(table.get("words", {}))
        return Codebook(
            table["version"],
            tuple(self._code(name, entry) for name, entry in table["code"].items()),
            tuple(self._modality(name, entry) for name, entry in table["modality"].items()),
        )

    def _word_lists(self, table: Any) -> dict[str, list[str]]:
        if not isinstance(table, dict):
            raise self._error("words is not a table", r"^words\b")
        for name, words in table.items():
            if not _is_strings(words) or not words or "" in words:
                raise self._error(f"word list {name!r} is not a list of words", rf"^{re.escape(name)}\s*=")
        return table

    def _code(self, name: str, table: Any) -> CodeEntry:
        if name not in get_args(Code):
            raise self._error(
                f"unknown code {name!r}; codes are never renamed, only added with a version",
                _header("code", name),
            )
        self._check("code", name, table, _TEXTS, _LISTS, _REQUIRED)
        if table["instrument"] not in get_args(Instrument):
            raise self._error(
                f"unknown instrument {table['instrument']!r} of code {name!r}; "
                f"one of {', '.join(get_args(Instrument))}",
                rf"{_header('code', name)}[\s\S]*?^instrument\s*=",
            )
        return CodeEntry(
            code=name,
            zh=table["zh"],
            instrument=table["instrument"],
            definition=table["definition"],
            include=table.get("include", ""),
            exclude=table.get("exclude", ""),
            cues=self._cues("code", name, table, "cues"),
            unless=self._cues("code", name, table, "unless"),
            examples=tuple(table["examples"]),
            counterexamples=tuple(table.get("counterexamples", [])),
        )

    def _modality(self, name: str, table: Any) -> ModalityEntry:
        if name not in get_args(Modality):
            raise self._error(f"unknown modality {name!r}", _header("modality", name))
        self._check("modality", name, table, _MODALITY_TEXTS, _MODALITY_LISTS, (*_MODALITY_TEXTS, "cues"))
        return ModalityEntry(
            modality=cast(Modality, name),
            zh=table["zh"],
            definition=table["definition"],
            cues=self._cues("modality", name, table, "cues"),
            unless=self._cues("modality", name, table, "unless"),
        )

    def _check(
        self,
        section: str,
        name: str,
        table: Any,
        texts: tuple[str, ...],
        lists: tuple[str, ...],
        required: tuple[str, ...],
    ) -> None:
        """Refuse unknown keys, wrong types and missing fields of one entry."""
        header = _header(section, name)
        if not isinstance(table, dict):
            raise self._error(
                f"{section} {name!r} is not a table", rf"^{section}\.{re.escape(name)}|^\[{section}"
            )
        for key, value in table.items():
            where = rf"{header}[\s\S]*?^{re.escape(key)}\s*="
            if key not in texts + lists:
                raise self._error(f"unknown key {key!r} of {section} {name!r}", where)
            if key in texts and not isinstance(value, str):
                raise self._error(f"{key} of {section} {name!r} is not a string", where)
            if key in lists and not _is_strings(value):
                raise self._error(f"{key} of {section} {name!r} is not a list of strings", where)
        for key in required:
            if key not in table:
                raise self._error(f"{section} {name!r} has no {key}", header)

    def _cues(self, section: str, name: str, table: Mapping[str, Any], key: str) -> tuple[Cue, ...]:
        ranks: dict[str, int] = {}
        for rank, source in enumerate(table.get(key, [])):
            for part in split_alternatives(source):
                ranks.setdefault(part, rank)
        return tuple(self._cue(section, name, key, source, rank) for source, rank in ranks.items())

    def _cue(self, section: str, name: str, key: str, source: str, rank: int) -> Cue:
        try:
            return compile_cue(source, self.words, rank)
        except CueError as error:
            where = rf"{_header(section, name)}[\s\S]*?^{key}\s*=[\s\S]*?{re.escape(source)}"
            raise self._error(f"bad {key} {source!r} of {section} {name!r}: {error}", where) from error

    def _error(self, reason: str, where: str) -> CodebookError:
        """The error with the line on which the expression ``where`` ends, or without when it is not found."""
        match = re.search(where, self.text, re.MULTILINE)
        line = f", line {self.text.count(chr(10), 0, match.end()) + 1}" if match else ""
        return CodebookError(f"{self.name}{line}: {reason}")


def _header(section: str, name: str) -> str:
    return rf"^\[{section}\.{re.escape(name)}\]"


def _is_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
