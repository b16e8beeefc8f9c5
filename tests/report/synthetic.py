"""Made-up datasets of any size: records that keep the contract, written as tables the way a build writes them."""

from __future__ import annotations

import hashlib
import random
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.records import DocumentRecord, Reject
from pipeline.report.tables import DatasetTables
from pipeline.write.columns import to_tables
from pipeline.write.schema import file_schema


class Sentence(NamedTuple):
    """One measure: what it says and what a coder would note of it."""

    text: str
    modality: str
    codes: dict[str, str]
    modality_cue: str | None = None
    actors: Sequence[str] = ()
    deadline: str | None = None
    deadline_date: date | None = None


MATERIAL = tomllib.loads(Path(__file__).with_name("material.toml").read_text(encoding="utf-8"))
HOSTILE: list[str] = MATERIAL["hostile"]
SENTENCES = [Sentence(**one) for one in MATERIAL["sentences"]]
NUMERALS = "一二三四五六七八九十"


class Draft:
    """A document being written: the two texts side by side, and what is noted of them."""

    def __init__(self, source: str, raw_prefix: str = "") -> None:
        self.source = source
        self.text = self.raw = ""
        self.segments: list[dict[str, Any]] = []
        self.directives: list[dict[str, Any]] = []
        self.measures: list[dict[str, Any]] = []
        self.tags: list[dict[str, Any]] = []
        self.references: list[dict[str, Any]] = []
        self.repairs: list[dict[str, Any]] = []
        self.warnings: list[dict[str, Any]] = []
        if raw_prefix:
            self.repaired(raw_prefix, "", "page_furniture")

    def plain(self, text: str) -> None:
        self.text += text
        self.raw += text

    def repaired(self, before: str, after: str, kind: str, confidence: float = 1.0) -> None:
        self.repairs.append({
            "kind": kind, "before": before, "after": after,
            "raw_start": len(self.raw), "raw_end": len(self.raw) + len(before),
            "start": len(self.text), "end": len(self.text) + len(after), "confidence": confidence,
        })  # fmt: skip
        self.raw += before
        self.text += after

    def mark(self) -> tuple[int, int]:
        return len(self.text), len(self.raw)

    def span(self, mark: tuple[int, int]) -> dict[str, Any]:
        (start, raw_start), (end, raw_end) = mark, self.mark()
        return {
            "start": start,
            "end": end,
            "raw_start": raw_start,
            "raw_end": raw_end,
            "text": self.text[start:end],
        }

    def segment(self, kind: str, text: str) -> None:
        mark = self.mark()
        self.plain(text)
        self.segments.append({"kind": kind, **self.span(mark)})
        self.plain("\n")

    def reference(self, title: str, relation: str = "basis") -> None:
        start = len(self.text)
        self.plain(f"《{title}》")
        self.references.append({
            "title": title, "doc_number": None, "issuer": None, "relation": relation, "target_doc_id": None,
            "text": f"《{title}》", "start": start, "end": len(self.text),
        })  # fmt: skip

    def sentence(self, one: Sentence, path: str | None, kind: str, traditional: bool) -> None:
        mark = self.mark()
        for character in one.text:
            before = {"实": "實", "党": "黨", "应": "應", "发": "發"}.get(character) if traditional else None
            if before:
                self.repaired(before, character, "script")
            else:
                self.plain(character)
        ordinal = len(self.measures) + 1
        self.measures.append({
            "path": path, "segment_kind": kind, "ordinal": ordinal, **self.span(mark), "modality": one.modality,
            "modality_cue": one.modality_cue, "codes": sorted(one.codes), "actors": list(one.actors),
            "inherited_actors": [], "deadline": one.deadline, "deadline_date": one.deadline_date,
        })  # fmt: skip
        for code, cue in one.codes.items():
            start = mark[0] + one.text.index(cue)
            self.tags.append(
                {
                    "path": path,
                    "measure": ordinal,
                    "code": code,
                    "cue": cue,
                    "start": start,
                    "end": start + len(cue),
                    "method": "rule",
                    "score": 0.93,
                }
            )

    def record(self, **fields: Any) -> DocumentRecord:
        """The validated record; ``fields`` are those of ``documents`` and the tables not drafted here."""
        digest = hashlib.sha256(f"{self.source}\n{self.raw}".encode()).hexdigest()
        doc_id = fields.pop("doc_id", digest[:16])
        under = {path: f"{doc_id}/{path}" for path in [row["path"] for row in self.directives]} | {None: None}
        codes: dict[str | None, set[str]] = {}
        for row in self.tags:
            codes.setdefault(row["path"], set()).add(row["code"])
        numbered = lambda rows: [{"doc_id": doc_id, "ordinal": i, **row} for i, row in enumerate(rows, 1)]  # noqa: E731
        tables: dict[str, Any] = {
            "segments": numbered(self.segments),
            "references": numbered(self.references),
            "repairs": numbered(self.repairs),
            "warnings": numbered(self.warnings),
            "directives": [
                {
                    **row,
                    "directive_id": under[row["path"]],
                    "parent_id": under[row["path"].rpartition(".")[0] or None],
                    "codes": sorted(codes.get(row["path"], ())),
                    "n_measures": sum(measure["path"] == row["path"] for measure in self.measures),
                }
                for row in numbered(self.directives)
            ],
            "measures": [
                {
                    "doc_id": doc_id,
                    "measure_id": f"{doc_id}#{row['ordinal']}",
                    "directive_id": under[row["path"]],
                    **_without(row, "path"),
                }
                for row in self.measures
            ],
            "tags": [
                {
                    "doc_id": doc_id,
                    "directive_id": under[row["path"]],
                    "measure_id": f"{doc_id}#{row['measure']}" if row["measure"] else None,
                    **_without(row, "path", "measure"),
                }
                for row in sorted(self.tags, key=lambda row: (row["start"], row["end"], row["code"]))
            ],
        }
        empty = dict.fromkeys(
            ["parent_doc_id", "parent_start", "parent_end", "title", "doc_type", "doc_number", "doc_number_agency", "doc_number_year",
             "doc_number_serial", "issuer", "issuer_level", "issuer_organ", "issuer_adcode", "issuer_method", "date_issued", "date_method",
             "urgency", "secrecy", "signer", "printed_by", "printed_on"]
        )  # fmt: skip
        rows = {
            name: [{"doc_id": doc_id, **row} for row in fields.pop(name, ())]
            for name in ("issuers", "addressees")
        }
        return DocumentRecord.model_validate({
            **empty, "doc_id": doc_id, "source": self.source, "source_sha256": digest, "source_bytes": len(self.raw.encode()),
            "source_encoding": "utf-8", "source_script": "hans", "is_official_document": True, "text": self.text, "raw_text": self.raw,
            "n_directives": len(self.directives), "n_measures": len(self.measures), "n_repairs": len(self.repairs),
            "inner": [], **tables, **rows, **fields,
        })  # fmt: skip


def _without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def make_record(
    number: int, cites: str | None = None, *, directives: int = 5, **fields: Any
) -> DocumentRecord:
    """Document ``number``: a notice of some province or county with a few directives; the same number, the same notice."""
    chance = random.Random(number)
    at: dict[str, str] = chance.choice(MATERIAL["places"])
    place, level, adcode = at["name"], at["level"], at["adcode"]
    subject, genre = chance.choice(MATERIAL["subjects"]), chance.choice(MATERIAL["genres"])
    issuer, year = f"{place}人民政府", 2012 + chance.randrange(13)
    title = f"{issuer}关于做好{subject}工作的{genre}"
    issued = date(year, 1 + chance.randrange(12), 1 + chance.randrange(28)) if chance.random() < 0.9 else None
    traditional = chance.random() < 0.3
    draft = Draft(f"crawl/{number:05d}.txt", raw_prefix="首页 > 政务公开\n" if chance.random() < 0.4 else "")
    draft.segment("title", title)
    serial = number % 400 + 1
    draft.segment("doc_number", f"{place[0]}政发〔{year}〕{serial}号")
    draft.segment("addressee", "各乡（镇）人民政府，县政府各部门：")
    mark = draft.mark()
    draft.repaired("    ", "", "blank")
    draft.plain("为切实做好有关工作，根据")
    draft.reference(cites or "中华人民共和国突发事件应对法")
    draft.plain("，现就有关事项通知如下：")
    draft.segments.append({"kind": "preamble", **draft.span(mark)})
    draft.plain("\n")
    for place_ in range(chance.randrange(2, directives + 1)):
        _directive(draft, str(place_ + 1), f"{NUMERALS[place_]}、", chance, traditional)
        for child in range(chance.choice((0, 0, 2, 3))):
            _directive(draft, f"{place_ + 1}.{child + 1}", f"（{NUMERALS[child]}）", chance, traditional)
    draft.repaired("\n\n", "", "blank_line")
    draft.segment("signature", issuer)
    if issued:
        draft.segment("date", f"{issued.year}年{issued.month}月{issued.day}日")
    organ = {"name": issuer, "canonical_name": issuer, "level": level, "organ": "government", "adcode": adcode, "province": at["province"],
             "prefecture": at.get("prefecture"), "county": at.get("county"), "method": "signature", "ordinal": 1, "start": None, "end": None}  # fmt: skip
    addressee = draft.text.index("各乡（镇）人民政府")
    defaults: dict[str, Any] = {
        "title": title, "doc_type": genre, "doc_number": f"{place[0]}政发〔{year}〕{serial}号", "doc_number_agency": f"{place[0]}政发",
        "doc_number_year": year, "doc_number_serial": serial, "issuer": issuer, "issuer_level": level, "issuer_organ": "government",
        "issuer_adcode": adcode, "issuer_method": "signature", "date_issued": issued, "date_method": "signature" if issued else None,
        "source_script": "mixed" if traditional else "hans", "issuers": [organ],
        "addressees": [{"ordinal": 1, "role": "main", "name": "各乡（镇）人民政府", "expanded": ["各乡人民政府", "各镇人民政府"], "level": "township",
                        "organ": "government", "start": addressee, "end": addressee + 9}],
    }  # fmt: skip
    return draft.record(**(defaults | fields))


def _directive(draft: Draft, path: str, marker: str, chance: random.Random, traditional: bool) -> None:
    mark, heading = draft.mark(), chance.choice(MATERIAL["headings"])
    draft.plain(marker)
    at = len(draft.text)
    draft.plain(f"{heading}。")
    if heading == "严肃工作纪律":
        draft.tags.append(
            {
                "path": path,
                "measure": None,
                "code": "work_style",
                "cue": "工作纪律",
                "start": at + 2,
                "end": at + 6,
                "method": "rule",
                "score": 0.9,
            }
        )
    for one in chance.sample(SENTENCES, chance.randrange(1, 5)):
        draft.sentence(one, path, "directive", traditional)
        if chance.random() < 0.2:
            draft.repaired("。", "", "doubled_mark", 0.98)
    span = draft.span(mark)
    draft.segments.append({"kind": "directive", **span})
    draft.directives.append(
        {"path": path, "level": path.count(".") + 1, "marker": marker, "heading": heading, **span}
    )
    draft.repaired("\n\n", "\n", "blank_line")


def write_dataset(folder: Path, records: Iterable[DocumentRecord], rejects: Sequence[Reject] = ()) -> Path:
    """The tables of these records in ``folder``, sorted by document; references to a title are resolved."""
    ordered = sorted(records, key=lambda record: record.doc_id)
    batches = to_tables(ordered, rejects)
    known = {record.title: record.doc_id for record in ordered if record.title}
    folder.mkdir(parents=True, exist_ok=True)
    for name, batch in batches.items():
        table = pa.Table.from_batches([batch])
        if name == "references":
            targets = pa.array([known.get(title) for title in table.column("title").to_pylist()], pa.string())
            place = table.schema.get_field_index("target_doc_id")
            table = table.set_column(place, table.schema.field(place), targets)
        pq.write_table(table.cast(file_schema(name, "test")), folder / f"{name}.parquet", compression="zstd")
    return folder


def tile_dataset(folder: Path, times: int) -> None:
    """Repeat every document ``times`` times under other identifiers: size without the time to make it."""
    for file in sorted(folder.glob("*.parquet")):
        table = pq.read_table(file)
        if "doc_id" not in table.column_names:
            continue
        pieces = []
        for copy in range(times):
            piece = table
            for place, field in enumerate(table.schema):
                if field.name in (
                    "doc_id",
                    "parent_doc_id",
                    "target_doc_id",
                    "directive_id",
                    "parent_id",
                    "measure_id",
                ):
                    renamed = pc.utf8_replace_slice(
                        piece.column(place), start=0, stop=4, replacement=f"{copy:04x}"
                    )
                    piece = piece.set_column(place, field, renamed)
            pieces.append(piece)
        pq.write_table(pa.concat_tables(pieces), file, compression="zstd")


def make_dataset(folder: Path, size: int) -> Path:
    """``size`` made-up documents; every tenth cites the one before it."""
    records: list[DocumentRecord] = []
    for number in range(size):
        cites = records[-1].title if records and number % 10 == 0 else None
        records.append(make_record(number, cites))
    reject = Reject(
        source="crawl/empty.txt", source_sha256=None, stage="read", error="empty", detail="no bytes"
    )
    return write_dataset(folder, records, [reject])


def rows(tables: DatasetTables, name: str) -> list[dict[str, Any]]:
    return [dict(zip(tables.table[name].columns, row, strict=True)) for row in tables.table[name].rows]
