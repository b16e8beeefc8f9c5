"""The contract: one pydantic model for each table of the dataset.

Descriptions, Chinese terms, Arrow schemas, JSON Schemas, the data dictionary and the card all come from here.
Terms follow GB/T 9704-2012 (党政机关公文格式) and the 2012 党政机关公文处理工作条例.

Offsets are half-open and count Unicode code points: ``start``/``end`` into ``documents.text``,
``raw_start``/``raw_end`` into ``documents.raw_text``.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Script = Literal["hans", "hant", "mixed"]
Level = Literal["central", "province", "prefecture", "county", "township", "village"]
Organ = Literal[
    "party_committee",
    "party_office",
    "party_department",
    "discipline",
    "government",
    "government_office",
    "government_department",
    "congress",
    "cppcc",
    "headquarters",
    "military",
    "mass_organization",
    "enterprise",
    "institution",
]
SegmentKind = Literal[
    "masthead",
    "doc_number",
    "urgency",
    "secrecy",
    "signer",
    "title",
    "addressee",
    "preamble",
    "directive",
    "closing",
    "attachment_note",
    "signature",
    "date",
    "note",
    "attachment",
    "cc",
    "print_info",
    "contact",
    "page_furniture",
    "other",
]
DocType = Literal[
    "决议",
    "决定",
    "命令",
    "公报",
    "公告",
    "通告",
    "意见",
    "通知",
    "通报",
    "报告",
    "请示",
    "批复",
    "议案",
    "函",
    "纪要",
    "条例",
    "规定",
    "办法",
    "细则",
    "方案",
    "预案",
    "答复",
]
IssuerMethod = Literal["masthead", "title", "signature", "doc_number", "inferred"]
DateMethod = Literal["signature", "masthead", "adoption", "inferred"]
Modality = Literal["obligation", "prohibition", "permission", "encouragement", "commitment", "statement"]
Relation = Literal["basis", "forwards", "issues", "attachment", "mentions"]
Code = Literal[
    "political_alignment",
    "leadership_duty",
    "coordination",
    "planning",
    "cadre_evaluation",
    "accountability",
    "supervision",
    "commendation",
    "work_style",
    "grassroots_mobilization",
    "party_vanguard",
    "screening_control",
    "medical_care",
    "supply_assurance",
    "order_recovery",
    "emergency_duty",
    "information_release",
    "opinion_guidance",
    "public_education",
    "upward_reporting",
    "care",
    "funding",
    "law_enforcement",
    "technology",
    "training",
]


def _col(zh: str, description: str) -> Any:
    """A column's Chinese term and its English description, as pydantic metadata."""
    return Field(title=zh, description=description)


DocId = Annotated[
    str,
    _col(
        "文件标识",
        "First 16 hex digits of the SHA-256 of the source bytes; an inner document appends '-' and its start offset",
    ),
]
Start = Annotated[int, _col("起", "First code point in documents.text")]
End = Annotated[int, _col("止", "One past the last code point in documents.text")]
RawStart = Annotated[int, _col("原文起", "First code point in documents.raw_text")]
RawEnd = Annotated[int, _col("原文止", "One past the last code point in documents.raw_text")]
Ordinal = Annotated[int, _col("序", "Position among its siblings, from 1")]


class Row(BaseModel):
    """What every table shares: rows are immutable, exact and carry their document's key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    doc_id: DocId


class Document(Row):
    """One document; a document forwarded or printed inside another is a row of its own."""

    parent_doc_id: Annotated[str | None, _col("所在文件", "doc_id of the document that contains this one")]
    parent_start: Annotated[int | None, _col("所在起", "Where this text starts in the parent's text")]
    parent_end: Annotated[int | None, _col("所在止", "Where this text ends in the parent's text")]
    source: Annotated[
        str, _col("来源", "Path or name of the input, as given to the build, '/' between folders")
    ]
    source_sha256: Annotated[str, _col("来源校验", "SHA-256 of the source bytes, hex")]
    source_bytes: Annotated[int, _col("来源字节数", "Size of the source in bytes")]
    source_encoding: Annotated[str, _col("来源编码", "Encoding the source was decoded from")]
    source_script: Annotated[
        Script, _col("来源字体", "Simplified (hans), Traditional (hant) or mixed, as found")
    ]
    is_official_document: Annotated[bool, _col("是否公文", "Whether the text is an official document at all")]
    title: Annotated[
        str | None, _col("标题", "Title on one line: issuer, subject and genre, as far as printed")
    ]
    doc_type: Annotated[
        DocType | None,
        _col("文种", "Genre: one of the fifteen of the regulation, or the kind of rules the text is"),
    ]
    doc_number: Annotated[
        str | None, _col("发文字号", "Document number in canonical form, e.g. 闽委发明电〔2020〕1号")
    ]
    doc_number_agency: Annotated[str | None, _col("机关代字", "Agency code of the number, e.g. 闽委发明电")]
    doc_number_year: Annotated[int | None, _col("年份", "Year of the number")]
    doc_number_serial: Annotated[int | None, _col("发文顺序号", "Serial of the number")]
    issuer: Annotated[str | None, _col("发文机关", "Names of the issuing organs joined by 、")]
    issuer_level: Annotated[Level | None, _col("发文机关层级", "Level of the first issuer")]
    issuer_organ: Annotated[Organ | None, _col("发文机关类别", "Kind of the first issuer")]
    issuer_adcode: Annotated[
        str | None, _col("行政区划代码", "GB/T 2260 code of the first issuer, six digits")
    ]
    issuer_method: Annotated[
        IssuerMethod | None, _col("发文机关依据", "Where the first issuer was read, or inferred")
    ]
    date_issued: Annotated[date | None, _col("成文日期", "Date of issue as the document states it")]
    date_method: Annotated[
        DateMethod | None, _col("成文日期依据", "Where the date of issue was read, or inferred")
    ]
    urgency: Annotated[str | None, _col("紧急程度", "Urgency as printed: 特急, 加急; telegrams 特提, 平急")]
    secrecy: Annotated[str | None, _col("密级", "Secrecy and its term as printed, e.g. 秘密★1年")]
    signer: Annotated[str | None, _col("签发人", "Who signed the document off")]
    printed_by: Annotated[str | None, _col("印发机关", "Organ that printed the document")]
    printed_on: Annotated[date | None, _col("印发日期", "Date of printing")]
    text: Annotated[str, _col("正文", "Normalised text; all start/end count into it")]
    raw_text: Annotated[str, _col("原文", "Decoded input, untouched; all raw_start/raw_end count into it")]
    n_directives: Annotated[int, _col("条目数", "Number of directives")]
    n_measures: Annotated[int, _col("举措数", "Number of measures")]
    n_repairs: Annotated[int, _col("修复数", "Number of repairs")]


class Segment(Row):
    """One structural block, in order; together they hold every non-blank character of the text."""

    ordinal: Ordinal
    kind: Annotated[SegmentKind, _col("要素", "Element of GB/T 9704-2012, or what stands beside it")]
    text: Annotated[
        str, _col("文字", "documents.text[start:end]; empty for furniture that normalisation removed")
    ]
    start: Start
    end: End
    raw_start: RawStart
    raw_end: RawEnd


class Issuer(Row):
    """One issuing organ; joint documents have several."""

    ordinal: Ordinal
    name: Annotated[
        str | None,
        _col("名称", "Name as printed where it was read; null for one known from its number or inferred"),
    ]
    canonical_name: Annotated[
        str | None,
        _col("规范名称", "Full standard name; null when the document does not state which organ it is"),
    ]
    level: Annotated[Level | None, _col("层级", "Administrative level")]
    organ: Annotated[Organ | None, _col("机关类别", "Kind of organ")]
    adcode: Annotated[
        str | None,
        _col(
            "行政区划代码", "GB/T 2260 code; a township or village takes its county's; null when not certain"
        ),
    ]
    province: Annotated[str | None, _col("省级", "Province-level unit")]
    prefecture: Annotated[str | None, _col("地级", "Prefecture-level unit")]
    county: Annotated[str | None, _col("县级", "County-level unit")]
    method: Annotated[
        IssuerMethod, _col("依据", "Where it was read: masthead, title, signature, doc_number, or inferred")
    ]
    start: Annotated[int | None, _col("起", "First code point in documents.text of name")]
    end: Annotated[int | None, _col("止", "One past the last code point of name")]


class Addressee(Row):
    """One addressee: 主送机关 (main) or 抄送机关 (cc)."""

    ordinal: Ordinal
    role: Annotated[Literal["main", "cc"], _col("主送或抄送", "main addressee or copy")]
    name: Annotated[str, _col("名称", "As printed")]
    expanded: Annotated[list[str], _col("展开", "各市、县（区）党委 is 各市党委 and 各县（区）党委")]
    level: Annotated[Level | None, _col("层级", "Administrative level where the words say it")]
    organ: Annotated[Organ | None, _col("机关类别", "Kind of organ where the words say it")]
    start: Start
    end: End


class Directive(Row):
    """One numbered directive, at any depth."""

    directive_id: Annotated[str, _col("条目标识", "doc_id/path")]
    path: Annotated[str, _col("路径", "Position in the tree, e.g. 2.1")]
    parent_id: Annotated[str | None, _col("上级条目", "directive_id of the parent")]
    level: Annotated[int, _col("层次", "Depth in the tree, from 1")]
    ordinal: Annotated[int, _col("序", "Order in the document, from 1")]
    marker: Annotated[str, _col("序号", "As printed: 一、 （一） 1. （1） 第一条 一是")]
    heading: Annotated[
        str | None, _col("小标题", "Heading, on its own line or run in, without its closing mark")
    ]
    text: Annotated[
        str,
        _col(
            "文字",
            "Own text with marker and heading, up to its first child; a paragraph that returns to it behind its children "
            "is a segment and measures of its own",
        ),
    ]
    start: Start
    end: End
    raw_start: RawStart
    raw_end: RawEnd
    codes: Annotated[list[Code], _col("举措类别", "Union of the codes of its measures and its heading")]
    n_measures: Annotated[
        int,
        _col(
            "举措数",
            "Number of measures of its own text and of paragraphs that return to it behind its children",
        ),
    ]


class Measure(Row):
    """One sentence of a directive, or of a preamble or closing when it asks for something."""

    measure_id: Annotated[str, _col("举措标识", "doc_id#ordinal")]
    directive_id: Annotated[
        str | None, _col("条目标识", "The directive it stands in; null outside directives")
    ]
    segment_kind: Annotated[SegmentKind, _col("要素", "Kind of the segment it stands in")]
    ordinal: Ordinal
    text: Annotated[str, _col("文字", "The sentence")]
    start: Start
    end: End
    raw_start: RawStart
    raw_end: RawEnd
    modality: Annotated[
        Modality, _col("语气", "How it binds: 要/应/须, 不得, 可, 鼓励, 将, or nothing asked")
    ]
    modality_cue: Annotated[
        str | None, _col("语气词", "The word that shows the modality; null for a bare imperative")
    ]
    codes: Annotated[list[Code], _col("举措类别", "Codes of the codebook, sorted")]
    actors: Annotated[list[str], _col("责任主体", "Who must, may or should act, as written in this sentence")]
    inherited_actors: Annotated[
        list[str], _col("承前主体", "Where the subject is dropped: the actors of the sentence before")
    ]
    deadline: Annotated[str | None, _col("时限", "As written")]
    deadline_date: Annotated[
        date | None, _col("时限日期", "The deadline as a date, where the text settles it")
    ]


class Tag(Row):
    """One code on one measure or heading, with its evidence."""

    directive_id: Annotated[str | None, _col("条目标识", "The directive; null outside directives")]
    measure_id: Annotated[str | None, _col("举措标识", "The measure; null for a heading")]
    code: Annotated[Code, _col("举措类别", "Code of the codebook")]
    cue: Annotated[str, _col("依据词", "The words that carry the code")]
    start: Start
    end: End
    method: Annotated[Literal["rule", "model"], _col("方法", "rule of the codebook, or trained model")]
    score: Annotated[float, _col("分值", "Probability that a coder would agree, 0 to 1")]


class Reference(Row):
    """One document that the text cites."""

    ordinal: Ordinal
    title: Annotated[
        str | None, _col("标题", "Cited title without 《》, full where the text defines the short name")
    ]
    doc_number: Annotated[str | None, _col("发文字号", "Cited number in canonical form")]
    issuer: Annotated[str | None, _col("发文机关", "Issuer of the cited document as the citation names it")]
    relation: Annotated[Relation, _col("关系", "basis, forwards, issues, attachment or mentions")]
    target_doc_id: Annotated[
        str | None, _col("所引文件", "doc_id of the cited document when it is in the dataset")
    ]
    text: Annotated[str, _col("引文", "The citation as printed")]
    start: Start
    end: End


class Repair(Row):
    """One change that normalisation made; applied in order to raw_text they give text."""

    ordinal: Ordinal
    kind: Annotated[
        str, _col("种类", "The step that made the change; several joined by + where they overlap")
    ]
    before: Annotated[str, _col("改前", "documents.raw_text[raw_start:raw_end]")]
    after: Annotated[str, _col("改后", "documents.text[start:end]")]
    raw_start: RawStart
    raw_end: RawEnd
    start: Start
    end: End
    confidence: Annotated[
        float, _col("把握", "0 to 1; equal before and after means damage seen and left alone")
    ]


class Warning_(Row):
    """Something odd in the source that was kept as it is, or a guess that a reader should know of."""

    ordinal: Ordinal
    kind: Annotated[str, _col("种类", "e.g. marker_skipped, encoding_uncertain, stated_by_page")]
    detail: Annotated[str, _col("说明", "One line for a reader")]
    start: Start
    end: End


class Reject(BaseModel):
    """One input that gave no document."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Annotated[str, _col("来源", "Path or name of the input")]
    source_sha256: Annotated[
        str | None, _col("来源校验", "SHA-256 of the bytes; null when they could not be read")
    ]
    stage: Annotated[
        Literal["read", "normalize", "segment", "tag", "validate"], _col("阶段", "Where it failed")
    ]
    error: Annotated[
        str, _col("错误", "Stable name, e.g. empty, binary, undecodable, duplicate, too_large, timeout")
    ]
    detail: Annotated[
        str, _col("说明", "One line for a reader; for a duplicate, the doc_id that stands for it")
    ]


class DocumentRecord(Document):
    """Everything of one document: its row of ``documents`` and its rows of every other table."""

    segments: list[Segment]
    issuers: list[Issuer]
    addressees: list[Addressee]
    directives: list[Directive]
    measures: list[Measure]
    tags: list[Tag]
    references: list[Reference]
    repairs: list[Repair]
    warnings: list[Warning_]
    inner: list[DocumentRecord]


TABLES: dict[str, type[BaseModel]] = {
    "documents": Document,
    "segments": Segment,
    "issuers": Issuer,
    "addressees": Addressee,
    "directives": Directive,
    "measures": Measure,
    "tags": Tag,
    "references": Reference,
    "repairs": Repair,
    "warnings": Warning_,
    "rejects": Reject,
}
