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
_BASIC_PLANE = 0x10000  # what lies beyond is unknown to the model, as its last code is
_COUNT_STEP = 1.25  # counts are stored as powers of this: one byte each, at most 12 % off
_UNIT = 0.2  # the smallest count, that of a word that is only in a dictionary
_SELDOM, _SELDOM_WEIGHT = (
    0.3,
    0.1,
)  # a pair of a dictionary counts so much as a context of its second character
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
        "_context_sums",
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
        self._context_sums: dict[int, tuple[float, int]] = {}
        contexts, starts = np.unique(keys // n_chars, return_index=True)
        self._contexts = contexts
        self._starts = np.append(starts, len(keys))
        self._followers = keys % n_chars
        self._counts = counts
        self._totals = np.add.reduceat(counts, starts) if len(keys) else np.zeros(0)

    def after(self, context: int) -> tuple[Ids, Floats, float]:
        """The characters seen after a context, how often each, and how often the context."""
        place = int(self._contexts.searchsorted(context))
        if place == len(self._contexts) or self._contexts[place] != context:
            return _NO_IDS, _NO_COUNTS, 0.0
        row = slice(self._starts[place], self._starts[place + 1])
        return self._followers[row], self._counts[row], float(self._totals[place])

    def one_after(self, context: int, follower: int) -> tuple[float, float, int]:
        """How often one character was seen after a context, how often the context, and with how many followers."""
        sums = self._context_sums.get(context)
        if sums is None:
            followers, _, total = self.after(context)
            sums = self._context_sums[context] = total, len(followers)
        if not sums[1]:
            return 0.0, 0.0, 0
        key = context * self._n_chars + follower
        place = int(self._keys.searchsorted(key))
        found = place < len(self._keys) and self._keys[place] == key
        return float(self._counts[place]) if found else 0.0, *sums

    def variety(self, n_chars: int) -> Floats:
        """After how many different contexts each character was seen; those of dictionary words alone count little."""
        seldom = self._counts <= _SELDOM
        often = np.bincount(self._followers[~seldom], minlength=n_chars)
        return np.asarray(often + _SELDOM_WEIGHT * np.bincount(self._followers[seldom], minlength=n_chars))

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
        self._id_of_code = np.full(_BASIC_PLANE, UNKNOWN, dtype=np.int64)
        for char in {*chars, *map(chr, range(0x80)), "\u3007", "\u25cb"}:
            self._id_of_code[ord(char)] = self._id_of.get(_fold(char), UNKNOWN)
        self.shares = unigrams / unigrams.sum()
        # How likely a character is where the one before it says nothing: by how many different ones it follows, not by
        # how often it is met, or 织 would be as likely anywhere as 组织 is common (Kneser and Ney, ICASSP 1995).
        variety = bigrams.variety(n_chars=self.n_chars)
        self.unigrams = (variety + _UNIT) / (variety.sum() + _UNIT * self.n_chars)
        self._bigrams = bigrams
        self._trigrams = trigrams

    def ids(self, text: str) -> Ids:
        """The id of each character; digits share one, Latin letters another, line ends are boundaries."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        return np.asarray(self._id_of_code[np.minimum(codes, _BASIC_PLANE - 1)])

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

    def one_after_one(self, previous: int, char: int) -> tuple[float, float, int]:
        """How often one character followed another, how often the other was met, and with how many followers."""
        return self._bigrams.one_after(previous, char)

    def one_after_two(self, before: int, previous: int, char: int) -> tuple[float, float, int]:
        """The same after two characters."""
        return self._trigrams.one_after(before * self.n_chars + previous, char)

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
        self._bigrams = _count((ids[:-1] * n + ids[1:])[known[:-1] & known[1:]], n)
        own = self._bigrams.variety(n_chars=n)
        self._unigrams = (own + _DOCUMENT_UNIGRAM * model.unigrams) / (own.sum() + _DOCUMENT_UNIGRAM)
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
            places = np.minimum(ids.searchsorted(followers), len(ids) - 1)
            hits = ids[places] == followers
            p[places[hits]] += np.fromiter(seen.values(), dtype=np.float64, count=len(seen))[hits]
        return np.asarray(np.log(p))

    def log_probability(self, before: int, previous: int, char: int) -> float:
        """The same for one id, from the few counts that it takes."""
        model, n = self.model, self.model.n_chars
        p = float(self._unigrams[char])
        for (count, total, followers), fixed, backoff in (
            (model.one_after_one(previous, char), 0.0, _BIGRAM_BACKOFF),
            (self._bigrams.one_after(previous, char), _DOCUMENT_BIGRAM, _DOCUMENT_BIGRAM_BACKOFF),
            (model.one_after_two(before, previous, char), 0.0, _TRIGRAM_BACKOFF),
            (
                self._trigrams.one_after(before * n + previous, char),
                _DOCUMENT_TRIGRAM,
                _DOCUMENT_TRIGRAM_BACKOFF,
            ),
        ):
            if total:
                weight = fixed + backoff * followers
                p = (p * weight + count) / (total + weight)
        return math.log(p)

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
    if char in "〇○":
        return "零"
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
