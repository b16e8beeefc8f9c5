"""Normalisation: decoded text → clean Simplified text, with every change on record and an exact map between the two.

``normalize`` is the stage's one verb; ``STEPS`` lists what it does, in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.normalize.alignment import Alignment, Change, Edit, apply_edits
from pipeline.normalize.characters import remove_invisible, replace_private_use, unify_forms, unify_line_ends
from pipeline.normalize.furniture import remove_furniture
from pipeline.normalize.lost_bytes import mend_lost_bytes
from pipeline.normalize.markup import decode_entities, remove_markdown, remove_tags
from pipeline.normalize.mojibake import mend_mojibake
from pipeline.normalize.paragraphs import join_lines
from pipeline.normalize.pinyin import remove_pinyin
from pipeline.normalize.punctuation import curl_quotes, join_doubled_marks, widen_marks
from pipeline.normalize.script import Script, convert_script, script_of
from pipeline.normalize.spacing import close_blanks

__all__ = ["STEPS", "Normalized", "normalize"]

Step = Callable[[str], Iterable[Edit]]

# kind in ``repairs`` → step, in the order in which they run
STEPS: tuple[tuple[str, Step], ...] = (
    ("line_break", unify_line_ends),
    ("mojibake", mend_mojibake),
    ("invisible", remove_invisible),
    ("lost_byte", mend_lost_bytes),
    ("pinyin", remove_pinyin),
    ("private_use", replace_private_use),
    ("markup", decode_entities),
    ("markup", remove_tags),
    ("markup", remove_markdown),
    ("script", convert_script),
    ("page_furniture", remove_furniture),
    ("punctuation", join_doubled_marks),
    ("line_join", join_lines),
    ("compatibility", unify_forms),
    ("punctuation", widen_marks),
    ("punctuation", curl_quotes),
    ("whitespace", close_blanks),
)


@dataclass(frozen=True, slots=True)
class Normalized:
    """A clean text, what it was made from, and how: replaying ``changes`` on ``raw_text`` gives ``text``."""

    raw_text: str
    text: str
    script: Script
    changes: tuple[Change, ...]
    alignment: Alignment


def normalize(raw_text: str) -> Normalized:
    """The clean text of one decoded input; any string is taken, an empty one included."""
    text = raw_text
    changes: list[Change] = []
    for kind, step in STEPS:
        text, changes = apply_edits(text, changes, step(text), kind)
    alignment = Alignment(changes, len(raw_text), len(text))
    return Normalized(raw_text, text, script_of(raw_text), tuple(changes), alignment)
