"""What holds for the record of any text: exact spans, a partition, repairs that replay, the same bytes again."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import extract
from pipeline.errors import ExtractError
from pipeline.records import DocumentRecord

ROOT = Path(__file__).parent.parent
SEEDS = [
    path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "seeds").glob("*.txt"))
    if "001" not in path.name
]
NOISE = st.sampled_from(
    [
        "",
        " ",
        "　",
        "\n",
        "\n\n",
        "，，",
        "**",
        "<br>",
        "&nbsp;",
        "— 3 —\n",
        "一、",
        "（一）",
        "“",
        "》",
        "1.",
        "附件：",
        "\u200b",
        "第一条 ",
        "国发〔2020〕1号",
        "2020年1月2日\n",
        "：",
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A stretch of a seed with noise put in at random places."""
    seed = draw(st.sampled_from(SEEDS))
    start = draw(st.integers(0, len(seed) - 200))
    text = seed[start if draw(st.booleans()) else 0 : start + draw(st.integers(100, 700))]
    for noise, place in draw(st.lists(st.tuples(NOISE, st.integers(0, 700)), max_size=8)):
        text = text[:place] + noise + text[place:]
    return text


def hold_invariants(record: DocumentRecord) -> None:
    text, raw = record.text, record.raw_text
    spanned = [*record.segments, *record.directives, *record.measures, *record.references]
    assert all(text[row.start : row.end] == row.text for row in spanned)
    assert all(
        text[row.start : row.end] == row.name for row in (*record.addressees, *record.issuers) if row.name
    )
    assert all(text[row.start : row.end] == row.cue for row in record.tags)
    position = 0
    for segment in record.segments:
        if segment.start == segment.end:  # furniture that was taken out from between other words
            assert segment.kind == "page_furniture"
            continue
        assert segment.start >= position
        assert not text[position : segment.start].strip()
        position = segment.end
    assert not text[position:].strip()
    pieces, position = [], 0
    for repair in record.repairs:
        assert raw[repair.raw_start : repair.raw_end] == repair.before
        assert text[repair.start : repair.end] == repair.after
        pieces += [raw[position : repair.raw_start], repair.after]
        position = repair.raw_end
    assert "".join([*pieces, raw[position:]]) == text
    ids = {row.directive_id for row in record.directives}
    assert all(row.directive_id in ids for row in record.measures if row.directive_id)
    for inner in record.inner:
        assert text[inner.parent_start : inner.parent_end] == inner.text
        hold_invariants(inner)


def outcome(text: str) -> tuple[str | None, DocumentRecord | None]:
    """The record of a text, or the name of the error that it gives."""
    try:
        return None, extract(text)
    except ExtractError as error:
        return error.error, None


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_invariants_hold_on_noisy_documents(text: str) -> None:
    error, record = outcome(text)
    assert error in {None, "empty"}
    if record:
        hold_invariants(record)
        assert extract(text) == record


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_a_record_or_a_declared_error(text: str) -> None:
    error, record = outcome(text)
    assert error in {None, "empty", "binary", "undecodable"}
    if record:
        hold_invariants(record)


@pytest.mark.parametrize("path", sorted((ROOT / "seeds").glob("*.txt")), ids=lambda path: path.stem[:3])
def test_invariants_hold_on_the_seeds(path: Path) -> None:
    hold_invariants(extract(path.read_bytes()))


def test_bytes_and_text_of_one_document_have_one_key() -> None:
    assert extract(SEEDS[0]).doc_id == extract(SEEDS[0].encode()).doc_id


def test_what_is_no_official_document_gets_no_field() -> None:
    record = extract(
        "甲县召开防汛工作会议\n本报讯（记者 某某）6月1日，甲县召开会议，部署防汛工作。会议强调，要压实责任。"
    )
    assert not record.is_official_document
    assert record.title is record.issuer is record.date_issued is record.doc_number is None
    assert record.directives == record.measures == record.issuers == []
