"""One document of the report in a real browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from chromium import Page
from synthetic import HOSTILE, Draft, Sentence, rows, write_dataset

from pipeline.records import DocumentRecord
from pipeline.report import write_report
from pipeline.report.tables import DatasetTables


def text_of(tables: DatasetTables, row: dict[str, Any]) -> str:
    document = next(one for one in tables.documents if one["doc_id"] == row["doc_id"])
    text: str = document["text"][row["start"] : row["end"]]
    return text


@pytest.mark.parametrize("form", ["{doc_id}%23{ordinal}", "{doc_id}%23m{ordinal}", "{doc_id}#{ordinal}"])
def test_an_address_names_a_measure(page: Page, url: str, tables: DatasetTables, form: str) -> None:
    measure = rows(tables, "measures")[40]
    page.open(f"{url}#{form.format(doc_id=measure['doc_id'], ordinal=measure['ordinal'])}")
    page.until("!!document.querySelector('.measure.target')")
    assert page.text(".measure.target") == text_of(tables, measure)


def test_the_measure_id_of_the_dataset_escaped_is_an_address(
    page: Page, url: str, tables: DatasetTables
) -> None:
    measure = rows(tables, "measures")[7]
    page.open(f"{url}#{quote(measure['measure_id'])}")
    page.until("!!document.querySelector('.measure.target')")
    assert page.text(".measure.target") == text_of(tables, measure)


def test_an_address_names_a_directive(page: Page, url: str, tables: DatasetTables) -> None:
    directive = next(row for row in rows(tables, "directives") if row["level"] == 2)
    page.open(f"{url}#{directive['directive_id']}")
    page.until("!!document.querySelector('.line.target')")
    assert page.text(".line.target .path-link") == directive["path"]
    assert page.text(".line.target .clean").strip() == text_of(tables, directive).strip()


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
    page.until("document.querySelector('#shelf-list [aria-current]').hash === location.hash")
    page.press("k")
    page.until(f"location.hash === '#{doc_id}'")
    page.press("Escape")
    page.until("!document.getElementById('overview').hidden")


def test_a_link_to_a_document_brings_its_neighbours(page: Page, url: str) -> None:
    page.open(url)
    first, second = page.run(
        "Array.from(document.querySelectorAll('.heat-label a'), (one) => one.hash).slice(0, 2)"
    )
    page.open(f"{url}{first}")
    page.until("!!document.querySelector('#document h1')")
    assert page.text("#shelf-count") == "60 documents"
    page.press("j")
    page.until(f"location.hash === {json.dumps(second)}")


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


def test_a_document_inside_another_is_linked_both_ways(page: Page, tmp_path: Path) -> None:
    outer = Draft("outer.txt")
    outer.segment("title", "关于印发办法的通知")
    start, inside = len(outer.text), "某某办法"
    outer.segment("attachment", inside)
    parent = outer.record(title="关于印发办法的通知")
    inner = Draft("outer.txt")
    inner.segment("title", inside)
    child = inner.record(
        doc_id=f"{parent.doc_id}-{start}",
        title=inside,
        parent_doc_id=parent.doc_id,
        parent_start=start,
        parent_end=start + len(inside),
    )
    url = write_report(write_dataset(tmp_path, [parent, child])).as_uri()
    page.open(f"{url}#{parent.doc_id}")
    page.until("!!document.querySelector('.inner-link a')")
    page.click(".inner-link a")
    page.until(f"location.hash === '#{child.doc_id}'")
    page.until("!!document.querySelector('.crumb a')")
    assert page.text(".crumb a") == "关于印发办法的通知"


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


@pytest.mark.parametrize(
    ("before", "after", "swapped", "deleted", "inserted"),
    [
        ("學(xué)習", "学习", ["學", "習"], ["(xué)"], []),
        ("，，", "，", [], ["，"], []),
        ("貫徹", "贯彻", ["貫徹"], [], []),
        ("  \u3000", "", [], ["␣␣□"], []),
        ("?jiān)決", "坚决", [], ["?jiān)決"], ["坚决"]),
        ("\ufeff", "", [], ["⟨U+FEFF⟩"], []),
        ("", "。", [], [], ["。"]),
    ],
)
def test_a_repair_is_marked_where_it_was_made(
    page: Page,
    tmp_path: Path,
    before: str,
    after: str,
    swapped: list[str],
    deleted: list[str],
    inserted: list[str],
) -> None:
    draft = Draft("repaired.txt")
    mark = draft.mark()
    draft.plain("甲")
    draft.repaired(before, after, "some_step", 0.5)
    draft.plain("乙")
    draft.segments.append({"kind": "title", **draft.span(mark)})
    record = draft.record()
    page.open(f"{write_report(write_dataset(tmp_path, [record])).as_uri()}#{record.doc_id}")
    page.until("!!document.querySelector('.repair')")
    assert page.texts("#sheet .raw .swapped") == swapped
    assert page.texts("#sheet .raw del") == deleted
    assert page.texts("#sheet .raw ins") == inserted
    page.hover("#sheet .raw .repair")
    page.until("document.getElementById('card').innerText.includes('some step')")
    assert "0.50" in page.text("#card")


def test_what_is_odd_stands_in_the_margin(page: Page, tmp_path: Path) -> None:
    draft = Draft("odd.txt")
    draft.segment("title", "题")
    draft.warnings.append({"kind": "marker_skipped", "detail": "三 after 一", "start": 0, "end": 1})
    record = draft.record()
    page.open(f"{write_report(write_dataset(tmp_path, [record])).as_uri()}#{record.doc_id}")
    page.until("!!document.querySelector('.odd')")
    assert "marker skipped" in page.text(".odd")
    assert page.text("#document h1") == "Untitled: odd.txt"


def test_marks_can_be_switched_off(page: Page, url: str, tables: DatasetTables) -> None:
    doc_id = next(row["doc_id"] for row in tables.documents if row["source_script"] == "mixed")
    page.open(f"{url}#{doc_id}")
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
    n = sum(
        bool(row["before"] != row["after"] and row["after"].strip())
        for row in rows(tables, "repairs")
        if row["doc_id"] == doc_id
    )
    assert page.run("document.querySelectorAll('.clean .a-repaired').length > 0") is bool(n)


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
    draft.sentence(Sentence("𠮷县应急管理局应于6月20日前报送𡘙情况。", "obligation", {"upward_reporting": "报送"}, "应", ("𠮷县应急管理局",), "6月20日前"), "1", "directive", False)  # fmt: skip
    draft.segments.append({"kind": "directive", **draft.span(mark)})
    draft.directives.append({"path": "1", "level": 1, "marker": "一、", "heading": None, **draft.span(mark)})
    record = draft.record(title="𠮷县关于𡘙镇工作的通知")
    url = write_report(write_dataset(tmp_path, [record])).as_uri()
    page.open(f"{url}#{record.doc_id}")
    page.until("!!document.querySelector('.a-tag')")
    assert page.texts("#sheet .a-tag") == ["报送"]
    assert "".join(page.texts("#sheet .a-actor")) == "𠮷县应急管理局"
    assert page.texts("#sheet .a-deadline") == ["6月20日前"]


@pytest.mark.parametrize("width", [1440, 1000])
def test_the_names_of_the_columns_stay_below_the_filters(
    page: Page, url: str, tables: DatasetTables, width: int
) -> None:
    page.resize(width, 800)
    page.open(f"{url}#{tables.documents[0]['doc_id']}?code=accountability")
    page.until("!!document.querySelector('#document h1')")
    page.run("window.scrollTo(0, 900)")
    page.until(
        "document.querySelector('.sheet-head').getBoundingClientRect().top >="
        " document.getElementById('filters').getBoundingClientRect().bottom - 1"
    )
    top, bottom = page.run(
        "[document.querySelector('.shelf').getBoundingClientRect().top,"
        " document.getElementById('filters').getBoundingClientRect().bottom]"
    )
    assert top >= bottom - 1
