from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from synthetic import HOSTILE, make_record, write_dataset

from pipeline.errors import UsageError
from pipeline.records import DocumentRecord
from pipeline.report import page as pages
from pipeline.report import write_report
from pipeline.report.page import json_block, page_script, page_style


class Elements(HTMLParser):
    """The elements of a page as a browser's parser would find them, with the text of scripts and styles."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.found:
            tag, attributes, text = self.found[-1]
            self.found[-1] = (tag, attributes, text + data)

    def handle_endtag(self, tag: str) -> None:
        self.found.append(("", {}, ""))  # what follows is no text of the element that ended

    def all(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        return [(attributes, text) for name, attributes, text in self.found if name == tag]


@pytest.fixture(scope="module")
def html(dataset: Path) -> str:
    return write_report(dataset).read_text(encoding="utf-8")


def data_of(html: str) -> Any:
    (text,) = [text for attributes, text in Elements(html).all("script") if attributes.get("id") == "data"]
    return json.loads(text)


def test_the_report_stands_beside_the_tables_or_where_it_is_asked_for(dataset: Path, tmp_path: Path) -> None:
    assert write_report(dataset) == dataset / "report.html"
    elsewhere = tmp_path / "page.html"
    assert write_report(dataset, elsewhere) == elsewhere
    assert elsewhere.read_bytes() == (dataset / "report.html").read_bytes()


def test_the_same_documents_give_the_same_bytes(tmp_path: Path) -> None:
    records = [make_record(number) for number in range(12)]
    first = write_report(write_dataset(tmp_path / "first", records))
    second = write_report(write_dataset(tmp_path / "second", reversed(records)))
    assert first.read_bytes() == second.read_bytes()


def test_the_page_neither_loads_nor_links_anything(html: str) -> None:
    page = Elements(html)
    assert [attributes for attributes, _ in page.all("link")] == [
        {"rel": "icon", "href": page.all("link")[0][0]["href"]}
    ]
    assert str(page.all("link")[0][0]["href"]).startswith("data:")
    for tag, attributes, _ in page.found:
        assert tag not in ("iframe", "object", "embed", "base", "img"), tag
        assert not attributes.get("src"), attributes
        assert str(attributes.get("href") or "#")[:5] in ("data:",) or str(
            attributes.get("href") or "#"
        ).startswith("#")
    assert "@import" not in page_style()
    assert "url(" not in page_style()


def test_only_the_pages_own_style_and_script_may_run(html: str) -> None:
    page = Elements(html)
    policy = next(
        attributes["content"]
        for attributes, _ in page.all("meta")
        if "content-security-policy" in str(attributes.get("http-equiv")).lower()
    )
    allowed = re.findall(r"'sha256-([^']+)'", str(policy))
    running = [text for attributes, text in page.all("script") if "type" not in attributes]
    styles = [text for _, text in page.all("style")]
    assert len(running) == len(styles) == 1
    assert allowed == [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (*styles, *running)
    ]
    assert "default-src 'none'" in str(policy)
    assert "unsafe" not in str(policy)


def test_what_documents_bring_stays_data(hostile_dataset: Path, hostile_record: DocumentRecord) -> None:
    html = write_report(hostile_dataset).read_text(encoding="utf-8")
    kinds = [attributes.get("type") for attributes, _ in Elements(html).all("script")]
    assert kinds == ["application/json", None, "text/plain"]
    entry = next(entry for entry in data_of(html)["documents"] if entry["id"] == hostile_record.doc_id)
    assert entry["title"] == HOSTILE[0]
    assert entry["issuer"] == HOSTILE[1]
    assert entry["source"] == "<b>evil</b>.txt"
    assert not Elements(html).all("img")


@given(st.text())
@example(HOSTILE[0])
@example(HOSTILE[2])
@example("\x00\u2028😀")
def test_json_in_a_page_gives_back_any_text(text: str) -> None:
    page = Elements(f'<script type="application/json">{json_block({"text": text})}</script>')
    ((_, block),) = page.all("script")
    assert json.loads(block) == {"text": text}


def test_the_script_builds_no_markup_from_strings() -> None:
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|\beval\(|new Function|fetch\(|XMLHttpRequest|\bimport\b"
    assert not re.search(forbidden, page_script())


def test_the_script_keeps_no_clock_and_no_chance() -> None:
    assert not re.search(r"Date\.now|new Date|Math\.random|performance\.", page_script())


def test_every_file_of_script_and_style_is_used() -> None:
    folder = Path(pages.__file__).parent
    assert {file.stem for file in (folder / "script").iterdir()} == set(pages.SCRIPTS)
    assert {file.stem for file in (folder / "style").iterdir()} == set(pages.STYLES)


def test_every_id_that_the_script_asks_for_is_on_the_page(html: str) -> None:
    asked = set(re.findall(r'byId\("([\w-]+)"\)', page_script()))
    made = set(re.findall(r'id: "([\w-]+)"', page_script()))
    on_page = {str(attributes.get("id")) for _, attributes, _ in Elements(html).found}
    assert asked - made - on_page == set()


def test_a_report_that_cannot_be_made_leaves_the_old_one(tmp_path: Path) -> None:
    write_dataset(tmp_path, [make_record(1)])
    before = write_report(tmp_path).read_bytes()
    (tmp_path / "tags.parquet").write_bytes(b"broken")
    with pytest.raises(UsageError):
        write_report(tmp_path)
    assert (tmp_path / "report.html").read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_no_folder_to_write_to_is_a_usage_error(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        write_report(dataset, tmp_path / "nowhere" / "report.html")


# contrast: WCAG 2.2, 1.4.3 (text 4.5:1) and 1.4.11 (what is no text but has a meaning, 3:1)

GROUPS = ("nodality", "authority", "treasure", "organisation", "other")
TEXT_PAIRS = [
    *product(("ink", "muted", "link"), ("page", "surface", "sunken")),
    ("deleted", "deleted-ground"), ("inserted", "inserted-ground"), ("deleted", "surface"), ("ink", "inserted-ground"),
    ("ink", "hit"), ("on-seal", "seal"), ("seal-text", "surface"), ("surface", "ink"),
    *((f"{group}-4", "surface") for group in GROUPS),
    *(("ink", f"{group}-{step}") for group in GROUPS for step in (1, 2, 3)),
    *(("on-deep", f"{group}-{step}") for group in GROUPS for step in (4, 5)),
]  # fmt: skip
MARK_PAIRS = [
    ("focus", "page"), ("focus", "surface"), ("strong-line", "surface"), ("bar", "surface"), ("seal", "page"),
    *((f"{group}-4", ground) for group in GROUPS for ground in ("surface", f"{group}-1")),
]  # fmt: skip


def colours(scheme: str) -> dict[str, str]:
    """The colour variables of one scheme; dark overrides light."""
    style = page_style()
    light, dark = style.split("@media screen and (prefers-color-scheme: dark)", 1)
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark.split("\n}\n", 1)[0]))
    return found


def luminance(colour: str) -> float:
    """Relative luminance of sRGB, as WCAG defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_contrast(scheme: str) -> None:
    palette = colours(scheme)
    low = {
        (a, b): round(contrast(palette[a], palette[b]), 2)
        for a, b in TEXT_PAIRS
        if contrast(palette[a], palette[b]) < 4.5
    }
    assert low == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_have_contrast(scheme: str) -> None:
    palette = colours(scheme)
    low = {
        (a, b): round(contrast(palette[a], palette[b]), 2)
        for a, b in MARK_PAIRS
        if contrast(palette[a], palette[b]) < 3
    }
    assert low == {}
