"""Trains the character model of ``assets/normalize``, which chooses among mends of damaged text.

    python -m pipeline.train.charmodel --treebank FOLDER --gold FOLDER [--out FILE] [--held-out FOLDER]

Counts of single characters, pairs and triples come from the segmented treebank (as for the segmenter), the
``clean_text`` of the gold notices, sentences that the tagger learns from, the seeds in simplified characters and
``official_phrases.txt``; words of the segmenter's dictionary, of OpenCC's phrase list and of the gazetteer add a small count to the pairs and
triples inside them. ``--held-out`` prints the cross entropy on other texts, in nats a character.

Same texts, same library versions: same model, byte for byte.
"""

from __future__ import annotations

import argparse
import json
import pickle
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from pipeline import assets
from pipeline.normalize.charmodel import BOUNDARY, UNKNOWN, CharModel, DocumentModel, decode, encode
from pipeline.train.examples import sentence_examples

HAN = re.compile("[\u4e00-\u9fff]+")
MARKS = "，。、；：？！（）《》“”〔〕—·％"
TEXT_WEIGHT = 0.5
NOTICE_WEIGHT = 1.0  # the genre's own texts
PHRASE_WEIGHT = 3.0  # dense in what the genre says
WORD_WEIGHT = 0.2  # a word that only a dictionary vouches for
MAX_WORD = 4  # longer dictionary words are names of single places and people
MIN_CHAR_COUNT = 0.4  # a character that stands in one dictionary word only is as good as unknown


def main(arguments: list[str] | None = None) -> None:
    """Count, prune, write; print the sizes and, with ``--held-out``, the cross entropy."""
    parser = argparse.ArgumentParser(description="Train the character model.")
    parser.add_argument("--treebank", type=Path, required=True, help="folder with train, dev and pud .txt")
    parser.add_argument("--gold", type=Path, required=True, help="folder of gold notices (.json)")
    parser.add_argument("--seeds", type=Path, default=Path("seeds"))
    parser.add_argument("--out", type=Path, default=assets.path("normalize") / "charmodel.xz")
    parser.add_argument("--held-out", type=Path, help="folder of .txt to measure on")
    options = parser.parse_args(arguments)

    notices = [*_gold(options.gold), *_seeds(options.seeds), *_sentences()]
    data = train(
        [
            (_treebank(options.treebank), TEXT_WEIGHT),
            (notices, NOTICE_WEIGHT),
            (_phrases(), PHRASE_WEIGHT),
        ],
        _dictionary_words(),
    )
    options.out.write_bytes(data)
    print(f"{options.out}: {len(data):,} bytes")
    if options.held_out:
        print(f"cross entropy {cross_entropy(decode(data), options.held_out):.3f} nats a character")


def train(texts: list[tuple[Iterable[str], float]], words: Iterable[str]) -> bytes:
    """Count weighted lines and dictionary words; the file that :func:`charmodel.encode` makes of them."""
    grams: tuple[Counter[str], Counter[str], Counter[str]] = (Counter(), Counter(), Counter())
    for lines, weight in texts:
        for line in lines:
            _add(grams, f"\n\n{_fold(line)}\n\n", weight)
    for word in words:
        _add(grams, word, WORD_WEIGHT)
    kept = sorted(
        c for c, n in grams[0].items() if n >= MIN_CHAR_COUNT and (HAN.match(c) or c in MARKS or c in "0A")
    )
    chars = "\0\n" + "".join(kept)
    id_of = {c: k for k, c in enumerate(chars)}
    n = len(chars)
    unigrams = np.array([grams[0][c] for c in chars])
    unigrams[UNKNOWN] = 0.0
    unigrams[BOUNDARY] /= 2
    pairs, triples = {}, {}
    for gram, count in grams[1].items():
        if all(c in id_of for c in gram):
            pairs[id_of[gram[0]] * n + id_of[gram[1]]] = count
    for gram, count in grams[2].items():
        if all(c in id_of for c in gram) and gram[:2] != "\n\n":
            triples[(id_of[gram[0]] * n + id_of[gram[1]]) * n + id_of[gram[2]]] = count
    print(f"{n:,} characters, {len(pairs):,} pairs, {len(triples):,} triples")
    return encode(chars, unigrams, pairs, triples)


def cross_entropy(model: CharModel, folder: Path) -> float:
    """Nats a character over the lines of a folder's .txt files, each file with its own counts left out."""
    total, n = 0.0, 0
    empty = DocumentModel(model, "\n\n\n")
    for file in sorted(folder.glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            folded = _fold(line)
            total -= empty.score(f"\n\n{folded}\n")
            n += len(folded) + 1
    return total / n


def _add(grams: tuple[Counter[str], Counter[str], Counter[str]], text: str, weight: float) -> None:
    for size, counter in enumerate(grams, 1):
        for k in range(len(text) - size + 1):
            counter[text[k : k + size]] += weight  # type: ignore[assignment]  # Counter takes fractions


def _fold(line: str) -> str:
    line = re.sub(r"[ \u3000\t]+", "", line)
    return re.sub(r"[A-Za-z]+", "A", re.sub(r"\d+(?:\.\d+)?", "0", line))


def _treebank(folder: Path) -> Iterator[str]:
    for name in ("train", "dev", "pud"):
        for line in (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            yield line.replace(",", "，")


def _gold(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("*.json")):
        yield from json.loads(file.read_text(encoding="utf-8"))["clean_text"].splitlines()


def _seeds(folder: Path) -> Iterator[str]:
    for file in sorted(folder.glob("*.txt")):
        text = file.read_text(encoding="utf-8")
        if "關" not in text:
            yield from text.splitlines()


def _sentences() -> Iterator[str]:
    # Not those of whole notices: twice as many sentences made a third more file and mended no more.
    yield from (example.text for example in sentence_examples())


def _phrases() -> Iterator[str]:
    for line in assets.path("normalize/official_phrases.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            yield from line.split()


def _dictionary_words() -> Iterator[str]:
    package = Path(str(find_spec("spacy_pkuseg").origin)).parent  # type: ignore[union-attr]
    with (package / "dicts" / "default.pkl").open("rb") as file:
        words = pickle.load(file).split("\n")
    yield from (w for w in words if len(w) == 2 and HAN.fullmatch(w))
    opencc = Path(str(find_spec("opencc").origin)).parent  # type: ignore[union-attr]
    for line in (opencc / "dictionary" / "STPhrases.txt").read_text(encoding="utf-8").splitlines():
        word = line.split("\t")[0]
        if len(word) <= MAX_WORD and HAN.fullmatch(word):
            yield word
    for row in assets.tsv("gazetteer/units.tsv"):
        yield from (cell for cell in row if len(cell) <= 2 * MAX_WORD and HAN.fullmatch(cell))


if __name__ == "__main__":
    main()
