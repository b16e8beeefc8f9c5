"""A pkuseg model read into arrays: the same words as spacy-pkuseg, an order of magnitude sooner.

spacy-pkuseg builds eight feature strings a character and looks each of them up, and it walks the trie of the
user dictionary from every character. Here the weights of a model are laid out once as arrays over characters
and pairs of characters, the scores of a whole text are summed in a few array operations, and the words of the
user dictionary are found with one compiled pattern. The search for the best path stays pkuseg's own.

Two things differ from ``spacy_pkuseg.pkuseg``, both on purpose. Its process-wide ``config.wordFeature`` is
not consulted for a model without word features: it is not saved with models, and the wrong value silently
costs speed or accuracy. And where one user word is the beginning of a longer one that does not match in full
(党委 and 党委办公室 in 党委办学), pkuseg cuts where the longer one failed (党委办); here the longest word
that matches in full is taken (党委).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import spacy_pkuseg
from spacy_pkuseg.config import config as pkuseg_config
from spacy_pkuseg.inference import run_viterbi

from pipeline.tagging import MODEL_FILES as MODEL_FILES

CHARACTER_CONTEXTS = ("c", "c-1", "c1", "c-2", "c2")
"""Features of one character: the character itself, its neighbours, and those two before and after it."""
PAIR_CONTEXTS = ("c-1c", "cc1", "c-2c-1")
"""Features of two: the pair that ends with the character, the one that starts with it, the one before it."""
BIAS = "$$"
PAIR_SHIFT = (
    16  # a pair's key is its two numbers side by side; a model knows far fewer than 65,536 characters
)
WORD_FEATURE_PREFIXES = ("w-1.", "w1.", "ww.")

Spans = list[tuple[int, int]]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class WordSegmenter(spacy_pkuseg.pkuseg):  # type: ignore[misc]  # spacy-pkuseg is untyped
    """A pkuseg model with a user dictionary, post-processing off: ``cut`` gives words, ``spans`` offsets.

    ``model_dir`` holds ``features.msgpack`` and ``weights.npz``. ``user_words`` stay whole wherever they
    match (leftmost, then longest). A model that was trained with word features keeps pkuseg's own scoring.
    """

    def __init__(self, model_dir: Path, user_words: Iterable[str] = ()) -> None:
        super().__init__(str(model_dir), user_dict=None)
        self.preprocesser = spacy_pkuseg.Preprocesser(sorted(user_words))
        # With user_dict=None pkuseg leaves these unset, and spaCy reads them when it saves a pipeline.
        self.postprocesser.common_words = set()
        self.postprocesser.other_words = set()
        self._begins_word = np.array(["B" in self.idx_to_tag[tag] for tag in range(self.n_tag)])
        self._inside = int(np.flatnonzero(~self._begins_word)[0])
        features = self.feature_extractor.feature_to_idx
        self._arrays: FeatureArrays | None = None
        if any(name.startswith(WORD_FEATURE_PREFIXES) for name in features):
            pkuseg_config.wordFeature = True
        else:
            self._arrays = FeatureArrays(features, self.model.w, self.n_tag)
        self.compile_user_words()

    def compile_user_words(self) -> None:
        """Bring the pattern up to date with the user dictionary, after words were added to it."""
        trie = self.preprocesser.trie
        words = _trie_pattern(trie)
        first = "".join(re.escape(character) for character in sorted(trie.children))
        # The look-ahead lets `re` skip in one step what can start neither white space nor a word.
        self._separator = re.compile(rf"(?=[\s{first}])(?:(\s+)|{words})" if words else r"(\s+)")

    def spans(self, text: str) -> Spans:
        """The words of ``text`` in order, half-open offsets in code points; only blanks lie between them."""
        begins = np.zeros(len(text) + 1, dtype=np.bool_)
        begins[-1] = True
        blanks = []
        fixed: Spans = []  # white space and user words
        pieces: Spans = []  # what lies between
        last = 0
        for match in self._separator.finditer(text):
            start, end = match.span()
            if last < start:
                pieces.append((last, start))
            fixed.append((start, end))
            begins[start] = True
            if match.lastindex:
                blanks.append(start)
            last = end
        if last < len(text):
            pieces.append((last, len(text)))
        self._mark_words(text, pieces, fixed, begins)
        bounds = np.flatnonzero(begins)
        starts, ends = bounds[:-1], bounds[1:]
        if blanks:
            words = np.isin(starts, blanks, assume_unique=True, invert=True)
            starts, ends = starts[words], ends[words]
        return list(zip(starts.tolist(), ends.tolist(), strict=True))

    def cut(self, txt: str) -> list[str]:
        """The words of ``txt``; white space separates words and is dropped, as in ``pkuseg.cut``."""
        return [txt[start:end] for start, end in self.spans(txt)]

    def _mark_words(self, text: str, pieces: Spans, fixed: Spans, begins: npt.NDArray[np.bool_]) -> None:
        """Set ``begins`` where a word of a piece starts; no piece sees what lies around it, as in pkuseg."""
        if self._arrays is None:
            for start, end in pieces:
                for word in self._cut(text[start:end]):
                    begins[start] = True
                    start += len(word)
            return
        scores = self._arrays.scores(text, fixed)
        transitions = self._arrays.transitions
        tags = np.full(len(text), self._inside, dtype=np.int32)
        for start, end in pieces:
            _, tags[start:end] = run_viterbi(scores[start:end], transitions)
        begins[:-1] |= self._begins_word.take(tags)
        begins[[start for start, _ in pieces]] = True


class FeatureArrays:
    """The weights of a model without word features, over character numbers and pair numbers.

    Number 0 stands for every character that the model has no weight for. Each array has a row for each
    number (or pair, and a last row of zeros for unknown pairs) and a column for each tag.
    """

    def __init__(self, feature_to_idx: dict[str, int], weights: Floats, n_tag: int) -> None:
        by_feature = weights[: len(feature_to_idx) * n_tag].reshape(-1, n_tag)
        # pkuseg stores the weights of (next tag, tag) after those of the features.
        self.transitions = np.ascontiguousarray(weights[-n_tag * n_tag :].reshape(n_tag, n_tag).T)
        number: dict[str, int] = {}  # of a symbol: a character, or one of pkuseg's classes
        places: dict[str, list[int]] = {context: [] for context in (*CHARACTER_CONTEXTS, *PAIR_CONTEXTS)}
        rows: dict[str, list[int]] = {context: [] for context in places}
        for name, row in feature_to_idx.items():
            context, _, symbols = name.partition(".")
            if context == BIAS:
                continue
            first, _, second = symbols.partition(".")
            place = number.setdefault(first, len(number) + 1)
            if second:
                place = place << PAIR_SHIFT | number.setdefault(second, len(number) + 1)
            places[context].append(place)
            rows[context].append(row)
        self._number_of = _character_numbers(number)
        self._characters = [
            _table(len(number) + 1, places[c], by_feature[rows[c]]) for c in CHARACTER_CONTEXTS
        ]
        self._characters[0] += by_feature[feature_to_idx[BIAS]]  # the bias counts once at every character
        self._pair_keys = np.unique(np.concatenate([places[c] for c in PAIR_CONTEXTS]).astype(np.int64))
        n_pairs = len(self._pair_keys)
        self._pairs = [
            _table(n_pairs + 1, self._pair_keys.searchsorted(places[c]), by_feature[rows[c]])
            for c in PAIR_CONTEXTS
        ]

    def scores(self, text: str, fixed: Spans) -> Floats:
        """The score of each tag at each character (characters × tags); rows inside ``fixed`` mean nothing."""
        n = len(text)
        # Two unknown characters on either side save the checks for the ends.
        numbers = np.zeros(n + 4, dtype=np.int64)
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        self._number_of.take(codes, out=numbers[2:-2])
        for start, end in fixed:
            numbers[start + 2 : end + 2] = 0
        pairs = self._pair_numbers(numbers)
        current, before, after, two_before, two_after = self._characters
        ends_here, starts_here, ends_before = self._pairs
        scores = current.take(numbers[2 : n + 2], axis=0)
        scores += before.take(numbers[1 : n + 1], axis=0)
        scores += after.take(numbers[3 : n + 3], axis=0)
        scores += two_before.take(numbers[:n], axis=0)
        scores += two_after.take(numbers[4 : n + 4], axis=0)
        scores += ends_here.take(pairs[1 : n + 1], axis=0)
        scores += starts_here.take(pairs[2 : n + 2], axis=0)
        scores += ends_before.take(pairs[:n], axis=0)
        # Across a single blank the characters two away would see each other.
        blank = np.array(
            [start for start, end in fixed if end == start + 1 and 0 < start < n - 1], dtype=np.int64
        )
        scores[blank - 1] -= two_after.take(numbers[blank + 3], axis=0)
        scores[blank + 1] -= two_before.take(numbers[blank + 1], axis=0)
        return scores

    def _pair_numbers(self, numbers: Integers) -> Integers:
        """The row of each pair of neighbours in the pair arrays."""
        keys = numbers[:-1] << PAIR_SHIFT | numbers[1:]
        places = self._pair_keys.searchsorted(keys)
        unknown = len(self._pair_keys)
        found = self._pair_keys.take(places, mode="clip") == keys
        return np.where(found, places, unknown)


def _table(n_rows: int, places: list[int] | Integers, weights: Floats) -> Floats:
    """``weights`` at the rows ``places`` of a table that is zero elsewhere."""
    table = np.zeros((n_rows, weights.shape[1]))
    table[places] = weights
    return table


def _character_numbers(number: dict[str, int]) -> Integers:
    """The number of each code point; pkuseg takes all digits for one symbol, and some marks for another."""
    extractor = spacy_pkuseg.FeatureExtractor
    table = np.zeros(0x110000, dtype=np.int64)
    for character in (
        {symbol for symbol in number if len(symbol) == 1}
        | extractor.num
        | extractor.letter
        | set(extractor.keywords)
    ):
        (symbol,) = extractor.normalize_text(character)
        table[ord(character)] = number.get(symbol, 0)
    return table


def _trie_pattern(node: Any) -> str:
    """A pattern for the longest word that continues from ``node`` of a pkuseg trie; empty when none does."""
    branches = [re.escape(c) + _trie_pattern(child) for c, child in sorted(node.children.items())]
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)}){'?' if node.isword else ''}"
