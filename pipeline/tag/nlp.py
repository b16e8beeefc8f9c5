"""The one place that builds spaCy and its word segmenter; nothing here needs a network.

A segmenter has a name or is a directory: ``gongwen`` is the pkuseg model in this package, ``char`` makes
every character a token, ``jieba`` is the package of that name when it is installed, and anything else is the
directory of a pkuseg model (``features.msgpack``, ``weights.npz``). pkuseg models are loaded with the words
of ``assets/user_dictionary.txt`` kept whole and without pkuseg's post-processing, which merges words.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable
from functools import cache
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import assets
from pipeline.tag.word_segmenter import MODEL_FILES, Spans, WordSegmenter

if TYPE_CHECKING:
    from spacy.language import Language

SHIPPED = "gongwen"
NAMES = (SHIPPED, "char", "jieba")
_CHARACTER = re.compile(r"\S")


def load_nlp(segmenter: str | Path = SHIPPED) -> Language:
    """A blank Chinese pipeline whose tokenizer is ``segmenter`` (see the module).

    Each call builds a pipeline of its own. Raises ValueError for an unknown segmenter, a directory without a
    pkuseg model, or jieba when it is not installed.
    """
    import spacy  # only here: callers of `segment_words` do without the second that it takes

    from pipeline.tag.tokenizer import PkusegTokenizer

    model = _model_directory(segmenter)
    if model is None:
        if segmenter == "jieba":
            _import_jieba()
        return spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": str(segmenter)}}})
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "pkuseg"}}})
    nlp.tokenizer = PkusegTokenizer(nlp.vocab, WordSegmenter(model, user_words()))
    return nlp


def segment_words(text: str, segmenter: str | Path = SHIPPED) -> Spans:
    """The words of ``text`` as half-open offsets in code points, without the cost of a spaCy ``Doc``.

    The spans are in order and do not overlap; only white space lies between them. Raises as `load_nlp` does.
    """
    return _word_finder(segmenter)(text)


def segmenter_version(segmenter: str | Path = SHIPPED) -> str:
    """A string that differs when the words may: the name and, for pkuseg, a digest of model and user list."""
    model = _model_directory(segmenter)
    if model is None:
        return f"jieba-{metadata.version('jieba')}" if segmenter == "jieba" else str(segmenter)
    digest = hashlib.sha256()
    for name in MODEL_FILES:
        digest.update((model / name).read_bytes())
    digest.update("\n".join(sorted(user_words())).encode())
    return f"{SHIPPED if segmenter == SHIPPED else model.name}-{digest.hexdigest()[:12]}"


@cache
def user_words() -> frozenset[str]:
    """The words that a pkuseg segmenter never splits. Raises ValueError for a faulty line of the list."""
    path = assets.path("user_dictionary.txt")
    words: set[str] = set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        word = line.strip()
        if not word or word.startswith("#"):
            continue
        if len(word) < 2 or word in words or len(word.split()) > 1:
            raise ValueError(
                f"{path.name}, line {number}: {word!r} is too short, repeated or more than one word"
            )
        words.add(word)
    return frozenset(words)


def _model_directory(segmenter: str | Path) -> Path | None:
    """The directory of a pkuseg model; None for the two segmenters that have none."""
    if segmenter in NAMES:
        return assets.path("segmenter") if segmenter == SHIPPED else None
    path = Path(segmenter)
    if not path.is_dir():
        raise ValueError(
            f"unknown segmenter {str(segmenter)!r}: {', '.join(NAMES)}, or the directory of a pkuseg model"
        )
    return path


@cache
def _word_finder(segmenter: str | Path) -> Callable[[str], Spans]:
    model = _model_directory(segmenter)
    if model is not None:
        return WordSegmenter(model, user_words()).spans
    if segmenter == "jieba":
        tokenize = _import_jieba().tokenize
        return lambda text: [(start, end) for word, start, end in tokenize(text) if not word.isspace()]
    return lambda text: [match.span() for match in _CHARACTER.finditer(text)]


def _import_jieba() -> Any:
    try:
        jieba = import_module("jieba")
    except ImportError as error:
        raise ValueError("segmenter 'jieba' needs the package jieba: pip install jieba") from error
    jieba.setLogLevel(logging.WARNING)  # it reports the loading of its dictionary on stderr
    return jieba
