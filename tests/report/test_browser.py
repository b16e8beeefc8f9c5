"""The report in a real browser, opened from disk as a reader would."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from chromium import PROGRAM, Page
from synthetic import HOSTILE, Draft, Sentence, make_record, tile_dataset, write_dataset

from pipeline.records import DocumentRecord
from pipeline.report import write_report
from pipeline.report.tables import DatasetTables, read_tables

pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="Chromium is not installed (Debian: apt-get install chromium fonts-noto-cjk)"
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with Page(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture
def page(browser: Page) -> Iterator[Page]:
    """A page that is clean at the start, and has said nothing and asked for nothing at the end."""
    browser.resize(1440, 900)
    browser.media()
    browser.send("Page.navigate", url="about:blank")
    browser.until("location.href === 'about:blank'")
    browser.console.clear()
    browser.requests.clear()
    yield browser
    assert browser.console == []
    assert [url for url in browser.requests if not url.startswith(("file:", "about:"))] == []


@pytest.fixture(scope="module")
def url(dataset: Path) -> str:
    return write_report(dataset).as_uri()


@pytest.fixture(scope="module")
def tables(dataset: Path) -> DatasetTables:
    return read_tables(dataset)


def rows(tables: DatasetTables, name: str) -> list[dict[str, Any]]:
    return [dict(zip(tables.table[name].columns, row, strict=True)) for row in tables.table[name].rows]


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
    page.click("#passages a")
    page.until("!!document.querySelector('[data-at]')")
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
    page.click("#passages a")
    page.until("!!document.querySelector('[data-at]')")


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


@pytest.mark.parametrize("form", ["{doc_id}%23{ordinal}", "{doc_id}%23m{ordinal}", "{doc_id}#{ordinal}"])
def test_an_address_names_a_measure(page: Page, url: str, tables: DatasetTables, form: str) -> None:
    measure = rows(tables, "measures")[40]
    page.open(f"{url}#{form.format(doc_id=measure['doc_id'], ordinal=measure['ordinal'])}")
    page.until("!!document.querySelector('.measure.target')")
    assert page.text(".measure.target") == measure["text"]


def test_the_measure_id_of_the_dataset_escaped_is_an_address(
    page: Page, url: str, tables: DatasetTables
) -> None:
    measure = rows(tables, "measures")[7]
    page.open(f"{url}#{quote(measure['measure_id'])}")
    page.until("!!document.querySelector('.measure.target')")
    assert page.text(".measure.target") == measure["text"]


def test_an_address_names_a_directive(page: Page, url: str, tables: DatasetTables) -> None:
    directive = next(row for row in rows(tables, "directives") if row["level"] == 2)
    page.open(f"{url}#{directive['directive_id']}")
    page.until("!!document.querySelector('.line.target')")
    assert page.text(".line.target .path-link") == directive["path"]
    assert page.text(".line.target .clean").strip() == directive["text"].strip()


@pytest.mark.parametrize("address", ["0123456789abcdef", "0123/2.1", "%E0%A4%A", "?code=no_such_code"])
def test_an_address_of_nothing_shows_the_overview(page: Page, url: str, address: str) -> None:
    page.open(f"{url}#{address}")
    page.until("!document.getElementById('overview').hidden")
    assert page.run("document.getElementById('notice').hidden") is address.startswith("?")
    assert page.text("#count") == "60 documents"


def test_the_mouse_brings_up_what_is_known_of_a_word(page: Page, url: str, tables: DatasetTables) -> None:
    measure = next(row for row in rows(tables, "measures") if row["deadline"])
    page.open(f"{url}#{quote(measure['measure_id'])}")
    page.until("!!document.querySelector('.measure.target')")
    page.hover(".measure.target .a-tag")
    page.until("!document.getElementById('card').hidden")
    card = page.text("#card")
    for said in (
        "screening_control",
        "排查管控",
        "“排查”",
        "0.93",
        "obligation",
        "“应”",
        "县应急管理局",
        "6月20日前",
        "2024-06-20",
    ):
        assert said in card, said
    page.press("Escape")
    assert page.run("document.getElementById('card').hidden")


def test_the_keyboard_walks_tags_and_documents(page: Page, url: str, tables: DatasetTables) -> None:
    page.open(url)
    doc_id = page.run("document.querySelector('.heat-label a').hash.slice(1)")
    page.open(f"{url}#{doc_id}")
    page.until("!!document.querySelector('#document h1')")
    cues = [row["cue"] for row in rows(tables, "tags") if row["doc_id"] == doc_id]
    page.press("ArrowRight")
    assert page.run("document.activeElement.textContent") == cues[0]
    assert cues[0] in page.text("#card")
    assert page.run("document.activeElement.getAttribute('aria-describedby')") == "card"
    page.press("ArrowRight", "ArrowLeft")
    assert page.run("document.activeElement.textContent") == cues[0]
    page.press("Enter")
    page.until("location.hash.includes('%23') || location.hash.includes('/')")
    page.press("j")
    page.until(f"!location.hash.startsWith('#{doc_id}')")
    assert page.run("document.querySelector('#shelf-list [aria-current]').getAttribute('href')") == page.run(
        "location.hash"
    )
    page.press("k")
    page.until(f"location.hash === '#{doc_id}'")
    page.press("Escape")
    page.until("!document.getElementById('overview').hidden")


def test_a_reference_leads_to_its_document_and_back(page: Page, url: str, tables: DatasetTables) -> None:
    reference = next(row for row in rows(tables, "references") if row["target_doc_id"])
    page.open(f"{url}#{reference['doc_id']}")
    page.until("!!document.querySelector('a.reference')")
    page.click("a.reference")
    page.until(f"location.hash === '#{reference['target_doc_id']}'")
    page.until("document.querySelector('.document-head').textContent.includes('cited by')")
    assert reference["title"] == page.text("#document h1")
    page.run("history.back()")
    page.until(f"location.hash === '#{reference['doc_id']}'")


def test_text_and_raw_text_are_complete(page: Page, url: str, tables: DatasetTables) -> None:
    for row in tables.documents[:12]:
        page.open(f"{url}#{row['doc_id']}")
        page.until(f"document.querySelector('#document h1')?.textContent === {json.dumps(row['title'])}")
        clean = "".join(
            page.run(
                "Array.from(document.querySelectorAll('.line:not(.sheet-head) .clean'), (one) => one.textContent)"
            )
        )
        assert clean.split() == row["text"].split() or "".join(clean.split()) == "".join(row["text"].split())
        raw = page.run("(() => { const sheet = document.getElementById('sheet').cloneNode(true); sheet.querySelector('.sheet-head').remove();"
                       " sheet.querySelectorAll('ins').forEach((one) => one.remove());"
                       " return Array.from(sheet.querySelectorAll('.raw'), (one) => one.textContent).join(''); })()")  # fmt: skip
        assert "".join(raw.replace("␣", "").replace("↵", "").split()) == "".join(row["raw_text"].split())
        assert page.run("document.querySelectorAll('.raw .repair').length") == row["n_repairs"]


def test_marks_can_be_switched_off(page: Page, url: str, tables: DatasetTables) -> None:
    page.open(f"{url}#{tables.documents[0]['doc_id']}")
    page.until("!!document.querySelector('#sheet')")
    assert (
        page.run("getComputedStyle(document.querySelector('.line:not(.sheet-head) .raw')).display") == "block"
    )
    page.press("r")
    assert (
        page.run("getComputedStyle(document.querySelector('.line:not(.sheet-head) .raw')).display") == "none"
    )
    assert not page.run("!!document.querySelector('.clean .a-repaired')")
    page.click("[data-setting='repairs']")
    assert page.run("document.querySelectorAll('.clean .a-tag').length") > 0


def test_what_documents_bring_is_shown_and_not_run(
    page: Page, hostile_dataset: Path, hostile_record: DocumentRecord
) -> None:
    url = write_report(hostile_dataset).as_uri()
    page.open(url)
    page.open(f"{url}#{hostile_record.doc_id}")
    page.until("!!document.querySelector('#document h1')")
    assert page.text("#document h1") == HOSTILE[0]
    assert HOSTILE[1] in page.text(".reference")
    assert all(" ".join(text.split()) in " ".join(page.text("#sheet").split()) for text in HOSTILE)
    assert page.run("typeof window.broken") == "undefined"
    assert page.run("document.querySelectorAll('#document img, #document script').length") == 0


def test_marks_stand_on_their_words_where_characters_are_rare(page: Page, tmp_path: Path) -> None:
    draft = Draft("rare.txt")
    draft.segment("title", "𠮷县关于𡘙镇工作的通知")
    mark = draft.mark()
    draft.plain("一、𠮷")
    draft.sentence(Sentence("𠮷县应急管理局应于6月20日前报送𡘙情况。", "obligation", "应", {"upward_reporting": "报送"}, ("𠮷县应急管理局",), "6月20日前"), "1", "directive", False)  # fmt: skip
    draft.segments.append({"kind": "directive", **draft.span(mark)})
    draft.directives.append({"path": "1", "level": 1, "marker": "一、", "heading": None, **draft.span(mark)})
    record = draft.record(title="𠮷县关于𡘙镇工作的通知")
    url = write_report(write_dataset(tmp_path, [record])).as_uri()
    page.open(f"{url}#{record.doc_id}")
    page.until("!!document.querySelector('.a-tag')")
    assert page.texts("#sheet .a-tag") == ["报送"]
    assert "".join(page.texts("#sheet .a-actor")) == "𠮷县应急管理局"
    assert page.texts("#sheet .a-deadline") == ["6月20日前"]


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
