"""One spelling of names, numbers and telephones, however they were typed."""

from __future__ import annotations

import pytest

from models.base import spelling


@pytest.mark.found("S15")
@pytest.mark.parametrize("dot", "·•‧・．.｡∙⋅●﹒")
def test_every_dot_in_a_chinese_name_is_the_same(dot: str) -> None:
    for typed in (f"阿卜杜拉{dot}买买提", f" 阿卜杜拉 {dot} 买买提 ", f"阿卜杜拉\u3000{dot}买买提"):
        assert spelling.normalize_name(typed) == "阿卜杜拉·买买提"
    assert spelling.normalize_name(dot) == "·"
    assert spelling.normalize_name(f"拉{dot}") == "拉·"


@pytest.mark.found("S15")
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张\u3000三", "张三"),
        ("Ｊｏｈｎ  Smith", "John Smith"),
        ("J. R. Smith", "J. R. Smith"),
        ("O’Brien", "O'Brien"),
        ("𠮷 野", "𠮷野"),
    ],
)
def test_a_name_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert spelling.normalize_name(typed) == kept == spelling.normalize_name(kept)


@pytest.mark.found("S15")
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("33080219990101001x", "33080219990101001X"),
        ("33080219990101001×", "33080219990101001X"),
        ("３３０８０２ 19990101 001Ｘ", "33080219990101001X"),
        ("330802-19990101-001X", "33080219990101001X"),
        ("330802–19990101—001X", "33080219990101001X"),
        ("h 08347890", "H08347890"),
        ("2611.0000.01", "2611000001"),
    ],
)
def test_a_number_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert spelling.normalize_number(typed) == kept == spelling.normalize_number(kept)


@pytest.mark.found("S15")
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+86 138 5700 0126", "13857000126"),
        ("+86-138-5700-0126", "13857000126"),
        ("008613857000126", "13857000126"),
        ("(+86)13857000126", "13857000126"),
        ("１３８ 5700 0126", "13857000126"),
        ("0570-3021234", "0570-3021234"),
        ("+852 6123 4567", "+85261234567"),
        ("852-9123-4567", "+85291234567"),
        ("00853 6612 3456", "+85366123456"),
        ("+886 0912 345 678", "+886912345678"),
        ("886912345678", "+886912345678"),
    ],
)
def test_a_mobile_number_is_kept_in_one_way(typed: str, kept: str) -> None:
    assert spelling.normalize_mobile(typed) == kept == spelling.normalize_mobile(kept)
