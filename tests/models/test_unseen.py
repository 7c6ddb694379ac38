"""Characters that nobody sees: told with their place, while pictures and rare characters pass."""

from __future__ import annotations

import pytest

from models.base.unseen import describe_unseen, find_unseen, show_unseen

pytestmark = pytest.mark.found("E9")

SEEN = [
    "",
    "办理 申请（一）",
    "第一行\n第二行",
    "全角\u3000空格",
    "👨\u200d👩\u200d👧",  # a family of three
    "👩🏽\u200d⚕\ufe0f",
    "👁\ufe0f\u200d🗨\ufe0f",
    "1\ufe0f\u20e3",
    "❤\ufe0f ©\ufe0f ㊗\ufe0f",
    "🇨🇳",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",  # the flag of England
    "葛\U000e0101",  # one of the two ways to write it
    "\U0001fae8",  # newer than the tables of this Python
    "\U00031350",
    "é e\u0301",
]
UNSEEN = [
    ("a\u202eb", 2, "颠倒"),
    ("\u2066a", 1, "颠倒"),
    ("a\u200f", 2, "颠倒"),
    ("高\u200b中", 2, "看不见"),
    ("a\u200db", 2, "看不见"),
    ("\u200d", 1, "看不见"),
    ("👩\u200d", 2, "看不见"),
    ("\ufeffa", 1, "看不见"),
    ("a\u2060", 2, "看不见"),
    ("a\u00adb", 2, "看不见"),
    ("a\u3164", 2, "看不见"),
    ("办\ufe0f理", 2, "看不见"),
    ("\ufe0f", 1, "看不见"),
    ("a\U000e0101", 2, "看不见"),
    ("a\U000e0041", 2, "看不见"),
    ("\x7f", 1, "看不见"),
    ("a\x85b", 2, "看不见"),
    ("a\u2028b", 2, "看不见"),
    ("\ue000", 1, "自造字"),
    ("\U000f0000", 1, "自造字"),
    ("\u0378", 1, "没有定义"),
    ("\uffff", 1, "没有定义"),
    ("\U0002ffff", 1, "没有定义"),
]


@pytest.mark.parametrize("text", SEEN)
def test_what_people_see_passes(text: str) -> None:
    assert (describe_unseen(text), show_unseen(text)) == ("", text)


@pytest.mark.parametrize(("text", "place", "words"), UNSEEN)
def test_what_nobody_sees_is_told_with_its_place(text: str, place: int, words: str) -> None:
    said = describe_unseen(text)
    assert said.startswith(f"第 {place} 个字符（U+{ord(text[place - 1]):04X}）")
    assert words in said


def test_sentences_show_codes_instead() -> None:
    assert show_unseen("办\u202e理\u200b") == "办[U+202E]理[U+200B]"


def test_a_long_text_is_looked_through_once() -> None:
    joined = "👩" + "\u200d👩" * 50_000
    assert list(find_unseen(joined)) == []
