"""What the build is compared with: each takes texts and does its work on all of them."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from spacy_pkuseg.config import config

from pipeline import assets
from pipeline.engines.batch import extract_batch, to_inputs
from pipeline.engines.worker import default_extractor
from pipeline.read import MAX_BYTES, read
from pipeline.read.source import Source
from pipeline.records import TABLES
from pipeline.tag import default_codebook
from pipeline.tag.cues import scanner
from pipeline.tag.nlp import load_nlp, user_words
from pipeline.tag.sheet import lay_out
from pipeline.tagging import Method

Run = Callable[[Sequence[str]], None]
BATCH = 32


def contenders() -> tuple[dict[str, Run], list[str]]:
    """The runs by name, and a line on what they are and on each that cannot run here."""
    runs: dict[str, Run] = {
        "default build": lambda texts: _build(texts, "both"),
        "rules alone": lambda texts: _build(texts, "rules"),
        "the limit": _limit,
        "spaCy, shipped segmenter": _spacy(load_nlp()),
        "spaCy, shipped segmenter run by pkuseg": _spacy(_pkuseg_nlp(), word_features=False),
        "spaCy, pkuseg's default features": _spacy(_pkuseg_nlp(), word_features=True),
    }
    notes = [
        "The build: bytes to Parquet with validated records. The limit: read, decode, one scan for all cues of the codebook,",
        "Parquet with the texts. No model with pkuseg's default features comes with a package, and none is fetched here: the",
        "shipped weights run through pkuseg's own extraction with its default features, which costs the same whatever the weights.",
        "The shipped segmenter stands here twice: as `load_nlp` gives it, decoded in whole arrays, and as pkuseg itself decodes it.",
    ]
    try:
        jieba = import_module("jieba")
    except ImportError:
        return runs, [*notes, "jieba is not installed (`pip install jieba`) and was skipped."]
    jieba.setLogLevel(logging.WARNING)
    runs["jieba, cut"] = lambda texts: [list(jieba.cut(text)) for text in texts] and None
    return runs, notes


def _build(texts: Sequence[str], method: Method) -> None:
    extractor = default_extractor(None, MAX_BYTES, method=method)
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for at in range(0, len(texts), BATCH):
            inputs = to_inputs(
                Source(str(number), text.encode("utf-8", "replace"))
                for number, text in enumerate(texts[at : at + BATCH], at)
            )
            parts.append(extract_batch(inputs, extractor))
        for table in TABLES:
            rows = pa.Table.from_batches([part[table] for part in parts])
            pq.write_table(rows, Path(folder) / f"{table}.parquet", compression="zstd")


def _limit(texts: Sequence[str]) -> None:
    scan = scanner(default_codebook()).scan
    names, kept = [], []
    for number, text in enumerate(texts):
        decoded = read(Source(str(number), text.encode("utf-8", "replace")))
        names.append(len(scan(lay_out([decoded.raw_text]))))
        kept.append(decoded.raw_text)
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(
            pa.table({"n_cues": names, "text": kept}), Path(folder) / "texts.parquet", compression="zstd"
        )


def _spacy(nlp: Callable[[str], object], word_features: bool = True) -> Run:
    def run(texts: Sequence[str]) -> None:
        config.wordFeature = word_features  # of the whole process, and saved in no model
        for text in texts:
            nlp(text)

    return run


def _pkuseg_nlp() -> Callable[[str], object]:
    import spacy
    import spacy_pkuseg

    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "pkuseg"}}})
    nlp.tokenizer.pkuseg_seg = spacy_pkuseg.pkuseg(
        str(assets.path("segmenter")), user_dict=sorted(user_words())
    )
    return nlp
