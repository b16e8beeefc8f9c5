from __future__ import annotations

import time

import pytest

from pipeline.errors import ExtractError
from pipeline.read import Source, read

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8">
<meta name="ArticleTitle" content="关于做好防控工作的通知">
<title>关于做好防控工作的通知_某市人民政府</title></head><body>
<div class="nav"><a href="/">首页</a></div>
<table><tr><td>索引号：</td><td>000-1</td><td>发文机关：</td><td>某市人民政府办公室</td></tr>
<tr><td>标　　题：</td><td colspan="3">某市人民政府办公室关于做好防控工作的通知</td></tr>
<tr><td>发文字号：</td><td>某政办发〔2020〕1号</td><td>成文日期：</td><td>2020年1月29日</td></tr></table>
<div><h1>某市人民政府办公室关于做好防控工作的通知</h1><p>某政办发〔2020〕1号</p>
<p>各县（区）人民政府：</p>
<p>　　一、加强领导。<b>各级政府</b>要落实责任。</p>
<ol><li>第一项</li><li>第二项</li></ol></div>
<script>alert("脚本")</script></body></html>"""


def test_a_page_gives_its_main_text_and_what_its_table_says() -> None:
    pytest.importorskip("resiliparse")
    decoded = read(Source("a.html", PAGE.encode()))
    assert decoded.encoding == "html/utf-8"
    assert "　　一、加强领导。各级政府要落实责任。" in decoded.raw_text.split("\n")
    assert "1. 第一项" in decoded.raw_text
    assert "脚本" not in decoded.raw_text
    assert decoded.hints == {
        "title": "关于做好防控工作的通知",
        "issuer": "某市人民政府办公室",
        "doc_number": "某政办发〔2020〕1号",
        "date_issued": "2020年1月29日",
    }


def test_a_page_is_known_by_its_content_whatever_its_name() -> None:
    pytest.importorskip("resiliparse")
    assert read(Source("a.txt", PAGE.encode())).encoding == "html/utf-8"
    assert read(Source("a.html", b"1 < 2")).encoding == "utf-8"


def test_a_page_in_gbk_is_decoded_before_it_is_parsed() -> None:
    pytest.importorskip("resiliparse")
    decoded = read(Source("a.htm", PAGE.replace("utf-8", "gb2312").encode("gbk")))
    assert decoded.encoding == "html/gb18030"
    assert decoded.hints["issuer"] == "某市人民政府办公室"


def test_elements_nested_without_end_are_refused_and_unclosed_paragraphs_are_not() -> None:
    pytest.importorskip("resiliparse")
    with pytest.raises(ExtractError, match="too_deep"):
        read(Source("a.html", b"<html>" + b"<div>" * 100_000))
    flat = "<html><body>" + "<p>一、加强领导。<br>" * 5_000
    assert read(Source("a.html", flat.encode())).raw_text.count("加强领导") == 5_000


def test_pages_that_never_close_a_tag_take_linear_time() -> None:
    pytest.importorskip("resiliparse")
    for piece in ("<a", "<a b=", "<a/", "</", "<!--", "<div <"):
        page = "<html>" + piece * 200_000
        started = time.perf_counter()
        try:
            read(Source("a.html", page.encode()))
        except ExtractError as refused:
            assert refused.error in ("too_deep", "no_text", "malformed")  # noqa: PT017
        assert time.perf_counter() - started < 5, piece


def _pdf(*lines: str) -> bytes:
    """A PDF of one page with a text layer in Latin letters, which needs no font file."""
    shown = " ".join(f"({line}) Tj 0 -20 Td" for line in lines)
    stream = f"BT /F1 12 Tf 72 720 Td {shown} ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    data, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj{content}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer<</Size 6/Root 1 0 R>>\nstartxref\n{len(data)}\n%%EOF"
    return (data + f"xref\n0 6\n0000000000 65535 f \n{table}" + end).encode()


def test_the_text_layer_of_a_pdf_is_read_line_by_line() -> None:
    pytest.importorskip("pypdfium2")
    decoded = read(Source("a.pdf", _pdf("First line", "Second line")))
    assert decoded.encoding == "pdf"
    assert decoded.raw_text.split() == ["First", "line", "Second", "line"]
    assert len(decoded.raw_text.splitlines()) == 2


def test_a_pdf_without_text_or_of_noise_is_refused() -> None:
    pytest.importorskip("pypdfium2")
    with pytest.raises(ExtractError, match="no_text"):
        read(Source("a.pdf", _pdf()))
    with pytest.raises(ExtractError, match="malformed"):
        read(Source("a.pdf", b"%PDF-1.4 " + b"noise" * 100))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "unsupported_format"),
        (b"{\\rtf1\\ansi}", "unsupported_format"),
        (b"PK\x03\x04" + b"\0" * 100, "unsupported_format"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "binary"),
        (b"PAR1" + b"\0" * 100, "binary"),
    ],
)
def test_formats_that_are_not_read_say_what_to_do(data: bytes, error: str) -> None:
    with pytest.raises(ExtractError) as caught:
        read(Source("a.txt", data))
    assert (caught.value.stage, caught.value.error) == ("read", error)


def test_an_input_above_the_limit_is_refused() -> None:
    with pytest.raises(ExtractError, match="too_large: 12 bytes, the limit is 11"):
        read(Source("a.txt", "公文公文".encode()), max_bytes=11)


@pytest.mark.parametrize(
    ("name", "data", "package"),
    [("a.html", PAGE.encode(), "resiliparse"), ("a.pdf", b"%PDF-1.4", "pypdfium2")],
)
def test_a_missing_extra_says_how_to_install_it(
    name: str, data: bytes, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, package, None)
    monkeypatch.setitem(__import__("sys").modules, f"{package}.extract.html2text", None)
    with pytest.raises(ExtractError, match=r"missing_extra: .*pip install 'gongwen\["):
        read(Source(name, data))
