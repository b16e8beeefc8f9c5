"""Tagging: passages of a document → measures with modality, codes, actors, deadlines and the words behind each."""

from pipeline.tag.codebook import Codebook, CodebookError, default_codebook, load_codebook
from pipeline.tag.tagger import CodeTag, Method, Tagged, TaggedMeasure, tag

__all__ = [
    "CodeTag",
    "Codebook",
    "CodebookError",
    "Method",
    "Tagged",
    "TaggedMeasure",
    "default_codebook",
    "load_codebook",
    "tag",
]
