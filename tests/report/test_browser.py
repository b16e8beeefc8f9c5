"""The report in a real browser, opened from disk as a reader would."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import Page
from synthetic import make_record, rows, tile_dataset, write_dataset

from pipeline.report import write_report
from pipeline.report.tables import DatasetTables


def n_documents(tables: DatasetTables, code: str) -> int:
    return len({row["doc_id"] for row in rows(tables, "tags") if row["code"] == code})


def test_opens_from_disk_with_one_request_and_no_word_on_the_console(page: Page, url: str) -> None:
    page.open(url)
    assert page.text("#count") == "60 documents"
    assert "60 documents" in page.text("#figures")
    assert page.requests == [url]
    assert page.console == []


def test_a_bar_filters_and_the_address_keeps_it(page: Page, url: str, tables: DatasetTables) -> None:
    page.open(url)
    n = sum(row["issuer_level"] == "county" for row in tables.documents)
    page.click("[data-key='level-county']")
    page.until(f"document.getElementById('count').textContent === '{n} of 60 documents'")
    assert page.run("location.hash") == "#?level=county"
    assert page.run("document.activeElement.dataset.key") == "level-county"
    page.open(f"{url}#?level=county")
    assert page.text("#count") == f"{n} of 60 documents"
    page.click("#active button")
    page.until("document.getElementById('count').textContent === '60 documents'")
    assert page.run("location.hash") in ("", "#")


def test_the_code_filter_shows_the_words_in_context(page: Page, url: str, tables: DatasetTables) -> None:
    page.open(url)
    page.run("(() => { const select = document.getElementById('filter-code'); select.value = 'accountability';"
             " select.dispatchEvent(new Event('input', { bubbles: true })); })()")  # fmt: skip
    page.until("document.querySelectorAll('#passages li').length > 0")
    assert page.text("#count") == f"{n_documents(tables, 'accountability')} of 60 documents"
    assert set(page.texts("#passages mark")) == {"严肃追责问责"}
    words = page.texts("#passages a")[0]
    page.click("#passages a")
    page.until("!!document.querySelector('[data-at]')")
    assert words
    assert page.run("location.hash.length > 1")
    assert "".join(page.texts("[data-at]")) == "严肃追责问责"


def test_a_search_finds_words_of_the_texts_and_marks_them(
    page: Page, url: str, tables: DatasetTables
) -> None:
    page.open(url)
    page.press("/")
    page.type("网格化管理")
    n = sum("网格化管理" in row["text"] for row in tables.documents)
    page.until(f"document.getElementById('count').textContent === '{n} of 60 documents'")
    page.until("document.querySelectorAll('#passages li').length > 0")
    assert set(page.texts("#passages mark")) == {"网格化管理"}
    page.click(".heat-label a")
    page.until("!!document.querySelector('.a-hit')")
    assert set(page.texts(".a-hit")) == {"网格化管理"}
    assert page.text("#shelf-count") == f"{n} documents"


def test_a_search_for_what_is_nowhere_says_so(page: Page, url: str) -> None:
    page.open(url)
    page.press("/")
    page.type("没有这几个字")
    page.until("document.getElementById('count').textContent === '0 of 60 documents'")
    assert "No document passes the filters." in page.text("#heat")


def test_the_issuer_filter_takes_part_of_a_name(page: Page, url: str, tables: DatasetTables) -> None:
    page.open(url)
    page.run("document.getElementById('filter-issuer').focus()")
    page.type("桐庐")
    n = sum("桐庐" in row["issuer"] for row in tables.documents)
    assert 0 < n < 60
    page.until(f"document.getElementById('count').textContent === '{n} of 60 documents'")


def test_one_click_leads_from_the_heat_map_to_the_words(page: Page, url: str, tables: DatasetTables) -> None:
    page.open(url)
    page.click(".heat-cell.g-authority:not(.s0)")
    page.until("!!document.querySelector('.a-tag.target')")
    code = page.run("new URLSearchParams(location.hash.split('?')[1]).get('code')")
    doc_id = page.run("location.hash.slice(1).split('?')[0]")
    cues = [row["cue"] for row in rows(tables, "tags") if (row["doc_id"], row["code"]) == (doc_id, code)]
    assert "".join(page.texts(".a-tag.target")) == cues[0]
    assert page.run("document.activeElement.matches('.a-tag.target')")
    box = page.run(
        "(() => { const box = document.querySelector('.a-tag.target').getBoundingClientRect(); return [box.top, box.bottom]; })()"
    )
    assert 0 < box[0] < box[1] < 900


def test_two_clicks_lead_from_a_region_to_the_words(page: Page, url: str) -> None:
    page.open(url)
    page.run("(() => { const select = document.getElementById('heat-rows'); select.value = 'region';"
             " select.dispatchEvent(new Event('change', { bubbles: true })); })()")  # fmt: skip
    page.until("document.querySelectorAll('.heat-body .heat-row').length === 4")
    page.click(".heat-cell:not(.s0)")
    page.until("document.querySelectorAll('#passages li').length > 0")
    words = page.texts("#passages a")[0]
    page.click("#passages a")
    page.until("!!document.querySelector('[data-at]')")
    assert words
    assert page.run("location.hash.length > 1")


def test_the_heat_map_walks_by_keyboard_and_draws_only_what_is_seen(page: Page, url: str) -> None:
    page.open(url)
    assert page.run("document.querySelectorAll('.heat-body .heat-row').length") < 50
    assert page.run("document.getElementById('heat').getAttribute('aria-rowcount')") == "61"
    page.press("j")
    page.press("ArrowRight", "ArrowDown", "ArrowDown")
    assert page.run("[document.activeElement.dataset.row, document.activeElement.dataset.column]") == [
        "2",
        "1",
    ]
    page.press(*["PageDown"] * 5)
    assert page.run("document.activeElement.dataset.row") == "59"
    assert page.run("document.activeElement.getAttribute('role')") == "gridcell"
    page.press("End")
    assert page.run("document.activeElement.dataset.column") == "25"
    page.press("Home", "Enter")
    page.until("!!document.querySelector('#document h1')")


@pytest.mark.parametrize("address", ["0123456789abcdef", "0123/2.1", "%E0%A4%A", "?code=no_such_code"])
def test_an_address_of_nothing_shows_the_overview(page: Page, url: str, address: str) -> None:
    page.open(f"{url}#{address}")
    page.until("!document.getElementById('overview').hidden")
    assert page.run("document.getElementById('notice').hidden") is address.startswith("?")
    assert page.text("#count") == "60 documents"


def test_dark_and_print_have_styles_of_their_own(page: Page, url: str) -> None:
    page.open(url)
    light = page.run("getComputedStyle(document.body).backgroundColor")
    page.media(scheme="dark")
    assert page.run("getComputedStyle(document.body).backgroundColor") != light
    page.media("print")
    assert page.run("getComputedStyle(document.getElementById('filters')).display") == "none"
    assert page.run("getComputedStyle(document.getElementById('heat-scroll')).maxHeight") == "none"


@pytest.mark.parametrize("document", [False, True])
def test_a_narrow_page_does_not_scroll_sideways(
    page: Page, url: str, tables: DatasetTables, document: bool
) -> None:
    page.resize(390, 844)
    page.open(f"{url}#{tables.documents[0]['doc_id']}" if document else url)
    page.until(
        "!!document.querySelector('#document h1')" if document else "!!document.querySelector('.heat-row')"
    )
    assert page.run("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("document", [False, True])
def test_everything_that_takes_the_keyboard_has_a_name(
    page: Page, url: str, tables: DatasetTables, document: bool
) -> None:
    page.open(f"{url}#{tables.documents[0]['doc_id']}" if document else f"{url}#?code=care")
    page.until("!!document.querySelector('#document h1, #passages li')")
    nodes = page.send("Accessibility.getFullAXTree")["nodes"]
    roles = {
        "button",
        "link",
        "textbox",
        "searchbox",
        "combobox",
        "checkbox",
        "gridcell",
        "columnheader",
        "grid",
        "navigation",
        "region",
    }
    named = [node for node in nodes if not node["ignored"] and node["role"]["value"] in roles]
    assert len(named) > 40
    assert [node["role"]["value"] for node in named if not node.get("name", {}).get("value")] == []


@pytest.mark.parametrize("width", [1440, 420])
def test_no_name_of_a_bar_is_cut_off(page: Page, url: str, width: int) -> None:
    page.resize(width, 900)
    page.open(url)
    names = "Array.from(document.querySelectorAll('.bar-label'))"
    assert page.run(f"{names}.length") > 40
    cut = page.run(
        f"{names}.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.innerText)"
    )
    assert cut == []


def test_one_year_alone_is_a_column_and_not_a_wall(page: Page, tmp_path: Path) -> None:
    write_dataset(tmp_path, [make_record(1)])
    page.open(write_report(tmp_path).as_uri())
    column, chart = page.run(
        "['.year', '.years'].map((one) => document.querySelector(one).getBoundingClientRect().width)"
    )
    assert column < chart / 3


def test_two_thousand_documents_are_usable(page: Page, tmp_path: Path) -> None:
    write_dataset(tmp_path, [make_record(number, directives=10) for number in range(40)])
    tile_dataset(tmp_path, 50)
    seconds = page.open(write_report(tmp_path).as_uri())
    assert page.text("#count") == "2,000 documents"
    assert seconds < 5
    assert page.run("document.querySelectorAll('*').length") < 4000
    page.run("document.getElementById('heat-scroll').scrollTop = 1e6")
    page.until(
        "document.querySelector('.heat-body .heat-row:last-child').getAttribute('aria-rowindex') === '2001'"
    )
    page.click(".heat-body .heat-row:last-child a")
    page.until("!!document.querySelector('#document h1')")
    page.press("/")
    page.type("网格化管理")
    page.until("/^[0-9,]+ of 2,000 documents$/.test(document.getElementById('count').textContent)")
