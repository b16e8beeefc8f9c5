"""Tagging: passages of a document → measures with codes, modality, actors, deadlines and their evidence."""

from pipeline.tag.codebook import Codebook, CodebookError, default_codebook, load_codebook
from pipeline.tag.coder import CodeTag
from pipeline.tag.rows import Untagged
from pipeline.tag.tagger import Tagged, TaggedMeasure, tag
from pipeline.tagging import Method

__all__ = [
    "CodeTag",
    "Codebook",
    "CodebookError",
    "Method",
    "Tagged",
    "TaggedMeasure",
    "Untagged",
    "default_codebook",
    "load_codebook",
    "tag",
]
