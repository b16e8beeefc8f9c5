"""Where the codes meet those of other schemes (OxCGRT, CoronaNet, CCCSL) and Hood's instruments.

``assets/crosswalk.toml`` says what the match types mean and in which direction they are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from pipeline import assets

Match = Literal["exact", "broad", "narrow", "related", "none"]


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A code of another scheme; ``broad``: it is broader than ours, ``narrow``: narrower; no code with
    ``none``.
    """

    match: Match
    code: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """Another scheme with its source; ``codes``: all of its codes with their names or what they hold."""

    title: str
    edition: str
    year: int
    published: str
    reference: str
    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """The counterparts of each code by scheme: ``codes[code][scheme]``; ``skos``: the property of each match
    type.
    """

    version: str
    skos: Mapping[Match, str]
    schemes: Mapping[str, Scheme]
    codes: Mapping[str, Mapping[str, tuple[Counterpart, ...]]]

    def as_dict(self) -> dict[str, Any]:
        """Everything as JSON-ready values, as it ships with a dataset."""
        return {
            "version": self.version,
            "match_types": {match: iri or None for match, iri in self.skos.items()},
            "direction": "broad: their code is broader than ours; narrow: their code is narrower than ours",
            "schemes": {
                key: {
                    name: dict(value) if name == "codes" else value
                    for name in Scheme.__slots__
                    for value in (getattr(scheme, name),)
                }
                for key, scheme in self.schemes.items()
            },
            "codes": {
                code: {
                    key: [{"match": one.match, "code": one.code, "why": one.why or None} for one in found]
                    for key, found in by_scheme.items()
                }
                for code, by_scheme in self.codes.items()
            },
        }


@cache
def crosswalk() -> Crosswalk:
    """The crosswalk that ships with the package, read once."""
    table = assets.toml("crosswalk.toml")
    return Crosswalk(
        table["version"],
        table["match"],
        {
            key: Scheme(**{**scheme, "codes": _flat(scheme["codes"])})
            for key, scheme in table["scheme"].items()
        },
        {
            code: {key: tuple(Counterpart(*row) for row in rows) for key, rows in by_scheme.items()}
            for code, by_scheme in table["code"].items()
        },
    )


def _flat(codes: Mapping[str, str | list[str]]) -> dict[str, str]:
    """Codes with their names; a theme with its categories becomes itself and ``theme > category`` each."""
    flat: dict[str, str] = {}
    for code, below in codes.items():
        flat[code] = code if isinstance(below, list) else below
        flat |= {f"{code} > {category}": category for category in below} if isinstance(below, list) else {}
    return flat
