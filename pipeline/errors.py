"""What can go wrong, by who has to act: the document, the caller, or the machine."""

from __future__ import annotations

from typing import Literal

Stage = Literal["read", "normalize", "segment", "tag", "validate"]


class ExtractError(Exception):
    """An input gives no document. It costs one row of ``rejects``, never the build.

    ``error`` is a stable name to count by (``empty``, ``binary``, ``undecodable``, ``too_large`` ...),
    ``detail`` one line for a reader.
    """

    def __init__(self, stage: Stage, error: str, detail: str) -> None:
        super().__init__(stage, error, detail)
        self.stage: Stage = stage
        self.error = error
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.error}: {self.detail}"


class UsageError(Exception):
    """The caller asked for something that cannot be: one line that says what to do instead (exit code 2)."""


class BuildError(Exception):
    """A build could not finish for a reason outside its inputs: a full disk, another build at work (exit
    code 1).
    """


class QuarantinedError(Exception):
    """Inputs were quarantined and ``on_error="fail"`` was asked for; the dataset is written all the same
    (exit code 1).
    """
