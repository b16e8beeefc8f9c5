"""What decides the content of a dataset besides its inputs."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

from pipeline import assets
from pipeline.errors import UsageError
from pipeline.tagging import SHIPPED, segmenter_version
from pipeline.version import SCHEMA_VERSION, __version__
from pipeline.write.manifest import Versions

_SHAPING_PACKAGES = (  # the libraries whose version may change a row
    "ahocorasick-rs",
    "charset-normalizer",
    "cn2an",
    "ftfy",
    "numpy",
    "opencc-python-reimplemented",
    "pydantic",
    "pypdfium2",
    "resiliparse",
    "spacy",
    "spacy-pkuseg",
)


def current_versions(codebook: Path | None, segmenter: str = SHIPPED) -> Versions:
    """The versions of tool, schema, codebook (the shipped one or the file given) and segmenter (see ``usable_segmenter``).

    Raises UsageError for a codebook that cannot be read or used.
    """
    return Versions(
        tool=__version__,
        schema=SCHEMA_VERSION,
        codebook=_codebook_version(codebook),
        segmenter=segmenter_version(segmenter),
    )


@cache
def fingerprint() -> str:
    """A hash of this package's code and data and of the libraries that shape its rows: when it differs,
    rows may too.
    """
    root = Path(__file__).parents[1]
    digest = hashlib.sha256(f"python {sys.version_info[:2]}".encode())
    for name in _SHAPING_PACKAGES:
        try:
            digest.update(f"{name} {metadata.version(name)}\n".encode())
        except metadata.PackageNotFoundError:  # an extra that is not installed
            digest.update(f"{name} -\n".encode())
    for file in sorted(root.rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(f"{file.relative_to(root).as_posix()} {file.stat().st_size}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _codebook_version(codebook: Path | None) -> str:
    if codebook is None:
        return str(assets.toml("codebook.toml")["version"])
    from pipeline.tag.codebook import CodebookError, load_codebook

    try:
        return load_codebook(codebook).version
    except CodebookError as failure:
        raise UsageError(f"--codebook: {failure}") from None
    except UnicodeDecodeError:
        raise UsageError(f"--codebook: {codebook}: not UTF-8 text") from None
    except OSError as failure:
        raise UsageError(f"--codebook: {codebook}: {failure.strerror}") from None
