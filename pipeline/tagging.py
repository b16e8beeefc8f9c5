"""What a caller may choose about tagging, with the defaults; nothing heavy is imported for it.

A segmenter has a name or is a directory: ``gongwen`` is the pkuseg model in this package, ``char`` makes
every character a token, ``jieba`` is the package of that name when it is installed, and anything else is the
directory of a pkuseg model (``features.msgpack``, ``weights.npz``).
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Literal, get_args

from pipeline import assets
from pipeline.errors import UsageError

Method = Literal["both", "rules", "model"]
"""Whether codes come from the rules of the codebook, the trained model, or both."""
DEFAULT_METHOD: Method = "both"
SHIPPED = "gongwen"
"""The segmenter in this package, which is the default."""
NAMES = (SHIPPED, "char", "jieba")
MODEL_FILES = ("features.msgpack", "weights.npz")


def model_directory(segmenter: str | Path) -> Path | None:
    """The directory of a pkuseg model; None for the two segmenters that have none.

    Raises ValueError for an unknown segmenter and for a directory without a model.
    """
    if segmenter in NAMES:
        return assets.path("segmenter") if segmenter == SHIPPED else None
    path = Path(segmenter)
    if not path.is_dir():
        raise ValueError(
            f"unknown segmenter {str(segmenter)!r}: {', '.join(NAMES)}, or the directory of a pkuseg model"
        )
    missing = [name for name in MODEL_FILES if not (path / name).is_file()]
    if missing:
        raise ValueError(f"no pkuseg model in {path}: {' and '.join(missing)} not found")
    return path


def segmenter_version(segmenter: str | Path = SHIPPED) -> str:
    """A string that differs when the words may: the name and, for pkuseg, a digest of model and user list."""
    model = model_directory(segmenter)
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


def usable_method(method: str) -> Method:
    """The method of that name. Raises UsageError when there is none."""
    for one in get_args(Method):
        if one == method:
            return one  # type: ignore[no-any-return]
    raise UsageError(f"--method: {method!r} is none of {', '.join(get_args(Method))}")


def usable_segmenter(segmenter: str | Path) -> str:
    """A segmenter by its name, or the absolute path of its directory, whatever folder a process is in.

    Any but the shipped one is loaded, to see that it works. Raises UsageError when it does not.
    """
    if segmenter != SHIPPED:
        from pipeline.tag.nlp import word_finder

        try:
            word_finder(segmenter)
        except (ValueError, OSError) as failure:
            raise UsageError(f"--segmenter: {' '.join(str(failure).split())}") from None
    return str(segmenter) if segmenter in NAMES else str(Path(segmenter).resolve())


def segmenter_name(segmenter: str) -> str:
    """What a manifest calls a segmenter: its name, or that of its directory, which says nothing of a machine."""
    return segmenter if segmenter in NAMES else Path(segmenter).name
