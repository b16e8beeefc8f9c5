"""The files that stand beside the tables and explain them, each written from the records: never by hand."""

from __future__ import annotations

import json

from pipeline.tag.crosswalk import crosswalk
from pipeline.write.card import card
from pipeline.write.contents import Companion, Contents
from pipeline.write.croissant import croissant
from pipeline.write.dictionary import data_dictionary


def codebook_json(contents: Contents) -> str:
    """``codebook.json``: the codebook that the tags were made with, codes and modalities in its order.

    ``words`` are the lists that ``<name>`` in a cue refers to.
    """
    book = contents.codebook
    content = {
        "version": book["version"],
        "codes": [{"code": code, **entry} for code, entry in book.get("code", {}).items()],
        "modalities": [{"modality": name, **entry} for name, entry in book.get("modality", {}).items()],
        "words": book.get("words", {}),
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def crosswalk_json(_: Contents) -> str:
    """``crosswalk.json``: the counterparts of each code in other schemes, with the sources of those schemes."""
    return json.dumps(crosswalk().as_dict(), ensure_ascii=False, indent=1) + "\n"


COMPANIONS: dict[str, Companion] = {
    "README.md": card,
    "data_dictionary.md": data_dictionary,
    "codebook.json": codebook_json,
    "crosswalk.json": crosswalk_json,
    "croissant.json": croissant,
}
"""File name → what writes its text once the tables are there; the manifest vouches for these files as it does
for the tables.
"""
