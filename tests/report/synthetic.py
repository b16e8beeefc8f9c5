"""Made-up datasets of any size: records that keep the contract, written as tables the way a build writes them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.records import DocumentRecord, Reject
from pipeline.write.columns import to_tables
from pipeline.write.schema import file_schema

PLACES = [
    # name, level, adcode, province, prefecture, county
    ("福建省", "province", "350000", "福建省", None, None),
    ("南平市", "prefecture", "350700", "福建省", "南平市", None),
    ("湖北省", "province", "420000", "湖北省", None, None),
    ("安陆市", "county", "420982", "湖北省", "孝感市", "安陆市"),
    ("浙江省", "province", "330000", "浙江省", None, None),
    ("桐庐县", "county", "330122", "浙江省", "杭州市", "桐庐县"),
    ("甘肃省", "province", "620000", "甘肃省", None, None),
    ("民勤县", "county", "620621", "甘肃省", "武威市", "民勤县"),
]
SUBJECTS = [
    "防汛抗旱",
    "冬春火灾防控",
    "流感疫情防控",
    "安全生产大检查",
    "秸秆禁烧",
    "稳岗就业",
    "保供稳价",
    "森林防灭火",
]
GENRES = ["通知", "通知", "通知", "意见", "方案", "通报", "函"]


class Sentence(NamedTuple):
    """One measure: what it says and what a coder would note of it."""

    text: str
    modality: str
    modality_cue: str | None
    codes: dict[str, str]
    actors: tuple[str, ...] = ()
    deadline: str | None = None
    deadline_date: date | None = None


SENTENCES = [
    Sentence(
        "各级党委要深入学习贯彻会议精神，提高政治站位。",
        "obligation",
        "要",
        {"political_alignment": "提高政治站位"},
        ("各级党委",),
    ),
    Sentence(
        "各乡镇主要负责同志要靠前指挥，守土有责、守土尽责。",
        "obligation",
        "要",
        {"leadership_duty": "靠前指挥"},
        ("各乡镇主要负责同志",),
    ),
    Sentence(
        "对失职渎职、造成严重后果的，要严肃追责问责。", "obligation", "要", {"accountability": "严肃追责问责"}
    ),
    Sentence(
        "不得瞒报、谎报、迟报灾情。",
        "prohibition",
        "不得",
        {"work_style": "瞒报、谎报、迟报", "upward_reporting": "迟报"},
    ),
    Sentence(
        "县应急管理局应于6月20日前将排查情况报送市防指办公室。",
        "obligation",
        "应",
        {"upward_reporting": "报送", "screening_control": "排查"},
        ("县应急管理局",),
        "6月20日前",
        date(2024, 6, 20),
    ),
    Sentence(
        "鼓励企业储备应急物资。", "encouragement", "鼓励", {"supply_assurance": "储备应急物资"}, ("企业",)
    ),
    Sentence(
        "各社区要发动群众开展群防群治，实行网格化管理。",
        "obligation",
        "要",
        {"grassroots_mobilization": "群防群治"},
        ("各社区",),
    ),
    Sentence(
        "广大党员要冲锋在前，设立党员先锋岗。",
        "obligation",
        "要",
        {"party_vanguard": "党员先锋岗"},
        ("广大党员",),
    ),
    Sentence("严格执行24小时值班和领导带班制度。", "obligation", None, {"emergency_duty": "24小时值班"}),
    Sentence(
        "宣传部门要及时发布权威信息，主动回应社会关切。",
        "obligation",
        "要",
        {"information_release": "发布权威信息", "opinion_guidance": "回应社会关切"},
        ("宣传部门",),
    ),
    Sentence("所需经费由同级财政予以保障。", "statement", None, {"funding": "同级财政予以保障"}),
    Sentence("各单位可结合实际细化工作方案。", "permission", "可", {"planning": "细化工作方案"}, ("各单位",)),
    Sentence(
        "县政府将对成绩突出的集体予以通报表扬。",
        "commitment",
        "将",
        {"commendation": "予以通报表扬"},
        ("县政府",),
    ),
    Sentence("近期降雨明显偏多。", "statement", None, {}),
    Sentence(
        "医疗机构要做好救治准备，关心一线医务人员身心健康。",
        "obligation",
        "要",
        {"medical_care": "做好救治准备", "care": "关心一线医务人员"},
        ("医疗机构",),
    ),
    Sentence(
        "督查组每周对落实情况开展督促检查。", "obligation", None, {"supervision": "督促检查"}, ("督查组",)
    ),
]
HEADINGS = ["提高思想认识", "压实工作责任", "强化隐患排查", "做好物资储备", "加强宣传引导", "严肃工作纪律"]
HOSTILE = [
    "</script><script>window.broken = 1</script>",
    "<img src=x onerror='window.broken = 2'>",
    "<!--<script>",
    "{{ script }}",
    "&lt;b&gt; \u2028 ]]>",
]
"""What a crawler may bring in and a page must show, not run."""
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
        doc_id = digest[:16]
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
    place, level, adcode, province, prefecture, county = chance.choice(PLACES)
    subject, genre = chance.choice(SUBJECTS), chance.choice(GENRES)
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
    organ = {"name": issuer, "canonical_name": issuer, "level": level, "organ": "government", "adcode": adcode, "province": province,
             "prefecture": prefecture, "county": county, "method": "signature", "ordinal": 1, "start": None, "end": None}  # fmt: skip
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
    mark, heading = draft.mark(), chance.choice(HEADINGS)
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
