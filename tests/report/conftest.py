from __future__ import annotations

from pathlib import Path

import pytest
from synthetic import HOSTILE, Draft, make_dataset, make_record, write_dataset

from pipeline.records import DocumentRecord


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
