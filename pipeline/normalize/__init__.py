"""Normalisation: decoded text → clean Simplified text, with every change on record and an exact map between the two.

``normalize`` is the stage's one verb; ``STEPS`` lists what it does, in order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.normalize import signs
from pipeline.normalize.alignment import Alignment, Change, Edit, apply_edits, exact
from pipeline.normalize.characters import remove_invisible, replace_private_use, unify_forms, unify_line_ends
from pipeline.normalize.furniture import remove_furniture
from pipeline.normalize.lost_bytes import mend_lost_bytes
from pipeline.normalize.lost_lines import part_lines
from pipeline.normalize.markup import decode_entities, decode_literals, remove_markdown, remove_tags
from pipeline.normalize.mojibake import mend_mojibake
from pipeline.normalize.paragraphs import join_lines
from pipeline.normalize.pinyin import remove_pinyin
from pipeline.normalize.punctuation import curl_quotes, join_doubled_marks, widen_marks
from pipeline.normalize.repeated import remove_repeats
from pipeline.normalize.script import Script, convert_script, script_of
from pipeline.normalize.spacing import close_blanks

__all__ = ["STEPS", "Normalized", "Step", "normalize"]


class Step(NamedTuple):
    """One step: the ``kind`` of its rows in ``repairs``, its edits of a text, and which characters call for it."""

    kind: str
    edits: Callable[[str], Iterable[Edit]]
    is_called_for: Callable[[signs.Chars], bool]


# In the order in which they run. Bytes come before characters, characters before words, words before lines.
STEPS: tuple[Step, ...] = (
    Step("line_break", unify_line_ends, signs.line_ends),
    Step("mojibake", mend_mojibake, signs.mojibake),
    Step("invisible", remove_invisible, signs.invisible),
    Step("lost_byte", mend_lost_bytes, signs.lost_bytes),
    Step("pinyin", remove_pinyin, signs.pinyin),
    Step("private_use", replace_private_use, signs.private_use),
    Step("markup", decode_literals, signs.escapes),
    Step("markup", decode_entities, signs.entities),
    Step("markup", remove_tags, signs.tags),
    Step("markup", remove_markdown, signs.markdown),
    Step("script", convert_script, signs.traditional),
    Step("line_break", part_lines, signs.blanks),
    Step("page_furniture", remove_furniture, signs.always),
    Step("repeated", remove_repeats, signs.always),
    Step("punctuation", join_doubled_marks, signs.always),
    Step("line_join", join_lines, signs.always),
    # not before the lines are joined: a full-width digit is as wide on the page as a Chinese character
    Step("compatibility", unify_forms, signs.compatibility_forms),
    Step("punctuation", widen_marks, signs.half_width_marks),
    Step("punctuation", curl_quotes, signs.straight_quotes),
    Step("whitespace", close_blanks, signs.blanks),
)

LAYOUT = frozenset({"line_break", "line_join", "whitespace"})
"""Kinds of changes that uncover nothing for an earlier step."""
MAX_PASSES = 4
"""One step may uncover what an earlier one mends: a line joined, a mark behind a tag; two passes settle nearly all."""


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
    text, present = raw_text, signs.among(raw_text)
    script = script_of(raw_text) if signs.traditional(present) else "hans"
    changes: list[Change] = []
    for _ in range(MAX_PASSES):
        is_settled = True
        # what an earlier pass looked at and left as it was is decided, and recorded, anew
        changes = [c for c in changes if raw_text[c.raw_start : c.raw_end] != text[c.start : c.end]]
        for step in STEPS:
            if step.is_called_for(present) and (edits := list(step.edits(text))):
                is_settled &= step.kind in LAYOUT or all(
                    text[e.start : e.end] == e.replacement for e in edits
                )
                text, changes = apply_edits(text, changes, edits, step.kind)
                present |= signs.among("".join(edit.replacement for edit in edits))
        if is_settled:
            break
    final = exact(raw_text, text, changes)
    return Normalized(raw_text, text, script, final, Alignment(final, len(raw_text), len(text)))
