from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.normalize import Normalized, normalize
from pipeline.normalize.noise import KINDS

ROOT = Path(__file__).parents[2]
GOLD = sorted((ROOT / "tests" / "gold").glob("*.json"))
SCRAPED = "001_dd21d68b260d8d60.txt"
MENDED = (
    "确保“纵向到底、横向到边",
    "体现责任担当的试金石和磨刀石，以更坚定的决心",
    "要表扬表彰、大胆使用",
    "党组织要动员和选派专家",
    "勇挑重担、迎难而上",
)
ALPHABET = "一二三关于的通知。，、；：（）“”《》\n　 \t,.:;?!()\"'*#>-=|~<&;p/0123１２ＡaPv關於實覆著(guān)shí?\ufffd\u200b\ue000⻔㈠锛銆ä¸锘①…—·％"


def read(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def replay(made: Normalized) -> str:
    pieces, done = [], 0
    for change in made.changes:
        pieces += (made.raw_text[done : change.raw_start], made.text[change.start : change.end])
        done = change.raw_end
    return "".join((*pieces, made.raw_text[done:]))


def lines(text: str) -> list[str]:
    return [re.sub(r"\s+", "", line) for line in text.split("\n") if line.strip()]


@pytest.fixture(scope="module")
def scraped() -> Normalized:
    return normalize(read(ROOT / "seeds" / SCRAPED))


@pytest.mark.parametrize("passage", MENDED)
def test_the_damaged_places_of_the_scraped_seed_read_as_before(scraped: Normalized, passage: str) -> None:
    assert passage in scraped.text


def test_nothing_of_the_scrape_is_left(scraped: Normalized) -> None:
    assert scraped.script == "hant"
    assert not re.search("[A-Za-z?]", scraped.text)
    assert not re.search("[,，、。；：]{2}", scraped.text)
    assert not re.search("[關實習導領黨級堅戰護]", scraped.text)


@pytest.mark.parametrize("name", ["000_23a8ee8857ccf213", "002_1d43d25ae0665df5", "003_c9608edf68f48eb1"])
def test_clean_seeds_change_in_blanks_alone(name: str) -> None:
    made = normalize(read(ROOT / "seeds" / f"{name}.txt"))
    assert re.sub(r"\s", "", made.text) == re.sub(r"\s", "", made.raw_text)
    assert made.script == "hans"


def test_pages_of_seed_004_are_joined_and_its_elements_are_not() -> None:
    made = normalize(read(ROOT / "seeds" / "004_5ffbde4f135ac7e8.txt"))
    assert "贯彻落实习近平总书记重要指示精神" in made.text
    assert "涌现出来的先进典型" in made.text
    assert "镇（街）、村（居）党组织" in made.text
    assert "值班人员24小时值班" in made.text
    assert "*" not in made.text
    found = made.text.split("\n")
    assert found[0] == "中共济南市委办公厅"
    assert found[-2:] == ["中共济南市委办公厅", "2020年1月29日"]


@pytest.mark.parametrize("path", GOLD, ids=lambda p: p.stem)
def test_gold_notices_become_their_clean_text(path: Path) -> None:
    made = normalize(read(path.with_suffix(".txt")))
    assert lines(made.text) == lines(json.loads(path.read_text(encoding="utf-8"))["clean_text"])
    assert replay(made) == made.text


@pytest.mark.parametrize("path", sorted((ROOT / "seeds").glob("*.txt")) + GOLD[::6], ids=lambda p: p.stem)
def test_normalised_text_stays_as_it_is(path: Path) -> None:
    once = normalize(read(path.with_suffix(".txt"))).text
    assert normalize(once).text == once


@pytest.mark.parametrize("kind", KINDS)
def test_replay_and_order_hold_on_noise(kind: str, scraped: Normalized) -> None:
    from random import Random

    made = normalize(KINDS[kind](scraped.text[:600], 2, Random(3)).text)
    assert replay(made) == made.text
    end = raw_end = 0
    for change in made.changes:
        assert change.raw_start - raw_end == change.start - end >= 0
        end, raw_end = change.end, change.raw_end


@settings(max_examples=200, deadline=None)
@given(st.text(ALPHABET, max_size=80))
def test_any_text_can_be_replayed_and_mapped(raw: str) -> None:
    made = normalize(raw)
    assert replay(made) == made.text
    for k in range(len(made.text)):
        start, end = made.alignment.to_raw(k, k + 1)
        assert 0 <= start <= end <= len(raw)
    for k in range(len(raw)):
        start, end = made.alignment.to_text(k, k + 1)
        assert 0 <= start <= end <= len(made.text)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_no_text_is_an_error(raw: str) -> None:
    assert replay(normalize(raw)) == normalize(raw).text


@pytest.mark.parametrize(
    "unit",
    ["，", ",", "?", "(", "*", "<", "一", "关關", "|", "(guān)", "\n", " ", "　", "1.", "锛", "ä", "\u200b"],
)
def test_long_runs_of_one_thing_take_linear_time(unit: str) -> None:
    def spent(n: int) -> float:
        began = time.perf_counter()
        normalize(unit * (n // len(unit)))
        return time.perf_counter() - began

    spent(1000)
    assert spent(100_000) < 2.0 + 40 * spent(10_000)
