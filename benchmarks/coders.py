"""Networks and a linear model on other features than the shipped ones, trained by the shipped trainer, for the ablation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from pipeline.records import Modality
from pipeline.tag.codebook import Codebook, default_codebook
from pipeline.tag.cues import Hits
from pipeline.tag.features import Context, Features, Keys, gram_keys
from pipeline.tag.features import extract as extract_features
from pipeline.tag.modality import MODALITIES
from pipeline.tag.nlp import segment_words
from pipeline.tag.sheet import MASKED, Sheet
from pipeline.train import logistic, network
from pipeline.train import tagger as trainer
from pipeline.train.examples import Example
from pipeline.train.tagger import Examined

LEAD_LEAST = 0.4  # a lead-in hands its items the codes that the first pass thinks so probable
LINEAR_STRENGTH, LINEAR_STEPS = 1.0, 60

Float = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Grams = Callable[[Sheet], tuple[Keys, ...]]


def word_keys(sheet: Sheet, segmenter: str = "gongwen") -> tuple[Keys, ...]:
    """Words and pairs of words as keys where they begin, like the n-grams of `gram_keys`; words of titles have none.

    The first array is empty, for headings do without the shortest n-grams.
    """
    single, double = np.zeros(len(sheet.owner), dtype=np.uint64), np.zeros(len(sheet.owner), dtype=np.uint64)
    for row in range(len(sheet)):
        begin, text = int(sheet.starts[row]), sheet.row(row)
        words = [(begin + start, text[start:end]) for start, end in segment_words(text, segmenter)]
        row_of_words = [(begin - 1, "\n"), *words, (begin + len(text), "\n")]
        for at, word in words:
            single[at] = word_key(word)
        for (at, word), (_, following) in pairwise(row_of_words):
            double[at] = word_key(f"{word} {following}")
    return np.zeros(len(sheet.owner), dtype=np.uint64), single, double


@cache
def word_key(word: str) -> int:
    """A number for a word, 0 for one that holds characters of a title."""
    if MASKED in word:
        return 0
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little") or 1


def examined(examples: Sequence[Example], grams: Grams = gram_keys, cues: bool = True) -> Examined:
    """The trainer's features and labels with other n-grams in place of its own, with or without all other features."""

    def grams_alone(
        sheet: Sheet, keys: Sequence[Keys], hits: Hits, context: Context, codebook: Codebook
    ) -> Features:
        features = extract_features(sheet, keys, hits, context, codebook)
        return replace(features, own=features.own[:-1], headings=features.headings[:-1])

    with (
        patch.object(trainer, "gram_keys", grams),
        patch.object(trainer, "extract", extract_features if cues else grams_alone),
    ):
        return trainer.sentence_matrix(examples)


@dataclass(frozen=True, slots=True)
class Coder:
    """Something trained: ``look`` gives the features of sentences, ``scores`` the scores of their labels."""

    look: Callable[[Sequence[Example]], Examined]
    scores: Callable[[Examined], Float]
    n_columns: int

    def scored(self, examples: Sequence[Example]) -> Float:
        """The scores of sentences, lead-ins read first: their items take what the coder finds in them."""
        first = self.scores(self.look([replace(example, lead=None) for example in examples]))
        found = modalities(first)
        codes = np.array(default_codebook().codes)
        row = {id(example): number for number, example in enumerate(examples)}
        likely = sigmoid(first[:, : len(codes)]) >= LEAD_LEAST

        def as_found(lead: Example) -> Example:
            at = row[id(lead)]
            asked = () if found[at] == "statement" else tuple(codes[likely[at]].tolist())
            return replace(lead, codes=asked, modality=found[at])

        return self.scores(
            self.look([replace(one, lead=as_found(one.lead)) if one.lead else one for one in examples])
        )


def sigmoid(scores: Float) -> Float:
    """Probabilities of scores."""
    probabilities: Float = (1 / (1 + np.exp(-scores))).astype(np.float32)
    return probabilities


def modalities(scores: Float) -> list[Modality]:
    """The modality with the highest score of each row."""
    best = scores[:, len(default_codebook().codes) :].argmax(axis=1)
    return [MODALITIES[one] for one in best.tolist()]


@dataclass(frozen=True, slots=True)
class Decision:
    """Calibration of scores and the probability from which on a code is given, found as the trainer finds them."""

    slope: float
    intercept: float
    least: float

    @classmethod
    def suited_to(cls, scores: Float, wanted: Bools) -> Decision:
        """What suits these scores of labels, given the codes wanted."""
        asks = np.array([modality != "statement" for modality in modalities(scores)])
        of_codes, labels = scores[asks, : wanted.shape[1]], wanted[asks].astype(np.float32)
        slope, intercept = trainer.calibration(of_codes, labels)
        least = trainer.threshold(sigmoid(slope * of_codes + intercept), labels)
        return cls(slope, intercept, least)

    def codes(self, scores: Float) -> Bools:
        """The codes that are probable enough, none for a statement."""
        asks = np.array([modality != "statement" for modality in modalities(scores)])
        of_codes = scores[:, : len(default_codebook().codes)]
        chosen: Bools = (sigmoid(self.slope * of_codes + self.intercept) >= self.least) & asks[:, None]
        return chosen


def trained(learned: Examined, look: Callable[[Sequence[Example]], Examined]) -> Coder:
    """A network of the shipped trainer."""
    matrix, columns = trainer.compact(learned.matrix, trainer.MIN_ROWS)
    fitted = network.fit(matrix, learned.labels, learned.weights, network.Settings())
    return Coder(look, lambda seen: fitted.scores(trainer.restricted(seen.matrix, columns)), len(columns))


def network_coder(examples: Sequence[Example], grams: Grams, cues: bool) -> Coder:
    """A network on other n-grams."""

    def look(given: Sequence[Example]) -> Examined:
        return examined(given, grams, cues)

    return trained(look(examples), look)


def linear_coder(examples: Sequence[Example]) -> Coder:
    """Logistic regression on n-grams of characters alone: the floor."""

    def look(given: Sequence[Example]) -> Examined:
        return examined(given, gram_keys, cues=False)

    learned = look(examples)
    matrix, columns = trainer.compact(learned.matrix, trainer.MIN_ROWS)
    n_codes = len(default_codebook().codes)
    weights, bias = logistic.fit(matrix, learned.labels[:, :n_codes], LINEAR_STRENGTH, LINEAR_STEPS)
    sure = np.flatnonzero(learned.weights[:, -1])
    some = trainer.restricted(learned.part(sure).matrix, columns)
    more, more_bias = logistic.fit(some, learned.labels[sure, n_codes:], LINEAR_STRENGTH, LINEAR_STEPS)
    weights, bias = np.concatenate([weights, more], axis=1), np.concatenate([bias, more_bias])

    def scores(seen: Examined) -> Float:
        inside = trainer.restricted(seen.matrix, columns)
        sums = np.tile(bias, (inside.shape[0], 1))
        np.add.at(sums, inside.rows, weights[inside.columns] * inside.values[:, None])
        return sums

    return Coder(look, scores, len(columns))
