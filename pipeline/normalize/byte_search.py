"""The likeliest text behind bytes of which some were lost, by beam search over GBK's two-byte characters.

GBK writes a Chinese character as a lead byte (81 to FE) and a trail byte (40 to FE). When one byte is lost, what
follows is read out of step: each trail byte is taken for a lead byte, until an ASCII character ends the run.
``磨刀石，`` is ``C4A5 B5B6 CAAF 2C``; without its first byte it reads ``A5B5 B6CA AF2C``, that is ``サ妒?``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.normalize.charmodel import UNKNOWN, DocumentModel, Floats, load
from pipeline.normalize.gbk import ANY, HIGH, Alphabet, bytes_of, unpaired
from pipeline.normalize.pinyin import characters_of
from pipeline.normalize.script import tables

BEAM = 20
EXPANSIONS = 12  # how many characters to follow up for one unknown byte
PRUNED = 8.0  # log units by which one may fall short of the likeliest of its kind

# Log weights of what may have happened; they matter little beside the likelihood of the text.
LOST = -3.0
LOST_AGAIN = -5.0
LOST_TRAIL = -1.0  # beside either: lead bytes are what chunked reading and byte-wise scripts lose
MARK_ENDS = -0.5  # a question mark stands for the odd byte that ends a run
MARK_IS_CHARACTER = -3.5
MARK_BEGINS = -8.0  # a question mark stands for a byte, and what follows is out of step
MARK_BEGINS_IN_CUT_TEXT = -4.0  # likelier where readings were put between the two bytes of a character
MARK_IS_MARK = -1.0
MARK_IS_NOTHING = -12.0  # a decoder puts it for a byte
MARK_IS_NOTHING_IN_CUT_TEXT = -7.0
LETTER_IS_LETTER = -3.0
LETTER_IS_ODD = -6.0  # in a text that shows the damage of scraping, one that stands in it only once
PAIR_DROPPED = -6.0  # a pair of bytes that is no character vanished
WRONG_READING = -7.0
PARTNER = 4.0  # a mark whose partner stands in the line
READING_INSIDE = -2.0


class Unit(NamedTuple):
    """A piece of damaged text. ``kind``: char (two bytes), mark (``?``), letter (one byte) or reading."""

    kind: str
    start: int
    end: int
    char: str
    reading: str = ""


class Emission(NamedTuple):
    """One character of the mended text and the units that it came from; ``kept`` when it is the unit itself."""

    char: str
    first: int
    last: int
    kept: bool


class Hypothesis(NamedTuple):
    """A partial reading: ``pending`` is a lead byte that awaits its trail byte, and since which unit.

    ``score`` is the log weight of this way of reading, ``mass`` that of all ways that ended in the same state.
    """

    score: float
    mass: float
    before: int
    previous: int
    pending: int | None
    since: int
    n_lost: int
    emitted: Chain | None


class Chain(NamedTuple):
    """The characters of a hypothesis, last one first."""

    last: Emission
    rest: Chain | None

    def forward(self) -> tuple[Emission, ...]:
        """The characters in reading order."""
        out: list[Emission] = []
        link: Chain | None = self
        while link:
            out.append(link.last)
            link = link.rest
        return tuple(reversed(out))


class Search:
    """Reads the units of one damaged stretch in all ways that losing few bytes allows."""

    def __init__(
        self,
        model: DocumentModel,
        alphabet: Alphabet,
        units: Sequence[Unit],
        *,
        is_cut: bool,
        odd: frozenset[str] = frozenset(),
        wanted: str = "",
    ) -> None:
        """``odd`` are the letters that are rather bytes, ``wanted`` the marks whose partners stand in the line;
        ``is_cut``: readings stand between the bytes of a character."""
        self._model = model
        self._wanted = np.sort(model.model.ids(wanted))
        self._odd = odd
        self._is_cut = is_cut
        self._alphabet = alphabet
        self._units = units
        marks = [k for k, u in enumerate(units) if u.kind in ("mark", "letter")]
        self._max_lost = max(1, len(marks))
        self._last_mark = marks[-1] if marks else len(units)
        self._begin()
        self._following = UNKNOWN
        self._no_outlook = np.zeros(model.model.n_chars)

    def run(self, context: str, following: str) -> list[Reading]:
        """Ways to read the stretch, best first; ``context`` and ``following`` hold two characters each."""
        self._following = self._model.model.id_of(following[0])
        ids = self._model.model.ids(context).tolist()
        beam = [Hypothesis(0.0, 0.0, ids[0], ids[1], None, 0, 0, None)]
        steps = {"char": self._char, "mark": self._mark, "letter": self._letter, "reading": self._reading}
        for k, unit in enumerate(self._units):
            self._begin()
            for hypothesis in beam:
                steps[unit.kind](k, unit, hypothesis)
            if unit.kind == "char" and self._is_cut:
                self._drop_pairs(k, unit, beam)
            beam = _best(self._out)
        self._begin()
        for hypothesis in beam:
            self._close(len(self._units) - 1, hypothesis)
        return self._finish(following)

    def _begin(self) -> None:
        self._out: list[Hypothesis] = []
        self._best = {True: -math.inf, False: -math.inf}  # score in ``_out``, with and without a pending byte

    def _finish(self, following: str) -> list[Reading]:
        after = self._model.model.ids(following).tolist()
        finished = []
        least = max((h.score for h in self._out), default=0.0) - PRUNED
        for h in self._out:
            if h.score < least and h.n_lost:  # the text as it stands is always weighed
                continue
            chain = [h.before, h.previous, *after]
            tail = sum(
                self._model.log_probability(a, b, c)
                for a, b, c in zip(chain, chain[1:], chain[2:], strict=False)
            )
            finished.append(Reading(h.score + tail, h.mass + tail, h.emitted.forward() if h.emitted else ()))
        return sorted(finished, key=lambda f: -f.score)

    def _char(self, k: int, unit: Unit, h: Hypothesis) -> None:
        first, second = bytes_of(unit.char)
        if h.pending is None:
            self._keep(k, unit.char, h, 0.0)
            if h.n_lost < self._max_lost and k < self._last_mark:  # a lost byte shows behind it
                lost = LOST if h.n_lost == 0 else LOST_AGAIN
                self._emit(k, k, h, (ANY, first), lost, second, n_lost=1)
                self._emit(k, k, h, (first, ANY), lost + LOST_TRAIL, second, n_lost=1)
            return
        self._emit(h.since, k, h, (h.pending, first), 0.0, second)

    def _drop_pairs(self, k: int, unit: Unit, beam: Sequence[Hypothesis]) -> None:
        """A pending byte's trail and the next lead byte formed no character, and the decoder left both out."""
        first, second = bytes_of(unit.char)
        for h in beam:
            if h.pending is None or h.pending == ANY or self._is_hopeless(h.score + PAIR_DROPPED, second):
                continue
            start, best = len(self._out), self._best[False]
            self._best[False] = -math.inf
            self._emit(h.since, k, h, (h.pending, ANY), PAIR_DROPPED, None, limit=4)
            opened, self._out, self._best[False] = self._out[start:], self._out[:start], best
            for middle in opened:
                self._emit(k, k, middle, (ANY, first), 0.0, second, limit=4)

    def _is_hopeless(self, score: float, pending: int | None) -> bool:
        """Whether what has this score before its next character is weighed will be pruned."""
        return score + (PARTNER if len(self._wanted) else 0.0) < self._best[pending is not None] - PRUNED

    def _mark(self, k: int, unit: Unit, h: Hypothesis) -> None:
        if h.pending is not None:
            self._emit(h.since, k, h, (h.pending, ANY), MARK_ENDS, None, trails=self._unreadable(k))
            return
        self._keep(k, unit.char, h, MARK_IS_MARK, as_char="？")
        self._emit(k, k, h, (ANY, ANY), MARK_IS_CHARACTER, None, trails=self._unreadable(k))
        self._emit(k, k, h, (ANY, ANY), MARK_IS_CHARACTER + LOST_TRAIL, None)
        self._out.append(_moved(h, MARK_BEGINS_IN_CUT_TEXT if self._is_cut else MARK_BEGINS, ANY, k))
        if not self._reading_after(k):
            weight = MARK_IS_NOTHING_IN_CUT_TEXT if self._is_cut else MARK_IS_NOTHING
            self._out.append(_moved(h, weight, None, k))

    def _unreadable(self, k: int) -> frozenset[int]:
        """The bytes for which a decoder would put a mark here: no ASCII, and no lead byte of what follows."""
        if self._is_cut or k + 1 == len(self._units) or self._units[k + 1].kind != "char":
            return HIGH
        return unpaired(bytes_of(self._units[k + 1].char)[0]) or HIGH

    def _letter(self, k: int, unit: Unit, h: Hypothesis) -> None:
        byte = ord(unit.char)
        if h.pending is not None:
            self._emit(h.since, k, h, (h.pending, byte), 0.0, None)
            return
        self._keep(k, unit.char, h, LETTER_IS_ODD if unit.char in self._odd else LETTER_IS_LETTER)
        if h.n_lost < self._max_lost:
            self._emit(k, k, h, (ANY, byte), LOST if h.n_lost == 0 else LOST_AGAIN, None, n_lost=1)

    def _reading(self, k: int, unit: Unit, h: Hypothesis) -> None:
        if h.pending is None:
            self._out.append(h)  # the character before it was weighed against it already
        else:
            self._out.append(_moved(h, READING_INSIDE, h.pending, h.since))
            self._close(k, h, unit.reading)

    def _close(self, k: int, h: Hypothesis, reading: str = "") -> None:
        """Complete a pending byte by one that was lost, or pass on what needs none."""
        if h.pending is None:
            self._out.append(h)
        else:
            self._emit(h.since, k, h, (h.pending, ANY), LOST_AGAIN, None, reading=reading, n_lost=1)

    def _keep(self, k: int, char: str, h: Hypothesis, weight: float, as_char: str = "") -> None:
        form = (as_char or char).translate(tables().characters)
        identifier = self._model.model.id_of(form)
        weight += self._model.log_probability(h.before, h.previous, identifier)
        reading = self._reading_after(k)
        if reading and form not in characters_of(reading):
            weight += WRONG_READING
        self._add(h, weight, identifier, Emission(char, k, k, True), None, k, h.n_lost)

    def _emit(
        self,
        first: int,
        last: int,
        h: Hypothesis,
        pair: tuple[int, int],
        weight: float,
        pending: int | None,
        *,
        reading: str = "",
        n_lost: int = 0,
        limit: int = EXPANSIONS,
        trails: frozenset[int] | None = None,
    ) -> None:
        """Add the likeliest characters of a pair of bytes, either of which may be ANY, and go on with ``pending``."""
        if self._is_hopeless(h.score + weight, pending):
            return
        reading = reading or ("" if pending is not None else self._reading_after(last))
        if ANY not in pair:
            self._emit_known(first, last, h, pair, weight, pending, reading)
            return
        ids, weights = self._alphabet.options(*pair, trails)
        scores = self._model.log_probabilities(h.before, h.previous, ids) + weights
        if len(self._wanted) and len(ids):
            places = np.minimum(ids.searchsorted(self._wanted), len(ids) - 1)
            scores[places[ids[places] == self._wanted]] += PARTNER
        if reading:
            scores[~_is_read(reading)[ids]] += WRONG_READING
        if len(ids) > limit:
            ranks = scores + self._outlook(last, pending)[ids]
            best = np.argpartition(-ranks, limit)[:limit]
            ranks = ranks[best]
            best = best[ranks > ranks.max() - PRUNED]
            ids, scores = ids[best], scores[best]
        chars = self._model.model.chars
        for identifier, score in zip(ids.tolist(), scores.tolist(), strict=True):
            emission = Emission(chars[identifier], first, last, False)
            self._add(h, weight + score, identifier, emission, pending, last, h.n_lost + n_lost)

    def _emit_known(
        self,
        first: int,
        last: int,
        h: Hypothesis,
        pair: tuple[int, int],
        weight: float,
        pending: int | None,
        reading: str,
    ) -> None:
        """The same for two bytes that are there."""
        identifier = self._alphabet.id_of(*pair)
        if identifier is None:
            return
        weight += self._model.log_probability(h.before, h.previous, identifier)
        if reading and not _is_read(reading)[identifier]:
            weight += WRONG_READING
        emission = Emission(self._model.model.chars[identifier], first, last, False)
        self._add(h, weight, identifier, emission, pending, last, h.n_lost)

    def _add(
        self,
        h: Hypothesis,
        weight: float,
        identifier: int,
        emission: Emission,
        pending: int | None,
        since: int,
        n_lost: int,
    ) -> None:
        score = h.score + weight
        best = self._best[pending is not None]
        if score < best - PRUNED:
            return
        self._best[pending is not None] = max(score, best)
        self._out.append(
            Hypothesis(
                score,
                h.mass + weight,
                h.previous,
                identifier,
                pending,
                since,
                n_lost,
                Chain(emission, h.emitted),
            )
        )

    def _outlook(self, k: int, pending: int | None) -> Floats:
        """How well each character would go with what comes after unit ``k``, as far as that is certain."""
        k += 1 + bool(self._reading_after(k))
        if k >= len(self._units):
            follower = self._following if pending is None else None
        elif (unit := self._units[k]).kind == "char":
            lead, trail = bytes_of(unit.char)
            follower = self._alphabet.id_of(*((lead, trail) if pending is None else (pending, lead)))
        elif unit.kind == "letter" and pending is not None:
            follower = self._alphabet.id_of(pending, ord(unit.char))
        else:
            follower = None
        return self._model.log_outlook(follower) if follower is not None else self._no_outlook

    def _reading_after(self, k: int) -> str:
        if k + 1 < len(self._units) and self._units[k + 1].kind == "reading":
            return self._units[k + 1].reading
        return ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a stretch: its log weight, that of all ways that read alike at the end, and its characters."""

    score: float
    mass: float
    emitted: tuple[Emission, ...]


@cache
def _is_read(reading: str) -> npt.NDArray[np.bool_]:
    """For each id of the model whether its character can be read so."""
    model = load()
    found = np.zeros(model.n_chars, dtype=np.bool_)
    found[model.ids("".join(characters_of(reading)))] = True
    return found


def _moved(h: Hypothesis, weight: float, pending: int | None, since: int) -> Hypothesis:
    return Hypothesis(
        h.score + weight, h.mass + weight, h.before, h.previous, pending, since, h.n_lost, h.emitted
    )


def _best(hypotheses: list[Hypothesis]) -> list[Hypothesis]:
    """The best hypothesis of each state with the mass of all, and of those the best with and without a pending byte."""
    states: dict[tuple[int, int, int | None, int], list[Hypothesis]] = {}
    for h in hypotheses:
        states.setdefault((h.before, h.previous, h.pending, h.n_lost), []).append(h)
    merged = [_merged(alike) for alike in states.values()]
    merged.sort(key=lambda h: -h.score)
    even = [h for h in merged if h.pending is None][:BEAM]
    odd = [h for h in merged if h.pending is not None][:BEAM]
    return [h for group in (even, odd) for h in group if h.score > group[0].score - PRUNED]


def _merged(alike: list[Hypothesis]) -> Hypothesis:
    if len(alike) == 1:
        return alike[0]
    best = max(alike, key=lambda h: h.score)
    top = max(h.mass for h in alike)
    mass = top + math.log(sum(math.exp(h.mass - top) for h in alike))
    return Hypothesis(
        best.score, mass, best.before, best.previous, best.pending, best.since, best.n_lost, best.emitted
    )
