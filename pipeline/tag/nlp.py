"""The one place that builds spaCy and its word segmenter; nothing here needs a network.

A segmenter has a name or is a directory (see ``pipeline.tagging``). pkuseg models are loaded with the words of
``assets/user_dictionary.txt`` kept whole and without pkuseg's post-processing, which merges words.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from pipeline.tag.word_segmenter import Spans, WordSegmenter
from pipeline.tagging import SHIPPED, model_directory, segmenter_version, user_words

if TYPE_CHECKING:
    from spacy.language import Language

__all__ = ["SHIPPED", "load_nlp", "segment_words", "segmenter_version", "user_words", "word_finder"]

_CHARACTER = re.compile(r"\S")


def load_nlp(segmenter: str | Path = SHIPPED) -> Language:
    """A blank Chinese pipeline whose tokenizer is ``segmenter`` (see the module).

    Each call builds a pipeline of its own. Raises ValueError for an unknown segmenter, a directory without a
    pkuseg model, or jieba when it is not installed.
    """
    import spacy  # only here: callers of `segment_words` do without the second that it takes

    from pipeline.tag.tokenizer import PkusegTokenizer

    model = model_directory(segmenter)
    if model is None:
        if segmenter == "jieba":
            _import_jieba()
        return spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": str(segmenter)}}})
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"segmenter": "pkuseg"}}})
    nlp.tokenizer = PkusegTokenizer(nlp.vocab, _pkuseg(model))
    return nlp


def segment_words(text: str, segmenter: str | Path = SHIPPED) -> Spans:
    """The words of ``text`` as half-open offsets in code points, without the cost of a spaCy ``Doc``.

    The spans are in order and do not overlap; only white space lies between them. Raises as `load_nlp` does.
    """
    return word_finder(segmenter)(text)


@cache
def word_finder(segmenter: str | Path) -> Callable[[str], Spans]:
    """What `segment_words` calls, loaded once. Raises as `load_nlp` does."""
    model = model_directory(segmenter)
    if model is not None:
        return _pkuseg(model).spans
    if segmenter == "jieba":
        tokenize = _import_jieba().tokenize
        return lambda text: [(start, end) for word, start, end in tokenize(text) if not word.isspace()]
    return lambda text: [match.span() for match in _CHARACTER.finditer(text)]


def _pkuseg(model: Path) -> WordSegmenter:
    try:
        return WordSegmenter(model, user_words())
    except (LookupError, TypeError, EOFError, BadZipFile) as error:  # whatever reading its parts runs into
        raise ValueError(f"the pkuseg model in {model} is damaged: {error}") from error


def _import_jieba() -> Any:
    try:
        jieba = import_module("jieba")
    except ImportError as error:
        raise ValueError("segmenter 'jieba' needs the package jieba: pip install jieba") from error
    jieba.setLogLevel(logging.WARNING)  # it reports the loading of its dictionary on stderr
    return jieba
