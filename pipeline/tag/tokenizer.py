"""spaCy's tokenizer for Chinese around a pkuseg model that is already loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from spacy.lang.zh import ChineseTokenizer, Segmenter
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.vocab import Vocab

from pipeline.tag.word_segmenter import WordSegmenter


class PkusegTokenizer(ChineseTokenizer):
    """spaCy's tokenizer around a `WordSegmenter`: the same tokens, sooner.

    A pipeline that was saved with it loads with spaCy's own class.
    """

    pkuseg_seg: Any

    def __init__(self, vocab: Vocab, word_segmenter: WordSegmenter) -> None:
        super().__init__(vocab, segmenter=Segmenter.pkuseg)
        self.pkuseg_seg = word_segmenter

    def __call__(self, text: str) -> Doc:
        """Tokenize ``text``: one blank after a word belongs to it, other white space is a token."""
        if not isinstance(self.pkuseg_seg, WordSegmenter):  # replaced by ``from_disk`` or ``initialize``
            return super().__call__(text)
        words: list[str] = []
        spaces: list[bool] = []
        position = 0
        for start, end in [*self.pkuseg_seg.spans(text), (len(text), len(text))]:
            if position < start:
                if words and text[position] == " ":
                    spaces[-1] = True
                    position += 1
                if position < start:
                    words.append(text[position:start])
                    spaces.append(False)
            if start < end:
                words.append(text[start:end])
                spaces.append(False)
            position = end
        return Doc(self.vocab, words=words, spaces=spaces)

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]] | None = None,
        *,
        nlp: Language | None = None,
        pkuseg_model: str | None = None,
        pkuseg_user_dict: str | None = "default",
    ) -> None:
        """Keep the model at hand when ``nlp.initialize`` names none, where spaCy would try to fetch one."""
        if pkuseg_model is not None:
            super().initialize(
                get_examples, nlp=nlp, pkuseg_model=pkuseg_model, pkuseg_user_dict=pkuseg_user_dict
            )

    def pkuseg_update_user_dict(self, words: list[str], reset: bool = False) -> None:
        """Add ``words`` to the user dictionary, after emptying it when ``reset`` is true."""
        super().pkuseg_update_user_dict(words, reset)
        if isinstance(self.pkuseg_seg, WordSegmenter):
            self.pkuseg_seg.compile_user_words()
