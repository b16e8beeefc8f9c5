"""How likely a run of Chinese characters is: a trigram model that also learns from the document at hand."""

from __future__ import annotations

import json
import lzma
import math
from collections.abc import Mapping
from functools import cache

import numpy as np
import numpy.typing as npt

from pipeline import assets

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

UNKNOWN = 0
"""The id of a character that the model has never met."""
BOUNDARY = 1
"""The id of what lies before and after a line."""
_COUNT_STEP = 1.25  # counts are stored as powers of this: one byte each, at most 12 % off
_UNIT = 0.2  # the smallest count, that of a word that is only in a dictionary
_BIGRAM_BACKOFF = 2.4  # how much weight each distinct follower of a context gives to the shorter context
_TRIGRAM_BACKOFF = 4.0
_DOCUMENT_UNIGRAM = 2000.0  # the document's own counts weigh n / (n + this) against the model's
_DOCUMENT_BIGRAM = 2.0
_DOCUMENT_BIGRAM_BACKOFF = 4.0
_DOCUMENT_TRIGRAM = 1.0
_DOCUMENT_TRIGRAM_BACKOFF = 2.0
_UNSEEN = 0.2  # how much of a character's own probability stays after a context that it was never seen after


class Counts:
    """N-gram counts by context: sorted contexts, and for each a slice of the characters that follow and their counts."""

    __slots__ = (
        "_by_follower",
        "_contexts",
        "_counts",
        "_followers",
        "_keys",
        "_n_chars",
        "_starts",
        "_totals",
    )

    def __init__(self, keys: Ids, counts: Floats, n_chars: int) -> None:
        self._n_chars = n_chars
        self._keys = keys
        self._by_follower: tuple[Ids, Ids] | None = None
        contexts, starts = np.unique(keys // n_chars, return_index=True)
        self._contexts = contexts
        self._starts = np.append(starts, len(keys))
        self._followers = keys % n_chars
        self._counts = counts
        self._totals = np.add.reduceat(counts, starts) if len(keys) else np.zeros(0)

    def after(self, context: int) -> tuple[Ids, Floats, float]:
        """The characters seen after a context, how often each, and how often the context."""
        place = int(np.searchsorted(self._contexts, context))
        if place == len(self._contexts) or self._contexts[place] != context:
            return _NO_IDS, _NO_COUNTS, 0.0
        row = slice(self._starts[place], self._starts[place + 1])
        return self._followers[row], self._counts[row], float(self._totals[place])

    def share_before(self, follower: int) -> tuple[Ids, Floats]:
        """The one-character contexts that a character was seen after, and its share of what follows each."""
        if self._by_follower is None:
            order = np.argsort(self._followers, kind="stable")
            self._by_follower = order, self._followers[order]
        order, ordered = self._by_follower
        low, high = np.searchsorted(ordered, (follower, follower + 1))
        rows = order[low:high]
        contexts = self._keys[rows] // self._n_chars
        return contexts, self._counts[rows] / self._totals[np.searchsorted(self._contexts, contexts)]


_NO_IDS: Ids = np.zeros(0, dtype=np.int64)
_NO_COUNTS: Floats = np.zeros(0)


class CharModel:
    """Counts of characters, pairs and triples of characters; each length backs off to the next shorter."""

    def __init__(self, chars: str, unigrams: Floats, bigrams: Counts, trigrams: Counts) -> None:
        self.chars = chars
        self.n_chars = len(chars)
        self._id_of = {c: k for k, c in enumerate(chars)}
        self.unigrams = (unigrams + _UNIT) / (unigrams.sum() + _UNIT * len(unigrams))
        self._bigrams = bigrams
        self._trigrams = trigrams

    def ids(self, text: str) -> Ids:
        """The id of each character; digits share one, Latin letters another, line ends are boundaries."""
        known = self._id_of
        return np.fromiter((known.get(_fold(c), UNKNOWN) for c in text), dtype=np.int64, count=len(text))

    def id_of(self, char: str) -> int:
        """The id of one character."""
        return self._id_of.get(_fold(char), UNKNOWN)

    def after_one(self, previous: int, otherwise: Floats) -> Floats:
        """P(· | previous) over all ids, where ``otherwise`` is P(·)."""
        followers, counts, total = self._bigrams.after(previous)
        return _mixed(otherwise, followers, counts, total, _BIGRAM_BACKOFF * len(followers))

    def before_one(self, follower: int) -> Floats:
        """Roughly P(follower | ·) over all ids: for ranking, not for scores."""
        p = np.full(self.n_chars, self.unigrams[follower] * _UNSEEN)
        contexts, shares = self._bigrams.share_before(follower)
        p[contexts] += shares
        return p

    def after_two(self, before: int, previous: int) -> tuple[Ids, Floats, float]:
        """What followed two characters, how often, and how often the two were met."""
        return self._trigrams.after(before * self.n_chars + previous)


class DocumentModel:
    """The model together with the counts of one document, which repeats its own words more than any other's.

    The order of trust is: the document's triples, the model's triples, the document's pairs, the model's pairs.
    """

    def __init__(self, model: CharModel, text: str) -> None:
        self.model = model
        n = model.n_chars
        ids = model.ids(text)
        known = ids != UNKNOWN
        own = np.bincount(ids[known], minlength=n)
        self._unigrams = (own + _DOCUMENT_UNIGRAM * model.unigrams) / (own.sum() + _DOCUMENT_UNIGRAM)
        self._bigrams = _count((ids[:-1] * n + ids[1:])[known[:-1] & known[1:]], n)
        triples = ids[:-2] * n * n + ids[1:-1] * n + ids[2:]
        self._trigrams = _count(triples[known[:-2] & known[1:-1] & known[2:]], n)
        self._after_one: dict[int, Floats] = {}
        self._before_one: dict[int, Floats] = {}
        self._after_two: dict[tuple[int, int], tuple[float, dict[int, float]]] = {}

    def log_probabilities(self, before: int, previous: int, ids: Ids) -> Floats:
        """Natural logarithms of P(id | before, previous, the document); ``ids`` are sorted and distinct."""
        weight, seen = self._triples(before, previous)
        p = self._pairs(previous)[ids] * weight
        if seen and len(ids):
            followers = np.fromiter(seen, dtype=np.int64, count=len(seen))
            places = np.minimum(np.searchsorted(ids, followers), len(ids) - 1)
            hits = ids[places] == followers
            p[places[hits]] += np.fromiter(seen.values(), dtype=np.float64, count=len(seen))[hits]
        return np.asarray(np.log(p))

    def log_probability(self, before: int, previous: int, char: int) -> float:
        """The same for one id."""
        weight, seen = self._triples(before, previous)
        return math.log(self._pairs(previous)[char] * weight + seen.get(char, 0.0))

    def log_outlook(self, follower: int) -> Floats:
        """Roughly log P(follower | ·, the document) over all ids: for ranking, not for scores."""
        found = self._before_one.get(follower)
        if found is None:
            p = self.model.before_one(follower)
            contexts, shares = self._bigrams.share_before(follower)
            p[contexts] += shares
            found = self._before_one[follower] = np.log(p)
        return found

    def score(self, text: str) -> float:
        """Log probability of a text's characters from the third on, given the two before each."""
        ids = self.model.ids(text).tolist()
        return sum(self.log_probability(a, b, c) for a, b, c in zip(ids, ids[1:], ids[2:], strict=False))

    def _pairs(self, previous: int) -> Floats:
        found = self._after_one.get(previous)
        if found is None:
            followers, counts, total = self._bigrams.after(previous)
            found = self.model.after_one(previous, self._unigrams)
            weight = _DOCUMENT_BIGRAM + _DOCUMENT_BIGRAM_BACKOFF * len(followers)
            found = _mixed(found, followers, counts, total, weight)
            self._after_one[previous] = found
        return found

    def _triples(self, before: int, previous: int) -> tuple[float, dict[int, float]]:
        """What is left of the pairs' probability, and what each triple seen adds to it."""
        found = self._after_two.get((before, previous))
        if found is None:
            left, seen = 1.0, dict[int, float]()
            own = self._trigrams.after(before * self.model.n_chars + previous)
            for (followers, counts, total), fixed, backoff in (
                (self.model.after_two(before, previous), 0.0, _TRIGRAM_BACKOFF),
                (own, _DOCUMENT_TRIGRAM, _DOCUMENT_TRIGRAM_BACKOFF),
            ):
                if total:
                    weight = fixed + backoff * len(followers)
                    kept = weight / (total + weight)
                    seen = {k: v * kept for k, v in seen.items()}
                    for k, n in zip(followers.tolist(), counts.tolist(), strict=True):
                        seen[k] = seen.get(k, 0.0) + n / (total + weight)
                    left *= kept
            found = self._after_two[before, previous] = left, seen
        return found


def _mixed(p: Floats, followers: Ids, counts: Floats, total: float, weight: float) -> Floats:
    """``p`` with what was seen mixed in: the more was seen, the less ``weight`` leaves of it."""
    if not total:
        return p
    p = p * (weight / (total + weight))
    p[followers] += counts / (total + weight)
    return p


def _count(keys: Ids, n_chars: int) -> Counts:
    distinct, counts = np.unique(keys, return_counts=True)
    return Counts(distinct, counts.astype(np.float64), n_chars)


def _fold(char: str) -> str:
    if "0" <= char <= "9":
        return "0"
    if char.isascii() and char.isalpha():
        return "A"
    return "\n" if char in "\r\t " else char


def encode(
    chars: str, unigrams: Floats, bigrams: Mapping[int, float], trigrams: Mapping[int, float]
) -> bytes:
    """The model's file: an LZMA stream of a header line and five byte columns."""
    columns = [_powers(unigrams)]
    for table in (bigrams, trigrams):
        keys = np.array(sorted(table), dtype=np.int64)
        columns += [_varints(np.diff(keys, prepend=0)), _powers(np.array([table[int(k)] for k in keys]))]
    header = json.dumps({"chars": chars, "sizes": [len(c) for c in columns]}, ensure_ascii=False)
    return lzma.compress(header.encode() + b"\n" + b"".join(columns), preset=9 | lzma.PRESET_EXTREME)


def decode(data: bytes) -> CharModel:
    """The model that :func:`encode` wrote."""
    header, _, body = lzma.decompress(data).partition(b"\n")
    fields = json.loads(header)
    columns, start = [], 0
    for size in fields["sizes"]:
        columns.append(np.frombuffer(body, dtype=np.uint8, count=size, offset=start))
        start += size
    n = len(fields["chars"])
    tables = [Counts(np.cumsum(_from_varints(columns[k])), _from_powers(columns[k + 1]), n) for k in (1, 3)]
    return CharModel(fields["chars"], _from_powers(columns[0]), tables[0], tables[1])


@cache
def load() -> CharModel:
    """The model that the package ships; read once, and only when a text is damaged."""
    return decode(assets.path("normalize/charmodel.xz").read_bytes())


def _powers(counts: Floats) -> bytes:
    steps = np.round(np.log(np.maximum(counts, _UNIT) / _UNIT) / np.log(_COUNT_STEP)) + 1
    return bytes(np.where(counts > 0, np.minimum(steps, 255), 0).astype(np.uint8))


def _from_powers(column: npt.NDArray[np.uint8]) -> Floats:
    scale = np.append(0.0, _UNIT * _COUNT_STEP ** np.arange(255))
    return scale[column]


def _varints(numbers: Ids) -> bytes:
    """Seven bits a byte, the highest bit set in every byte but a number's last."""
    out = bytearray()
    for number in numbers.tolist():
        while number > 127:
            out.append(0x80 | (number & 0x7F))
            number >>= 7
        out.append(number)
    return bytes(out)


def _from_varints(column: npt.NDArray[np.uint8]) -> Ids:
    ends = np.flatnonzero(column < 0x80)
    starts = np.append(0, ends[:-1] + 1)
    place = np.arange(len(column)) - np.repeat(starts, ends - starts + 1)
    parts = (column & 0x7F).astype(np.int64) << (7 * place)
    return np.asarray(np.add.reduceat(parts, starts))
