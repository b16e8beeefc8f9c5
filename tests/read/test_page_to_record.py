"""What reading knows of an input beside its text shows in the record: a page's statements, a guessed encoding."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from opencc import OpenCC

from pipeline import extract

SEED = Path(__file__).parents[2] / "seeds" / "000_23a8ee8857ccf213.txt"
BODY = """<h1>{title}</h1><p>各县（区）人民政府：</p>
<p>　　近期降雨较多，防汛形势严峻。为做好防汛抗旱工作，保障人民群众生命财产安全，现就有关事项通知如下。</p>
<p>　　一、加强领导。各级政府要落实责任，组织力量开展隐患排查，及时消除隐患，确保安全度汛。</p>
<p>　　二、加强值班。要严格执行值班制度，及时报告重要情况，不得迟报、漏报、瞒报。</p>{signature}"""
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>通知</title></head><body>
<table><tr><td>索引号：</td><td>000-1</td><td>发文机关：</td><td>福建省人民政府办公厅</td></tr>
<tr><td>发文字号：</td><td>闽政办〔2020〕1号</td><td>成文日期：</td><td>2020年1月29日</td></tr></table>
<div>{body}</div></body></html>"""


def page(title: str, signature: str = "") -> bytes:
    return PAGE.format(body=BODY.format(title=title, signature=signature)).encode()


def test_a_page_fills_what_its_document_leaves_open_and_each_filling_is_a_warning() -> None:
    pytest.importorskip("resiliparse")
    record = extract(page("关于做好防汛工作的通知"), name="a.html")
    assert record.doc_number == "闽政办〔2020〕1号"
    assert (record.date_issued, record.date_method) == (date(2020, 1, 29), "inferred")
    assert (record.issuer, record.issuer_method, record.issuer_adcode) == (None, "inferred", "350000")
    assert record.issuers[0].canonical_name == "福建省人民政府办公厅"
    stated = [w.detail.split()[0] for w in record.warnings if w.kind == "stated_by_page"]
    assert stated == ["doc_number", "date_issued", "issuer"]


def test_a_page_does_not_overrule_its_document() -> None:
    pytest.importorskip("resiliparse")
    signed = "<p>福建省人民政府办公厅</p><p>2020年2月3日</p>"
    record = extract(page("福建省人民政府办公厅关于做好防汛工作的通知", signed), name="a.html")
    assert (record.date_issued, record.date_method) == (date(2020, 2, 3), "signature")
    assert record.issuer == "福建省人民政府办公厅"
    assert record.issuer_method != "inferred"


def test_a_guessed_encoding_is_a_warning_with_the_guess_and_its_confidence() -> None:
    data = SEED.read_text(encoding="utf-8").encode("gb18030")
    damaged = extract(data[:600] + data[601:])
    (warning,) = [w for w in damaged.warnings if w.kind == "encoding_uncertain"]
    assert warning.detail.startswith("decoded as gb18030 with confidence 0.")
    assert (warning.ordinal, warning.start, warning.end) == (1, 0, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_sure_encoding_is_none(encoding: str) -> None:
    record = extract(SEED.read_text(encoding="utf-8").encode(encoding))
    assert not [w for w in record.warnings if w.kind == "encoding_uncertain"]


def test_big5_text_is_read_and_simplified() -> None:
    text = SEED.read_text(encoding="utf-8")
    record = extract(OpenCC("s2twp").convert(text).encode("big5hkscs", "ignore"))
    assert (record.source_encoding, record.source_script) == ("big5", "hant")


def test_words_in_dress_and_cells_of_one_character_are_not_clutter() -> None:
    """Word's HTML puts every numeral into an element of its own."""
    pytest.importorskip("resiliparse")
    body = """<p><b>关于做好<i>防汛</i>工作的</b><strong>通知</strong></p><p>各县（区）人民政府：</p>
<p><span style="display:none">不见</span>为做好今年防汛工作，保障人民群众生命财产安全，现就有关事项通知如下。</p>
<p><span>一</span><span>、</span><b>总体要求</b></p><p>坚持人民至上、生命至上，全力做好各项准备。</p>
<p>（<span>一</span>）<u>清河道</u>。须于<span lang="EN-US">4</span>月<span lang=EN-US>30</span>日前清完。</p>
<table><tr><td>河</td><td>责任人</td></tr><tr><td>甲</td><td>张某</td></tr></table>
<p>某县人民政府</p><p>2023年<font color="red">3</font>月<span>27</span>日</p>"""
    record = extract(PAGE.format(body=body).encode(), name="a.html")
    assert record.title == "关于做好防汛工作的通知"
    assert [(d.marker, d.heading) for d in record.directives][:2] == [
        ("一、", "总体要求"),
        ("（一）", "清河道"),
    ]
    assert "须于4月30日前清完" in record.text
    assert {"河", "甲"} <= set(record.text.split())
    assert record.date_issued == date(2023, 3, 27)
    assert "不见" not in record.text
    assert "责任人" in record.text
