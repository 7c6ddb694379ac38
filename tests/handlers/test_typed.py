"""What nobody sees goes, and what is written in several ways becomes one."""

from __future__ import annotations

import unicodedata

import pytest
from flask import Flask, request

from handlers.account.proofs import identity_documents
from models.base import spelling

SHOWN = frozenset(range(0x0600, 0x0606)) | {0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD}
HIEROGLYPHS = range(0x13430, 0x13456)  # they join signs, each of which is there


def invisible() -> list[str]:
    """Every character of Unicode that only formats others, but those that have a shape."""
    formats = (chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cf")
    return [one for one in formats if ord(one) not in SHOWN and ord(one) not in HIEROGLYPHS]


def as_read(app: Flask, text: str) -> str:
    with app.test_request_context(method="POST", data={"note": text}):
        return request.form["note"]


@pytest.mark.found("A13")
def test_no_format_character_is_kept(app: Flask) -> None:
    fillers = "\u034f\u115f\u1160\u3164\uffa0\ufe0f\U000e0100\u200d\u200c\u180b"
    assert as_read(app, "林" + "".join(invisible()) + fillers + "小雨") == "林小雨"


@pytest.mark.found("A13")
@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85"])
def test_separators_that_no_browser_makes_become_a_blank(app: Flask, separator: str) -> None:
    assert as_read(app, f"九华{separator}北大道") == "九华 北大道"
    assert as_read(app, "第一行\r\n第二行\n第三行") == "第一行\n第二行\n第三行"


@pytest.mark.found("A13")
@pytest.mark.parametrize(
    ("written", "kept"),
    [("⾦⼩⾬", "金小雨"), ("林\u3000 小雨", "林小雨"), ("\uf9d3小雨", "陸小雨"), ("ｃｈａｎ", "chan")],
)
def test_one_normal_form(written: str, kept: str) -> None:
    assert spelling.normalize_name(written) == kept


@pytest.mark.found("A13")
@pytest.mark.parametrize(
    "name",
    ["林〇雨", "﨑小雨", "买买提·吐尔逊", "𠮷野", "⾦⼩⾬", "\uf9d3小雨", "CHAN TAI", "林小\u200d雨"],
)
def test_names_that_are_on_documents_pass(app: Flask, name: str) -> None:
    assert identity_documents.name_problem(identity_documents.normal_name(as_read(app, name))) is None


@pytest.mark.found("A13")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("林⺩雨", "“⺩”不是姓名用字"),
        ("林㇏雨", "“㇏”不是姓名用字"),
        ("林😀雨", "“😀”不是姓名用字"),
        ("林1雨", "“1”不是姓名用字"),
        ("买买提,吐尔逊", "点用“·”"),
        ("买买提-吐尔逊", "点用“·”"),
        ("林(小雨)", "“(”不是姓名用字"),
        ("林小雨！", "“!”不是姓名用字"),
        ("林#雨", "“#”不是姓名用字"),
        ("林Anna", "汉字和字母不能混写"),
        ("林", "2 到 60 个字"),
    ],
)
def test_a_refused_name_says_what_is_wrong_with_it(name: str, said: str) -> None:
    assert said in (identity_documents.name_problem(identity_documents.normal_name(name)) or "")


@pytest.mark.found("A13")
def test_nobody_is_born_tomorrow(app: Flask) -> None:
    with app.test_request_context():
        assert (
            identity_documents.number_problem("resident_id", with_check_digit("33080220270101001"))
            is not None
        )
        assert identity_documents.number_problem("resident_id", with_check_digit("33080219990101001")) is None


def with_check_digit(digits: str) -> str:
    """A number of 18 characters (GB 11643)."""
    weights = [pow(2, 17 - place, 11) for place in range(17)]
    total = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))
    return digits + "10X98765432"[total % 11]
