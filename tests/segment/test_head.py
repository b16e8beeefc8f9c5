"""Heads on pages that print words of their own above them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.segment import head, segment
from pipeline.segment.lines import Line


def test_a_page_that_repeats_a_title_is_read_once_for_each_of_its_first_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[int] = []
    real = head._title_lines

    def counted(lines: Sequence[Line], kinds: Sequence[str]) -> tuple[int, int]:
        calls.append(1)
        return real(lines, kinds)

    monkeypatch.setattr(head, "_title_lines", counted)
    text = "为做好工作，现将情况说明如下，" * 8 + "\n" + "隆德县人民政府关于封山的公告\n" * 200
    assert segment(text).title is None
    assert 0 < len(calls) <= 40


def test_the_value_below_the_label_of_a_title_is_the_title() -> None:
    text = "标 题\n隆德县人民政府关于封山的通知\n发文字号\n隆政发〔2020〕3号\n各乡镇：\n现通知如下：\n一、值班。\n"
    assert segment(text).title == "隆德县人民政府关于封山的通知"
