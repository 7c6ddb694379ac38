"""Writing into figures."""

from __future__ import annotations

import pytest

from handlers.diagrams import text_layout

BROKEN = {
    "核对材料": ["核对材料"],
    "送达不予认定决定书": ["送达不予", "认定决定书"],
    "三级审查与决定": ["三级审查", "与决定"],
    "退回网报待确认": ["退回网报", "待确认"],
    "计算 60 天期限": ["计算 60", "天期限"],
    "": [],
}


@pytest.mark.parametrize("text", BROKEN)
def test_where_lines_break(text: str) -> None:
    assert text_layout.wrap_text(text, 6.8) == BROKEN[text]


@pytest.mark.parametrize(
    "text", ["核对材料，再核对申请人的每一项材料", "check the materials of everybody", "ABCDEFGHIJKLMNOPQRST"]
)
def test_no_line_begins_with_a_mark_and_none_is_lost(text: str) -> None:
    lines = text_layout.wrap_text(text, 6.8, most=9)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not [line for line in lines if line[0] in text_layout.CLOSING]


def test_what_does_not_fit_is_cut() -> None:
    lines = text_layout.wrap_text("一二三四五六七八九十一二三四五六七八九十", 6.8, most=2)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert all(text_layout.text_width(line) <= 6.8 for line in lines)
