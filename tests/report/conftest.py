from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import PROGRAM, Page
from synthetic import HOSTILE, Draft, make_dataset, make_record, write_dataset

from pipeline.records import DocumentRecord
from pipeline.report import write_report
from pipeline.report.tables import DatasetTables, read_tables


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_dataset(tmp_path_factory.mktemp("dataset"), 60)


@pytest.fixture(scope="session")
def hostile_record() -> DocumentRecord:
    """A document whose every free field is an attack."""
    draft = Draft("<b>evil</b>.txt", raw_prefix=HOSTILE[1])
    draft.segment("title", HOSTILE[0])
    mark = draft.mark()
    draft.reference(HOSTILE[1])
    draft.plain(" ".join(HOSTILE))
    draft.segments.append({"kind": "other", **draft.span(mark)})
    draft.warnings.append({"kind": "<i>kind", "detail": HOSTILE[1], "start": 0, "end": 1})
    issuer = {
        "ordinal": 1, "name": HOSTILE[1], "canonical_name": HOSTILE[0], "level": "county", "organ": None, "adcode": None,
        "province": HOSTILE[0], "prefecture": None, "county": None, "method": "title", "start": None, "end": None,
    }  # fmt: skip
    return draft.record(
        title=HOSTILE[0], issuer=HOSTILE[1], issuer_level="county", doc_number=HOSTILE[4], issuers=[issuer]
    )


@pytest.fixture(scope="session")
def hostile_dataset(tmp_path_factory: pytest.TempPathFactory, hostile_record: DocumentRecord) -> Path:
    return write_dataset(tmp_path_factory.mktemp("hostile"), [hostile_record, make_record(1)])


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    if PROGRAM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium fonts-noto-cjk)")
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


@pytest.fixture(scope="session")
def url(dataset: Path) -> str:
    return write_report(dataset).as_uri()


@pytest.fixture(scope="session")
def tables(dataset: Path) -> DatasetTables:
    return read_tables(dataset)
