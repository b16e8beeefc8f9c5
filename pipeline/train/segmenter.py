"""Trains the word segmenter of ``assets/segmenter`` on a segmented treebank, prunes it and measures it.

    python -m pipeline.train.segmenter --treebank FOLDER [--out FOLDER]

The folder holds ``train.txt``, ``dev.txt``, ``pud.txt`` and ``test.txt``: one sentence a line, words
separated by spaces, in simplified characters. The shipped model comes from Universal Dependencies Chinese GSD
(train, dev, test) and PUD; ``assets/segmenter/LICENSE`` has the credits. It is trained on all but the test
part, which only gives the reported figures. The settings below were chosen with ``--tune``, which leaves dev
out of the training, measures on it and writes nothing.

Same treebank, same library versions, same kind of machine: same model, byte for byte (about three minutes).
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import spacy_pkuseg
import srsly  # type: ignore[import-untyped]  # ships no types
from spacy_pkuseg.config import config as pkuseg_config

from pipeline import assets
from pipeline.tag.nlp import user_words
from pipeline.tag.word_segmenter import MODEL_FILES, Spans, WordSegmenter

SEED = 0
EPOCHS = 12
N_FEATURES = 60_000
WEIGHT_STEP = 1 / 64  # a power of two: sums of weights are exact, so their order cannot change a tie
SETTINGS: dict[str, Any] = {
    # Features over the words of the treebank make the model slower and larger, and its F1 no better.
    "wordFeature": False,
    "featureTrim": 0,  # rare features are pruned by weight after training, which keeps those that matter
    "reg": 2.0,
    "rate0": 0.1,
}
DOCUMENT_LENGTH = 2_300  # characters; the speed is measured on texts of this length

Sentences = list[list[str]]


def main(arguments: list[str] | None = None) -> None:
    """Train, prune, measure; print the figures and write the model with its ``meta.json``."""
    parser = argparse.ArgumentParser(description="Train the word segmenter.")
    parser.add_argument(
        "--treebank", type=Path, required=True, help="folder with train, dev, pud and test .txt"
    )
    parser.add_argument("--out", type=Path, help="where to write the model (default: the package's assets)")
    parser.add_argument("--tune", action="store_true", help="leave dev out, measure on dev, write nothing")
    options = parser.parse_args(arguments)
    training, held_out = (("train", "pud"), "dev") if options.tune else (("train", "dev", "pud"), "test")
    parts = {part: read_sentences(options.treebank / f"{part}.txt") for part in (*training, "dev", held_out)}
    with tempfile.TemporaryDirectory() as folder:
        full, small = Path(folder, "full"), Path(folder, "small")
        train([sentence for part in training for sentence in parts[part]], parts["dev"], full)
        prune(full, small)
        known = {word for part in training for sentence in parts[part] for word in sentence}
        meta = measure(small, parts[held_out], known)
        meta = {"trained_on": {part: len(parts[part]) for part in training}, "measured_on": held_out} | meta
        print(json.dumps(meta, indent=2))
        if not options.tune:
            out = options.out or assets.path("segmenter")
            out.mkdir(parents=True, exist_ok=True)
            for name in MODEL_FILES:
                shutil.copyfile(small / name, out / name)
            (out / "meta.json").write_text(json.dumps(meta, indent=2) + "\n", encoding="utf-8")


def read_sentences(path: Path) -> Sentences:
    """The sentences of one file of the treebank as lists of words; ValueError for a file without any."""
    sentences = [words for line in path.read_text(encoding="utf-8").splitlines() if (words := line.split())]
    if not sentences:
        raise ValueError(f"{path} holds no sentences")
    return sentences


def train(sentences: Sentences, monitored: Sentences, model_dir: Path, epochs: int = EPOCHS) -> None:
    """Train a pkuseg model into ``model_dir``; pkuseg prints the F1 on ``monitored`` after each epoch."""
    with tempfile.TemporaryDirectory() as folder, _pkuseg_settings(SETTINGS):
        files = [Path(folder, name) for name in ("train.txt", "monitored.txt")]
        for file, part in zip(files, (sentences, monitored), strict=True):
            file.write_text("".join(" ".join(words) + "\n" for words in part), encoding="utf-8")
        random.seed(SEED)  # pkuseg shuffles the sentences before each epoch
        spacy_pkuseg.train(str(files[0]), str(files[1]), str(model_dir), train_iter=epochs)


def prune(model_dir: Path, out: Path, n_features: int = N_FEATURES) -> None:
    """Write the model to ``out`` with the ``n_features`` features that move the tags most, weights rounded.

    What a feature adds to all tags alike moves none, so each feature's weights are taken from their median,
    and its worth is the distance between its largest and its smallest.
    """
    extractor = spacy_pkuseg.FeatureExtractor.load(str(model_dir))
    with np.load(model_dir / "weights.npz") as arrays:
        n_tag, weights = int(arrays["sizes"][0]), arrays["w"]
    n_before = len(extractor.feature_to_idx)
    by_feature = weights[: n_before * n_tag].reshape(n_before, n_tag)
    worth = np.ptp(by_feature, axis=1)
    bias = extractor.feature_to_idx["$$"]
    worth[bias] = np.inf
    kept = np.sort(np.argsort(-worth, kind="stable")[:n_features])
    kept = np.concatenate([[bias], kept[kept != bias]])  # pkuseg expects the bias as feature 0
    centred = by_feature[kept] - np.median(by_feature[kept], axis=1, keepdims=True)
    small = np.concatenate([centred.ravel(), weights[n_before * n_tag :]])
    small = np.round(small / WEIGHT_STEP) * WEIGHT_STEP + 0.0  # no negative zeros
    names = sorted(extractor.feature_to_idx, key=extractor.feature_to_idx.__getitem__)
    features = {
        "unigram": [],
        "bigram": [],
        "feature_to_idx": {names[old]: new for new, old in enumerate(kept.tolist())},
        "tag_to_idx": extractor.tag_to_idx,
    }
    out.mkdir(parents=True, exist_ok=True)
    srsly.write_msgpack(out / "features.msgpack", features)
    np.savez_compressed(out / "weights.npz", sizes=np.array([n_tag, len(kept)]), w=small)


def measure(model_dir: Path, sentences: Sentences, known: set[str]) -> dict[str, Any]:
    """What ``meta.json`` says of a model: settings, size, word F1 with and without user words, speed.

    ``known`` are the words of the training part: the recall of all others is reported by itself. Speeds are
    in characters a second on one core, of pkuseg's own class and of `WordSegmenter`.
    """
    bare, shipped = WordSegmenter(model_dir), WordSegmenter(model_dir, user_words())
    text = "".join("".join(words) for words in sentences)
    documents = [text[i : i + DOCUMENT_LENGTH] for i in range(0, len(text), DOCUMENT_LENGTH)]
    with _pkuseg_settings(SETTINGS):
        pkuseg_speed = characters_per_second(
            spacy_pkuseg.pkuseg(str(model_dir), user_dict=None).cut, documents
        )
    return {
        "license": "CC-BY-SA-4.0",
        "library": f"spacy-pkuseg {version('spacy-pkuseg')}",
        "settings": SETTINGS
        | {"epochs": EPOCHS, "seed": SEED, "n_features": N_FEATURES, "weight_step": WEIGHT_STEP},
        "bytes": sum((model_dir / name).stat().st_size for name in MODEL_FILES),
        "words": word_scores(bare.spans, sentences, known),
        "words_with_user_dictionary": word_scores(shipped.spans, sentences, known),
        "characters_per_second": {
            "spacy_pkuseg.pkuseg": pkuseg_speed,
            "WordSegmenter": characters_per_second(bare.spans, documents),
            "WordSegmenter_with_user_dictionary": characters_per_second(shipped.spans, documents),
        },
    }


def word_scores(segment: Callable[[str], Spans], sentences: Sentences, known: set[str]) -> dict[str, float]:
    """Precision, recall and F1 of whole words in per cent, and the recall of words not in ``known``."""
    n_right = n_found = n_gold = n_new = n_new_right = 0
    for words in sentences:
        gold = dict(zip(_tiles(words), words, strict=True))
        found = set(segment("".join(words)))
        new = {span for span, word in gold.items() if word not in known}
        n_right += len(found & gold.keys())
        n_found += len(found)
        n_gold += len(gold)
        n_new += len(new)
        n_new_right += len(found & new)
    shares = {
        "precision": n_right / max(n_found, 1),
        "recall": n_right / max(n_gold, 1),
        "f1": 2 * n_right / max(n_found + n_gold, 1),
        "recall_of_new_words": n_new_right / max(n_new, 1),
    }
    return {name: round(100 * share, 2) for name, share in shares.items()}


def characters_per_second(segment: Callable[[str], object], documents: list[str], rounds: int = 5) -> int:
    """The speed of ``segment`` over ``documents`` on one core, the best of ``rounds``, to the thousand."""
    best = min(_seconds(segment, documents) for _ in range(rounds))
    return int(round(sum(map(len, documents)) / best, -3))


def _seconds(segment: Callable[[str], object], documents: list[str]) -> float:
    start = time.perf_counter()
    for document in documents:
        segment(document)
    return time.perf_counter() - start


def _tiles(words: Iterable[str]) -> Iterator[tuple[int, int]]:
    end = 0
    for word in words:
        start, end = end, end + len(word)
        yield start, end


@contextmanager
def _pkuseg_settings(settings: dict[str, Any]) -> Iterator[None]:
    """Set attributes of pkuseg's process-wide configuration for a while; it has no other way in."""
    before = {name: getattr(pkuseg_config, name) for name in settings}
    vars(pkuseg_config).update(settings)
    try:
        yield
    finally:
        vars(pkuseg_config).update(before)


if __name__ == "__main__":
    main()
