"""The crosswalk is complete, names codes that the other schemes have, and agrees with the codebook."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from pipeline import assets
from pipeline.records import Code
from pipeline.tag.crosswalk import Counterpart, Match, crosswalk
from pipeline.write.companions import COMPANIONS

SCHEMES = ("oxcgrt", "coronanet", "cccsl", "hood")
ROWS = [pytest.param(code, scheme, id=f"{code}-{scheme}") for code in get_args(Code) for scheme in SCHEMES]


def test_every_code_of_the_contract_and_no_other_stands_in_the_crosswalk() -> None:
    assert set(crosswalk().codes) == set(get_args(Code))
    assert set(crosswalk().codes) == set(assets.toml("codebook.toml")["code"])


def test_the_schemes_are_the_four_with_their_sources() -> None:
    assert tuple(crosswalk().schemes) == SCHEMES
    for scheme in crosswalk().schemes.values():
        assert scheme.title
        assert scheme.edition
        assert scheme.reference
        assert scheme.published.startswith(("https://", "London"))
        assert str(scheme.year) in scheme.edition + scheme.reference


def test_the_match_types_are_those_of_skos_and_none() -> None:
    assert set(crosswalk().skos) == set(get_args(Match))
    assert all(
        iri == f"http://www.w3.org/2004/02/skos/core#{match}Match"
        for match, iri in crosswalk().skos.items()
        if match != "none"
    )


@pytest.mark.parametrize(("code", "scheme"), ROWS)
def test_an_entry_names_codes_of_its_scheme_once_each(code: str, scheme: str) -> None:
    found = crosswalk().codes[code][scheme]
    assert found
    assert {one.match for one in found} <= set(get_args(Match))
    if any(one.match == "none" for one in found):
        assert found == (Counterpart("none"),)
        return
    codes = [one.code for one in found]
    assert set(codes) <= set(crosswalk().schemes[scheme].codes)
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("code", get_args(Code))
def test_the_instrument_is_the_one_of_the_codebook(code: str) -> None:
    instrument = assets.toml("codebook.toml")["code"][code]["instrument"]
    assert crosswalk().codes[code]["hood"] == (Counterpart("broad", instrument),)


@pytest.mark.parametrize("scheme", SCHEMES[:3])
def test_no_code_of_theirs_falls_wholly_under_two_of_ours(scheme: str) -> None:
    whole = [
        one.code
        for by_scheme in crosswalk().codes.values()
        for one in by_scheme[scheme]
        if one.match in ("exact", "narrow")
    ]
    assert len(whole) == len(set(whole))


@pytest.mark.parametrize(
    ("scheme", "n", "some"),
    [
        ("oxcgrt", 25, "V4"),
        ("coronanet", 20, "New Task Force, Bureau or Administrative Configuration"),
        ("cccsl", 8 + 67, "Resource allocation > Crisis management plans"),
        ("hood", 4, "nodality"),
    ],
)
def test_the_lists_of_the_schemes_are_whole(scheme: str, n: int, some: str) -> None:
    codes = crosswalk().schemes[scheme].codes
    assert len(codes) == n
    assert some in codes


@pytest.mark.parametrize("rest", [("oxcgrt", "M1"), ("coronanet", "Other Policy Not Listed Above")])
def test_what_a_scheme_has_for_the_rest_is_no_counterpart(rest: tuple[str, str]) -> None:
    scheme, code = rest
    assert all(one.code != code for found in crosswalk().codes.values() for one in found[scheme])


def test_it_ships_as_json() -> None:
    assert "crosswalk.json" in COMPANIONS
    shipped = json.loads(json.dumps(crosswalk().as_dict(), ensure_ascii=False))
    assert shipped["codes"]["funding"]["oxcgrt"][0] == {"match": "narrow", "code": "E3", "why": None}
    assert shipped["codes"]["work_style"]["cccsl"] == [{"match": "none", "code": None, "why": None}]
    assert shipped["schemes"]["oxcgrt"]["codes"]["H3"] == "Contact tracing"
    assert shipped["match_types"]["none"] is None
