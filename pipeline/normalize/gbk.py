"""The characters of GBK by their two bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from pipeline import assets
from pipeline.normalize.charmodel import UNKNOWN, Floats, Ids, load
from pipeline.normalize.script import Script, tables

PAIRS = "“”‘’（）《》〈〉〔〕【】「」『』"
PAIRED = -2.0  # log weight of a mark that needs a partner
SECONDARY = -2.0  # log weight of a form that only certain words call for
ANY = -1
"""A byte that is known to be there and not which."""


class Options(NamedTuple):
    """Characters to choose from: sorted ids of the model, and how much less likely each is in this form, in log units."""

    ids: Ids
    weights: Floats


class Alphabet:
    """The characters that a text may hold, by lead and by trail byte, as ids of the model.

    Of characters that only the other script has there are none, and of unusual forms and punctuation only what the text
    has: one that writes ``,`` for ``，`` lost no byte of a full-width comma.
    """

    def __init__(self, script: Script, present: frozenset[str]) -> None:
        shared = _characters(script)
        own = {
            pair: _Form(k, PAIRED if char in PAIRS else 0.0)
            for pair, (char, k) in shared.seldom.items()
            if char in present
        }
        self._script: Script = script
        self._own = own
        self._shared = shared
        self.of_pair = shared.of_pair | own
        self._found: dict[tuple[int, int, frozenset[int] | None], Options] = {}

    def id_of(self, lead: int, trail: int) -> int | None:
        """The character of two bytes; None when the text can hold none."""
        form = self.of_pair.get((lead, trail))
        return form.identifier if form else None

    def options(self, lead: int, trail: int, trails: frozenset[int] | None = None) -> Options:
        """The characters of two bytes of which one may be ANY, or both; ``trails`` limits what an unknown trail byte may be."""
        key = lead, trail, trails
        found = self._found.get(key)
        if found is None:
            found = _shared_options(self._script, *key)
            own = _options(form for pair, form in self._own.items() if _fits(pair, *key))
            new = np.isin(own.ids, found.ids, invert=True)
            if new.any():
                places = found.ids.searchsorted(own.ids[new])
                found = Options(
                    np.insert(found.ids, places, own.ids[new]),
                    np.insert(found.weights, places, own.weights[new]),
                )
            self._found[key] = found
        return found


class _Form(NamedTuple):
    """A character as the model knows it, and the weight of the form that stands for it."""

    identifier: int
    weight: float


@dataclass(frozen=True, slots=True)
class _Characters:
    """The Chinese characters of a script by their bytes; apart from them what a text has few of."""

    of_pair: dict[tuple[int, int], _Form]
    seldom: dict[tuple[int, int], tuple[str, int]]
    by_lead: dict[int, list[tuple[int, _Form]]]  # the trail bytes of a lead byte, with their characters
    by_trail: dict[int, list[_Form]]


@cache
def _characters(script: Script) -> _Characters:
    found = _alphabet(script)
    forms = assets.toml("normalize/forms.toml")
    secondary, unusual = frozenset(forms["secondary"]), frozenset(forms["unusual"])
    if script == "hans":
        secondary, unusual = frozenset(), frozenset(map(chr, tables().characters))
    of_pair = {
        pair: _Form(k, SECONDARY if char in secondary else 0.0)
        for pair, (char, k) in found.items()
        if "\u4e00" <= char <= "\u9fff" and char not in unusual
    }
    by_lead: dict[int, list[tuple[int, _Form]]] = {}
    by_trail: dict[int, list[_Form]] = {}
    for (lead, trail), form in of_pair.items():
        by_lead.setdefault(lead, []).append((trail, form))
        by_trail.setdefault(trail, []).append(form)
    seldom = {pair: both for pair, both in found.items() if pair not in of_pair}
    return _Characters(of_pair, seldom, by_lead, by_trail)


@cache
def _shared_options(script: Script, lead: int, trail: int, trails: frozenset[int] | None) -> Options:
    known = _characters(script)
    if lead != ANY:
        return _options(
            form for at, form in known.by_lead.get(lead, ()) if _fits((lead, at), lead, trail, trails)
        )
    wanted = (trail,) if trail != ANY else trails or known.by_trail.keys()
    return _options(form for at in wanted for form in known.by_trail.get(at, ()))


def _fits(pair: tuple[int, int], lead: int, trail: int, trails: frozenset[int] | None) -> bool:
    return lead in (ANY, pair[0]) and (
        pair[1] == trail or (trail == ANY and (not trails or pair[1] in trails))
    )


def _options(forms: Iterable[_Form]) -> Options:
    """Each character once, in its likeliest form."""
    best: dict[int, float] = {}
    for identifier, weight in forms:
        best[identifier] = max(weight, best.get(identifier, weight))
    ids = sorted(best)
    return Options(np.array(ids, dtype=np.int64), np.array([best[k] for k in ids], dtype=np.float64))


def _gbk_characters() -> Iterator[tuple[tuple[int, int], str]]:
    """Chinese characters and punctuation of GBK with their two bytes."""
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            try:
                char = bytes((lead, trail)).decode("gbk")
            except UnicodeDecodeError:
                continue
            if "\u4e00" <= char <= "\u9fff" or not char.isalnum():
                yield (lead, trail), char


@cache
def _alphabet(script: Script) -> dict[tuple[int, int], tuple[str, int]]:
    model, table = load(), tables()
    other = {"hant": table.simplified, "hans": table.traditional, "mixed": frozenset[str]()}[script]
    ids = {pair: (char, model.id_of(char.translate(table.characters))) for pair, char in _gbk_characters()}
    return {pair: (char, k) for pair, (char, k) in ids.items() if k != UNKNOWN and char not in other}


def bytes_of(char: str) -> tuple[int, int]:
    """The two bytes of a character; (0, 0), which match nothing, when GBK gives it none or one."""
    try:
        data = char.encode("gb18030")
    except UnicodeEncodeError:
        return 0, 0
    return (data[0], data[1]) if len(data) == 2 else (0, 0)


HIGH = frozenset(range(0x80, 0xFF))


@cache
def unpaired(following: int) -> frozenset[int]:
    """The bytes that make no character of GBK with the byte that follows."""
    return frozenset(b for b in HIGH if not _is_character(b, following))


def _is_character(lead: int, trail: int) -> bool:
    try:
        bytes((lead, trail)).decode("gbk")
    except UnicodeDecodeError:
        return False
    return True
