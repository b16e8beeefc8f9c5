"""What each part of the tagger is worth, on documents that it did not learn from.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.ablation [SECTION ...] [--out FILE]

Sections: methods networks fields; all without one. Results replace their sections of ``benchmarks/ABLATION.md``. The
networks are trained anew with the shipped trainer and fixed seeds; all sections together take some five minutes.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.coders import (
    Bools,
    Coder,
    Decision,
    Float,
    Grams,
    examined,
    linear_coder,
    modalities,
    network_coder,
    trained,
    word_keys,
)
from pipeline.check.evaluate import Counts, Scores, gold_files, score
from pipeline.extract import extract
from pipeline.tag import Method
from pipeline.tag.codebook import default_codebook
from pipeline.tag.features import gram_keys
from pipeline.tag.modality import MODALITIES
from pipeline.tag.nlp import segment_words
from pipeline.train import tagger as trainer
from pipeline.train.examples import GOLD, Example, all_examples, gold_examples, joined_examples

OUT = Path(__file__).parent / "ABLATION.md"
DRAWS = 2000  # of documents, for an interval
TEST_SETS = ("blind", "blind2", "blind3", "hard")
METHODS: tuple[Method, ...] = ("rules", "model", "both")
REAL = "state council"
FIELDS = {
    "a": "public health",
    "b": "disasters",
    "c": "safety and order",
    "d": "education, culture, society",
    "e": "countryside, environment",
    "f": "Party, economy, government",
    REAL: "State Council, real sentences",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """How well codes and modalities were found: four ratios, and how often a statement carries a code."""

    micro: float
    macro: float
    exact: float
    modality: float
    coded_statements: float

    @classmethod
    def of_scores(cls, scores: Scores) -> Figures:
        """Those of whole documents."""
        total = scores.as_dict()
        return cls(
            *(
                total[name] or 0.0
                for name in (
                    "codes_micro_f1",
                    "codes_macro_f1",
                    "codes_exact_set",
                    "modality_accuracy",
                    "coded_statements",
                )
            )
        )

    @classmethod
    def of_tables(
        cls, chosen: Bools, wanted: Bools, guessed: Sequence[str], modality: Sequence[str]
    ) -> Figures:
        """Those of sentences × codes and of the modalities given and wanted."""
        counts = counts_by_code(chosen, wanted)
        present = [one.f1 or 0.0 for one in counts if one.hit + one.missed]
        statements = np.array([one == "statement" for one in modality])
        return cls(
            summed(counts).f1 or 0.0,
            sum(present) / max(1, len(present)),
            float((chosen == wanted).all(axis=1).mean()),
            float(np.mean([one == other for one, other in zip(guessed, modality, strict=True)])),
            float(chosen[statements].any(axis=1).mean()) if statements.any() else 0.0,
        )

    def cells(self) -> str:
        """As cells of a row of a table."""
        return f"{self.micro:.3f} | {self.macro:.3f} | {self.exact:.3f} | {self.modality:.3f} | {self.coded_statements:.3f}"


HEAD = "micro F1 | macro F1 | exact sets | modality | coded statements"


def counts_by_code(chosen: Bools, wanted: Bools) -> list[Counts]:
    """Hits, false and missed codes, by column."""
    tables = (chosen & wanted, chosen & ~wanted, ~chosen & wanted)
    return [Counts(*column) for column in np.stack([table.sum(axis=0) for table in tables], axis=1).tolist()]


def summed(counts: Sequence[Counts]) -> Counts:
    """Counts added up."""
    total = Counts()
    for one in counts:
        total.add(one)
    return total


# --- methods: whole documents through the whole pipeline


def methods() -> Iterator[str]:
    """Documents through the whole pipeline as it ships, `extract(…, method=…)`; a measure that is not found counts as missed.

    *model* and *both* give the same codes: the network sees the rules' cues among its features, and with *both* a cue
    of the rules is shown as the evidence where there is one. What the cues are worth to it is under **networks**.
    """
    yield f"| set | method | {HEAD} |"
    yield "|---|---|" + "---|" * 5
    everything = {method: Scores() for method in METHODS}
    for name in TEST_SETS:
        for method in METHODS:
            scores = piped(GOLD / name, method)
            everything[method].add(scores)
            yield f"| {name}, {scores.documents} documents, {scores.measures} measures | {method} | {Figures.of_scores(scores).cells()} |"
    for method, scores in everything.items():
        yield f"| all, {scores.documents} documents, {scores.measures} measures | {method} | {Figures.of_scores(scores).cells()} |"


def piped(folder: Path, method: Method) -> Scores:
    """The scores of the documents of a folder that have coded measures."""
    total = Scores()
    for file, gold in gold_files(folder):
        if any("codes" in measure for measure in gold.get("measures") or ()):
            source = file.parent / gold["source"]
            total.add(score(extract(source.read_bytes(), name=gold["source"], method=method), gold))
    return total


# --- networks: what the n-grams are made of


def networks() -> Iterator[str]:
    """Networks of the shipped trainer that differ in what their n-grams are made of, on the gold's own sentences.

    Each learns from the same sentences, without the documents 05 and 11 of each field, on which its threshold is
    chosen, and without the real sentences, whose words do not ship. *Without cues*: n-grams and lead-ins alone, so
    that no rule helps. *Against the first*: difference in micro F1 with its 95 % interval, documents drawn with
    replacement. Lead-ins hand their items what the network itself finds in them.
    """
    examples = [example for example in all_examples() if not example.is_test]
    held = [example for example in gold_examples() if example.is_test]
    tests = {name: coded(gold_examples(GOLD / name)) for name in TEST_SETS}
    examples += joined_examples(examples)
    yield f"{len(examples):,} sentences to learn from, {len(held)} for the threshold, {sum(map(len, tests.values()))} to test on."
    yield ""
    yield f"| n-grams of | cues | features | {' | '.join(f'{name}, micro F1' for name in TEST_SETS)} | all: {HEAD} | against the first |"
    yield "|---|---|---|" + "---|" * (len(TEST_SETS) + 6)
    shipped: Tested | None = None
    for label, cues, train in coders(examples):
        coder = train()
        found = tested(coder, held, tests)
        shipped = shipped or found
        yield row_of(label, cues, coder.n_columns, found, shipped)
    if not has_jieba():
        yield ""
        yield "jieba is not installed: its row is left out (`pip install jieba`)."


def coded(examples: Sequence[Example]) -> list[Example]:
    """Those whose modality is known."""
    return [example for example in examples if example.modality is not None]


def coders(examples: Sequence[Example]) -> Iterator[tuple[str, str, Callable[[], Coder]]]:
    """Label, whether with cues, and how to train it."""
    for label, grams in variants():
        for cues in (True, False):
            yield label, "with" if cues else "without", partial(network_coder, examples, grams, cues)
    yield "characters, linear model", "without", partial(linear_coder, examples)


def variants() -> Iterator[tuple[str, Grams]]:
    """What n-grams may be made of."""
    yield "characters, 1 to 3 (as shipped)", gram_keys
    if has_jieba():
        yield "words by jieba, 1 and 2", lambda sheet: word_keys(sheet, "jieba")
    yield "words by pkuseg, 1 and 2", word_keys
    yield "characters and words by pkuseg", lambda sheet: (*gram_keys(sheet), *word_keys(sheet)[1:])


def has_jieba() -> bool:
    """Whether the package is installed."""
    try:
        segment_words("有", "jieba")
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Tested:
    """Figures on the test sets together, micro F1 on each, and hits, false and missed codes by document."""

    figures: Figures
    micro: tuple[float, ...]
    by_document: npt.NDArray[np.int64]


def tested(coder: Coder, held: Sequence[Example], tests: Mapping[str, list[Example]]) -> Tested:
    """What a coder finds in the test sets, with calibration and threshold from the held-out documents."""
    decision = Decision.suited_to(coder.scored(held), labels_of(held))
    scores = [coder.scored(examples) for examples in tests.values()]
    every = [example for examples in tests.values() for example in examples]
    together, wanted = np.concatenate(scores), labels_of(every)
    chosen = decision.codes(together)
    sets = np.repeat(np.arange(len(tests)), [len(examples) for examples in tests.values()])
    documents = np.unique([example.document for example in every], return_inverse=True)[1]
    counts = np.stack(
        [table.sum(axis=1) for table in (chosen & wanted, chosen & ~wanted, ~chosen & wanted)], axis=1
    )
    by_document = np.zeros((documents.max() + 1, 3), dtype=np.int64)
    np.add.at(by_document, documents, counts)
    figures = Figures.of_tables(
        chosen, wanted, modalities(together), [example.modality or "" for example in every]
    )
    return Tested(
        figures, tuple(float(f1_of(counts[sets == n].sum(axis=0))) for n in range(len(tests))), by_document
    )


def f1_of(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """F1 of hits, false and missed in the last axis."""
    hit, wrong, missed = np.moveaxis(counts, -1, 0)
    ratio: npt.NDArray[np.float64] = 2 * hit / np.maximum(1, 2 * hit + wrong + missed)
    return ratio


def row_of(label: str, cues: str, n_columns: int, found: Tested, shipped: Tested) -> str:
    """A row of the table."""
    micro = " | ".join(f"{one:.3f}" for one in found.micro)
    against = "" if found is shipped else difference(found.by_document, shipped.by_document)
    return f"| {label} | {cues} | {n_columns:,} | {micro} | {found.figures.cells()} | {against} |"


def difference(counts: npt.NDArray[np.int64], others: npt.NDArray[np.int64]) -> str:
    """Difference in micro F1 with its 95 % interval, from documents drawn anew with replacement."""
    draws = np.random.default_rng(0).integers(len(counts), size=(DRAWS, len(counts)))
    low, high = np.percentile(
        f1_of(counts[draws].sum(axis=1)) - f1_of(others[draws].sum(axis=1)), (2.5, 97.5)
    )
    whole = float(f1_of(counts.sum(axis=0)) - f1_of(others.sum(axis=0)))
    return f"{whole:+.3f} ({low:+.3f} to {high:+.3f})"


def labels_of(examples: Sequence[Example]) -> Bools:
    """Sentences × codes."""
    return np.array([[code in one.codes for code in default_codebook().codes] for one in examples])


# --- fields: one left out in turn


def fields() -> Iterator[str]:
    """Each field's gold scored by a network, trained as the shipped one is, that saw none of that field's gold.

    Calibration and threshold for a field are those that suit the other fields' held-out scores. The sentences of
    `pipeline/train/data` stay, whatever they are about. The last column holds out the real sentences instead, which are
    known by their features alone.
    """
    scores, wanted, modality = held_out()
    chosen = {part: decided(part, scores, wanted) for part in FIELDS}
    yield f"| field left out | sentences | {HEAD} |"
    yield "|---|---|" + "---|" * 5
    for part, name in FIELDS.items():
        figures = Figures.of_tables(chosen[part], wanted[part], modalities(scores[part]), modality[part])
        yield f"| {part}: {name} | {len(chosen[part])} | {figures.cells()} |"
    notices = list(FIELDS)[:-1]
    together = Figures.of_tables(
        np.concatenate([chosen[part] for part in notices]),
        np.concatenate([wanted[part] for part in notices]),
        [one for part in notices for one in modalities(scores[part])],
        [one for part in notices for one in modality[part]],
    )
    yield f"| all six | {sum(len(chosen[part]) for part in notices)} | {together.cells()} |"
    yield ""
    yield "F1 by code and field left out (– : the field's gold has no such sentence):"
    yield ""
    yield f"| code | {' | '.join(notices)} | all six | {REAL} |"
    yield "|---|" + "---|" * (len(FIELDS) + 1)
    by_field = {part: counts_by_code(chosen[part], wanted[part]) for part in FIELDS}
    for number, code in enumerate(default_codebook().codes):
        counts = [by_field[part][number] for part in FIELDS]
        cells = [shown(one) for one in (*counts[:-1], summed(counts[:-1]), counts[-1])]
        yield f"| `{code}` | {' | '.join(cells)} |"


def shown(counts: Counts) -> str:
    """The F1 of one code where gold has it."""
    return f"{counts.f1 or 0.0:.2f}" if counts.hit + counts.missed else "–"


def held_out() -> tuple[dict[str, Float], dict[str, Bools], dict[str, list[str]]]:
    """Scores, codes and modalities of each field's sentences, scored by a network that did not see the field."""
    examples = all_examples()
    lengthened = examples + joined_examples(examples)
    everything = trainer.with_digest(examined(lengthened))
    n, n_codes = len(lengthened), len(default_codebook().codes)
    parts = np.array([example.part for example in lengthened] + [REAL] * (len(everything.labels) - n))
    real = np.flatnonzero(parts == REAL)
    scores, wanted, modality = {}, {}, {}
    for part in FIELDS:
        coder = trained(everything.part(np.flatnonzero(parts != part)), examined)
        own = real if part == REAL else np.flatnonzero(parts[: len(examples)] == part)
        if part == REAL:
            scores[part] = coder.scores(everything.part(own))
        else:
            scores[part] = coder.scored([examples[row] for row in own])
        wanted[part] = everything.labels[own, :n_codes] > 0
        modality[part] = [MODALITIES[one] for one in everything.labels[own, n_codes:].argmax(axis=1)]
    return scores, wanted, modality


def decided(part: str, scores: dict[str, Float], wanted: dict[str, Bools]) -> Bools:
    """The codes of one field's sentences, calibration and threshold suited to the other fields'."""
    others = [other for other in FIELDS if other != part]
    decision = Decision.suited_to(
        np.concatenate([scores[other] for other in others]),
        np.concatenate([wanted[other] for other in others]),
    )
    return decision.codes(scores[part])


SECTIONS: dict[str, Callable[[], Iterator[str]]] = {
    "methods": methods,
    "networks": networks,
    "fields": fields,
}
PREFACE = f"""# Ablation

`python -m benchmarks.ablation` writes this. Test data: {", ".join(f"`tests/gold/{name}`" for name in TEST_SETS)}
(of `hard` the documents with coded measures). Neither the model nor the codebook's cues were fitted to any of them; models
were compared on `blind` and `blind2`, rules of structure corrected on `hard`, calibration and threshold suit these three, and
nothing was chosen by `blind3`.
Macro F1: mean over the codes that gold has. Exact sets: share of measures whose codes are all right. Coded
statements: share of sentences that ask for nothing and yet carry a code.

"""


def write(file: Path, name: str, lines: Sequence[str]) -> None:
    """Put a section in place of the one of that name; others stay."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    parts = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.M | re.S))
    about = re.sub(r"\n +", "\n", SECTIONS[name].__doc__ or "").strip()
    parts[name] = "\n" + "\n".join([about, "", *lines]) + "\n\n"
    body = "".join(f"## {section}\n{parts[section]}" for section in SECTIONS if section in parts)
    file.write_text(PREFACE + body.rstrip() + "\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure what each part of the tagger is worth.")
    parser.add_argument("sections", nargs="*", choices=[[], *SECTIONS], help=" ".join(SECTIONS))
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(arguments)
    for name in options.sections or SECTIONS:
        lines = []
        for line in SECTIONS[name]():
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
            lines.append(line)
        write(options.out, name, lines)


if __name__ == "__main__":
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":  # sums in one order, so that the seeds fix the figures
        os.execve(sys.executable, sys.orig_argv, {**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    main()
