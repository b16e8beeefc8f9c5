"""The rows of documents (sentences and headings) laid out one below the other, so that one pass serves them all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]

MASKED = "\ue000"  # private use: stands for a character of a title, matches no cue
_TITLE = re.compile(r"《[^《》\n]{1,120}》|《[^《》\n]{0,60}(?:《[^《》\n]{1,80}》[^《》\n]{0,60}){1,4}》")
_SURROGATE = re.compile("[\ud800-\udfff]")


def mask_titles(text: str) -> str:
    """The text with what stands inside 《》 blanked out, same length: no code rests on a word inside a
    title.
    """
    return _TITLE.sub(lambda match: "《" + MASKED * (len(match[0]) - 2) + "》", text)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows in one text, each between line feeds.

    Row ``i`` is ``text[starts[i]:ends[i]]``; ``points`` are the code points of ``text``, and ``owner`` is the
    row of each of its positions (a line feed belongs to the row that it precedes).
    """

    text: str
    points: IntArray
    starts: IntArray
    ends: IntArray
    owner: IntArray

    def __len__(self) -> int:
        return len(self.starts)

    def row(self, number: int) -> str:
        """The text of one row."""
        return self.text[self.starts[number] : self.ends[number]]

    def parts(self, length: int) -> Iterator[tuple[slice, Sheet]]:
        """The sheet in parts of so many characters, or of one row that is longer, each with the rows that it holds."""
        first = 0
        while first < len(self):
            begin = int(self.starts[first]) - 1
            last = max(first + 1, int(np.searchsorted(self.ends, begin + length)))
            end = int(self.ends[last - 1])
            rows = slice(first, last)
            yield (
                rows,
                Sheet(
                    self.text[begin : end + 1],
                    self.points[begin : end + 1],
                    self.starts[rows] - begin,
                    self.ends[rows] - begin,
                    self.owner[begin:end] - first,
                ),
            )
            first = last


def lay_out(rows: Iterable[str]) -> Sheet:
    """The sheet of some rows, titles masked; a line feed inside one becomes a blank."""
    rows = list(rows)
    text = "\n".join(["", *(row.replace("\n", " ") for row in rows), ""]) if rows else ""
    text = _SURROGATE.sub("\ufffd", text)
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    ends = np.cumsum(lengths + 1)
    return Sheet(
        text=text,
        points=np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.int64),
        starts=ends - lengths,
        ends=ends,
        owner=np.repeat(np.arange(len(rows), dtype=np.int64), lengths + 1),
    )
