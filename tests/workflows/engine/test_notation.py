"""Numbers and texts that people read differently than the interpreter: refused at deployment alone."""

from __future__ import annotations

import pytest

from tests.workflows.engine.diagrams.drawing import element, extended, flow, operator, straight, timer
from tests.workflows.engine.diagrams.shapes import body, choice, only
from tests.workflows.engine.test_lint import found
from workflows.engine.expressions import (
    ExpressionError,
    evaluate_expression,
    judge_expression,
    judge_script,
    judge_value,
    run_script,
)

pytestmark = pytest.mark.found("E8")

MISREAD = [
    ("x > 0x10", 5, "请写成 16"),
    ("0XfF", 1, "请写成 255"),
    ("0b11", 1, "请写成 3"),
    ("0o7", 1, "请写成 7"),
    ("1_0", 1, "请写成 10"),
    ("1_000.5", 1, "请写成 1000.5"),
    ("00", 1, "请写成 0"),
    ("007", 1, '"007"'),
    ("00.5", 1, "请写成 0.5"),
    ("5.", 1, "请写成 5。"),
    ("60分", 1, "不是数字"),
    ("x + 1e", 5, "不是数字"),
    ("1.2.3", 1, "不是数字"),
    ("0x", 1, "不是数字"),
    ("0b12", 1, "不是数字"),
    ("１２", 1, "请写成 12"),
    ("1,000", 1, "一个数请写成 1000，几个数请在逗号后加空格，写成 1, 0"),
    ("x > 1,000", 5, "1000"),
    ("1,000,000", 1, "1000000"),
    ("12,345.6", 1, "12345.6"),
    ("[100,200]", 2, "写成 100, 200"),
    ("1.000,5", 1, "1000.5"),
    ("x > 2026-5-1", 5, '"2026-05-01"'),
    ("2026-05-01", 1, '"2026-05-01"'),
    ("2026 / 5 / 1", 1, '"2026-05-01"'),
    ("'高\u200b中'", 3, "U+200B"),
    ("x == '\u202e'", 7, "U+202E"),
    ("'a\u00a0b'", 3, "U+00A0"),
    ("(x +\n 0x1)", 2, "第 2 行第 2 列"),
    ("0x" + "f" * 1_900, 1, "不是数字"),
]


@pytest.mark.parametrize(("text", "column", "words"), MISREAD)
def test_what_people_read_differently_is_refused_with_its_place(text: str, column: int, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        judge_expression(text)
    assert caught.value.column == column
    assert words in caught.value.sentence
    assert caught.value.sentence.endswith("。")


@pytest.mark.parametrize(
    "text",
    [
        *("5", "0", "0.5", ".5", "-5", "1e5", "2.5E-3", "10.0", "1000000"),
        *("1, 0", "[1,2,3]", "[10,100,1000]", "[2023,2024]", "[1.5,2.5]", "max(10,20)", "[100, 200]"),
        *("'0x10'", "'1,000'", '"2026-5-1"', "plan['1_0']", "a1 + b_2 + c0x10", "x # 0x10"),
        *("x - 5 - 1", "2026 - 5", "'全角\u3000空格'", "'👨\u200d👩'", "round(1.5,2)"),
    ],
)
def test_numbers_and_texts_as_people_write_them_pass(text: str) -> None:
    judge_expression(text)


FAILING = [
    ("5/0", "除数为零"),
    ("1//0", "除数为零"),
    ("1 % (2 - 2)", "除数为零"),
    ("x / 0", "除数为零"),
    ("1 + x % 0.0", "除数为零"),
    ("x + 5 / 0", "“5 / 0”"),
    ("x / 2 + y / 0", "除数为零"),
    ("(x / 0) / y", "除数为零"),
    ("1 if x else 'a' + 1", "“'a' + 1”"),
    ("x and [1, 2][5]", "没有第 5 项"),
    ("x or 1 < 'a'", "类型"),
    ("int('x')", "内容"),
    ("-'a'", "文字"),
    ("get(x, 1 / 0)", "除数为零"),
]


@pytest.mark.parametrize(("text", "words"), FAILING)
def test_what_fails_whatever_comes_is_refused(text: str, words: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        judge_expression(text)
    assert words in caught.value.sentence


@pytest.mark.parametrize(
    "text",
    ["1 / x", "0 / 5", "x / (y - y)", "len(x) / 2", "max(1, 2)", "max(1, 2 if true else 1 / 0)", "x % 2"],
)
def test_what_may_work_out_passes(text: str) -> None:
    judge_expression(text)


def test_scripts_are_judged_line_by_line() -> None:
    for script, line in (("a = 1\nb = 0x10", 2), ("a = x\n\nb = a / 0", 3), ("  a = 1_0\n  b = 1", 1)):
        with pytest.raises(ExpressionError) as caught:
            judge_script(script)
        assert caught.value.line == line
    assert judge_script("a = 1\nb = a / 2").assigned == {"a", "b"}


def test_a_comma_without_brackets_makes_no_list_where_one_value_is_wanted() -> None:
    for text in ("'a', 'b'", "x, 1", "1,"):
        with pytest.raises(ExpressionError, match="列表"):
            judge_value(text)
    for text in ("['a', 'b']", "('a', 'b')", "max(1, 2)", "'a,b'"):
        judge_value(text)


def test_what_is_deployed_already_runs_as_before() -> None:
    accepted = {"0x10": 16, "1_0": 10, "1,000": [1, 0], "00": 0, "2026-5-1": 2020}
    assert {text: evaluate_expression(text, {}) for text in accepted} == accepted
    names: dict[str, object] = {}
    run_script("a = 0x10", names)
    assert names == {"a": 16}


@pytest.mark.parametrize("text", ["a > 0x10", "a > 1_0", "a > 1,000", "a / 0 > 1"])
def test_conditions_are_judged_at_their_flow(text: str) -> None:
    assert found(choice(flow("x", "u", text), flow("x", "v"))) == {("expression", "x_u")}


@pytest.mark.parametrize("text", ["'granted'", "[1, 2]", "a > 1, b", "''", "1", "null", '"a" + "b"'])
def test_a_condition_that_is_no_judgement_is_refused(text: str) -> None:
    assert found(choice(flow("x", "u", text), flow("x", "v"))) == {("expression", "x_u")}


@pytest.mark.parametrize("text", ["true", "1 == 1", "a", "a['x']", "a > 10"])
def test_a_condition_that_judges_passes(text: str) -> None:
    assert found(choice(flow("x", "u", text), flow("x", "v"))) == set()


def test_scripts_parameters_and_timers_are_judged_at_their_element() -> None:
    assert found(only("scriptTask", "<script>a = 0x10</script>")) == {("expression", "x")}
    task = element("serviceTask", "x", extended(operator(case="1_0")))
    assert found(body(straight(task))) == {("expression", "x")}
    waits = element("intermediateCatchEvent", "x", timer("days(0x10)"))
    assert found(body(straight(waits))) == {("expression", "x")}
