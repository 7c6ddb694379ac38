"""Rules that others leave nothing are told; what is told is true, and nothing is left out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workflows.engine.test_decisions import column, drawn, row
from workflows.engine.decisions import DecisionError, evaluate_table, load_tables, read_tables
from workflows.engine.decisions.model.unary import compile_cell
from workflows.engine.expressions.faults import Fault
from workflows.engine.source import safe_xml
from workflows.engine.source.problems import LintProblem

pytestmark = pytest.mark.found("E8")


def _table(rules: list[tuple[str, ...]], policy: str, kind: str = "") -> bytes:
    """A table whose inputs are a, b and so on; its result is the number of the rule."""
    width = len(rules[0])
    body = "".join(column("input", f"in_{name}", name, kind) for name in "abc"[:width])
    body += column("output", "out", "y")
    body += "".join(row(f"r{number}", [*rule], [str(number)]) for number, rule in enumerate(rules, 1))
    return drawn(body, policy=policy)


def _told(
    rules: list[tuple[str, ...]] | list[str], policy: str = "FIRST", kind: str = ""
) -> list[LintProblem]:
    rows = [(rule,) if isinstance(rule, str) else rule for rule in rules]
    return read_tables(safe_xml.parse_xml(_table(rows, policy, kind), name="t.dmn"), "t.dmn")[1]


def _codes(problems: list[LintProblem]) -> list[tuple[str, str | None]]:
    return [(problem.rule, problem.element) for problem in problems]


NEVER: list[tuple[list[Any], str, str, str]] = [
    (["> 3", "> 5"], "FIRST", "r2", "规则 1 "),
    (["> 3", "5"], "FIRST", "r2", "规则 1 "),
    (["< 5", "> 3", "[1..9]"], "FIRST", "r3", "规则 1、2 "),
    (["-", "> 3"], "FIRST", "r2", "规则 1 "),
    (['"a"', '"b"', 'not("a", "b")', "-"], "FIRST", "r4", "规则 1、2、3 "),
    (['>= "2026-05-01"', '> "2026-06-01"'], "FIRST", "r2", "规则 1 "),
    (['not("a")', '"b", "c"'], "FIRST", "r2", "规则 1 "),
    ([("> 3", "-"), ("-", '"x"'), ("> 5", '"y"')], "FIRST", "r3", "规则 1 "),
    ([("< 5", "-"), (">= 5", '"x"'), ("[1..9]", '"x"')], "FIRST", "r3", "规则 1、2 "),
    ([("true", "-"), ("-", "true"), ("true", "true, false")], "FIRST", "r3", "规则 1 "),
    (["> 3", "a + 5", "> 5"], "FIRST", "r3", "规则 1 "),
    (["-", "a"], "FIRST", "r2", "规则 1 "),
    (["-", "5"], "UNIQUE", "r2", "规则 1 "),
    (["5", "[1..10]"], "UNIQUE", "r2", "规则 1 "),
    (["5", "7", "-"], "UNIQUE", "r3", "规则 1、2 "),
    (["< 5", ">= 5", "[1..9]"], "UNIQUE", "r3", "规则 1、2 "),
]


@pytest.mark.parametrize(("rules", "policy", "element", "words"), NEVER)
def test_a_rule_that_others_leave_nothing_is_told(
    rules: list[Any], policy: str, element: str, words: str
) -> None:
    (problem,) = _told(rules, policy)
    assert (problem.rule, problem.element, problem.severity) == ("dmn-never", element, "error")
    assert words in problem.message


def test_the_one_rule_that_suffices_is_named_alone() -> None:
    (problem,) = _told(["[1..3]", "[2..9]", "[2..5]"])
    assert "前面的规则 2 中" in problem.message


REPEATED: list[tuple[list[Any], str]] = [
    (["5", "5.0"], ""),
    (["1, 2", "2.0, 1"], ""),
    (["> 3", ">= 4"], "integer"),
    (["[1..3]", "1, 2, 3"], "integer"),
    (["> 2.5", ">= 2.5"], "integer"),
    (["'a'", '"a"'], ""),
    (["not(< 5)", ">= 5"], ""),
    (["a + 1", "a+1"], ""),
]


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST"])
@pytest.mark.parametrize(("rules", "kind"), REPEATED)
def test_a_rule_that_means_the_same_as_another_is_a_repetition(
    rules: list[Any], kind: str, policy: str
) -> None:
    assert _codes(_told(rules, policy, kind)) == [("dmn-duplicate-rule", "r2")]


@pytest.mark.parametrize(
    ("rules", "policy"),
    [
        (["> 5", "> 3"], "FIRST"),
        (["< 5", ">= 5", "-"], "FIRST"),  # nothing, or a text, may come in
        (["true", "false", "-"], "FIRST"),
        (["5", "-"], "FIRST"),
        (["a + 1", "6"], "FIRST"),
        ([("> 3", '"x"'), ("> 5", "-")], "FIRST"),
        ([("> 3", '"x"'), ("> 5", '"y"')], "UNIQUE"),
        (["[1..5)", "[5..9]"], "UNIQUE"),
        (["5", "5.0", "> 1"], "COLLECT"),
        (['"a"', 'not("a")'], "UNIQUE"),
        (['"none"', "> 5"], "FIRST"),
    ],
)
def test_rules_that_may_apply_pass(rules: list[Any], policy: str) -> None:
    assert _told(rules, policy) == []


@pytest.mark.parametrize(
    ("rules", "policy", "element"),
    [
        (["> 5", '"none"'], "FIRST", "r2"),
        (["> 5", "null"], "FIRST", "r2"),
        (['"none"', "> 5"], "UNIQUE", "r1"),
        (['"none"', "> 5"], "COLLECT", "r1"),
        ([('"x"', "> 5"), ('"x"', "null")], "FIRST", "r2"),
    ],
)
def test_a_value_that_another_rule_fails_at_is_told(rules: list[Any], policy: str, element: str) -> None:
    (problem,) = _told(rules, policy)
    assert (problem.rule, problem.element) == ("dmn-never", element)
    assert "遇到这里的值就会出错" in problem.message


def test_a_value_that_comes_before_the_comparison_in_its_cell_fails_at_nothing() -> None:
    assert _codes(_told(['"a"', '"a", > 5'], "UNIQUE")) == [("dmn-never", "r2")]


def test_numbers_and_texts_are_not_ordered_in_one_column() -> None:
    assert _codes(_told(["> 5", '> "a"'])) == [("dmn-never", "r2")]
    assert _codes(_told(["> 5", '> "a"'], "UNIQUE")) == [("dmn-never", "r1"), ("dmn-never", "r2")]
    assert _told([('"x"', "> 5"), ('"y"', '> "a"')]) == []


def test_a_value_that_no_rule_fails_at_passes() -> None:
    assert _told([('"x"', "> 5"), ('"y"', "null")]) == []


def test_rules_that_overlap_are_a_warning_with_an_example() -> None:
    (problem,) = _told(["[1..5]", "[5..9]"], "UNIQUE")
    assert (problem.rule, problem.element, problem.severity) == ("dmn-overlap", "r2", "warning")
    assert "“in_a”为 5 时" in problem.message
    assert (
        len(
            read_tables(
                safe_xml.parse_xml(_table([("[1..5]",), ("[5..9]",)], "UNIQUE"), name="t.dmn"), "t.dmn"
            )[0]
        )
        == 1
    )
    (problem,) = _told([("< 5", "-"), ("(1..9)", '"x"')], "UNIQUE")
    assert '“in_a”为大于 1、小于 5、“in_b”为 "x" 时' in problem.message


def test_a_cause_is_told_once() -> None:
    assert _codes(_told(["> 3", "(7..7)"])) == [("dmn-never", "r2")]
    assert _codes(_told(["0x10", "16"])) == [("dmn-unary-test", "r1")]


def test_large_tables_are_compared_as_far_as_it_is_cheap() -> None:
    rules = [f"{number}" for number in range(1_000)]
    assert _told(rules) == []
    assert _codes(_told([*rules, "7.0"])) == [("dmn-duplicate-rule", "r1001")]
    assert _codes(_told([*rules[:300], "[7..8]", "7, 8"])) == [("dmn-never", "r302")]
    assert _codes(_told([*rules, "7, 8"])) == [("dmn-never", "r1001")]
    many = [f"{number}" for number in range(2_050)]
    assert _codes(_told([*many, "7, 8", "2040, 2041"])) == [("dmn-never", "r2051")]
    within = [f">= {number}" for number in range(300, 0, -1)]  # each meets all others
    assert _told([*within, "> 9"]) == []
    assert _codes(_told([*within[-50:], "> 9"])) == [("dmn-never", "r51")]


CELLS = [
    "-",
    "1",
    "2.0",
    "< 2",
    "> 1",
    "[1..2]",
    "(1..2)",
    "not(1)",
    "not(< 2)",
    "1, 3",
    '"a"',
    '> "a"',
    "null",
    "not(true)",
]
SAMPLES = [0, 1, 1.5, 2, 2.5, 3, 4, "", "a", "b", True, False, None, [1]]


def _holding(rule: tuple[str, ...], facts: tuple[Any, ...]) -> bool:
    try:
        return all(compile_cell(cell).holds(value, {}) for cell, value in zip(rule, facts, strict=True))
    except Fault:
        return False


def _found(rules: list[tuple[str, ...]], policy: str) -> Iterator[int]:
    (table,) = load_tables(_table(rules, policy), name="t.dmn")
    for facts in product(SAMPLES, repeat=len(rules[0])):
        with contextlib.suppress(DecisionError):
            found = evaluate_table(table, dict(zip("abc", facts, strict=False)))["y"]
            yield from found if policy == "COLLECT" else [found]


columns = st.integers(1, 2).flatmap(
    lambda width: st.lists(st.tuples(*[st.sampled_from(CELLS)] * width), min_size=2, max_size=5)
)


@settings(max_examples=150, deadline=None)
@given(columns, st.sampled_from(["FIRST", "UNIQUE", "COLLECT"]))
def test_what_is_told_is_true(rules: list[tuple[str, ...]], policy: str) -> None:
    told = {
        int(problem.element[1:])
        for problem in _told(rules, policy)
        if problem.element and problem.severity == "error" and "包括了" not in problem.message
    }
    assert not told & set(_found(rules, policy))


@settings(max_examples=150, deadline=None)
@given(columns)
def test_nothing_is_left_out(rules: list[tuple[str, ...]]) -> None:
    told = {problem.element for problem in _told(rules)}
    for number, rule in enumerate(rules):
        taken = [facts for facts in product(SAMPLES, repeat=len(rule)) if _holding(rule, facts)]
        if all(any(_holding(earlier, facts) for earlier in rules[:number]) for facts in taken):
            assert f"r{number + 1}" in told
