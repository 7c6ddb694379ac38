"""Decision tables: conditions, hit policies, storing, and what the linter says about them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.engine.decisions import (
    DecisionError,
    Table,
    evaluate_table,
    parse_tables,
    table_from_plain,
    table_to_plain,
)
from workflows.engine.decisions.model.unary import compile_cell
from workflows.engine.expressions import ExpressionError
from workflows.engine.expressions.faults import Fault
from workflows.engine.source.problems import LintProblem, LintRefused

RULES = Path(__file__).parents[3] / "workflows" / "library" / "rules"
NAMESPACES = {
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
}


def column(kind: str, name: str, text: str, type_of: str = "") -> str:
    """An input or output column."""
    typed = f' typeRef="{type_of}"' if type_of else ""
    if kind == "output":
        return f'<output id="{name}" name="{text}"{typed}/>'
    question = f"<inputExpression{typed}><text>{escape(text)}</text></inputExpression>"
    return f'<input id="{name}" label="{name}">{question}</input>'


def row(name: str, tests: list[str], results: list[str]) -> str:
    """A rule."""
    cells = "".join(f"<inputEntry><text>{escape(text)}</text></inputEntry>" for text in tests)
    cells += "".join(f"<outputEntry><text>{escape(text)}</text></outputEntry>" for text in results)
    return f'<rule id="{name}">{cells}</rule>'


def drawn(body: str, *, policy: str | None = "UNIQUE", extra: str = "", inside: str = "") -> bytes:
    """A file with one table."""
    hit = f" hitPolicy={quoteattr(policy)}" if policy else ""
    return (
        f'<definitions xmlns="{NAMESPACES["1.3"]}" id="d" name="d" namespace="n">{extra}'
        f'<decision id="route" name="路线">{inside}<decisionTable id="t"{hit}>{body}'
        "</decisionTable></decision></definitions>"
    ).encode()


def table_of(rules: list[tuple[str, str]], policy: str = "UNIQUE") -> Table:
    """A table of one input x and one output y."""
    body = column("input", "in", "x") + column("output", "out", "y")
    body += "".join(row(f"r{number}", [test], [result]) for number, (test, result) in enumerate(rules, 1))
    (table,) = parse_tables(drawn(body, policy=policy), name="rules.dmn")
    return table


def problems_of(source: bytes) -> list[LintProblem]:
    with pytest.raises(LintRefused) as caught:
        parse_tables(source, name="rules.dmn")
    assert all(
        problem.file == "rules.dmn" and problem.message.endswith("。") for problem in caught.value.problems
    )
    return caught.value.problems


CELLS: list[tuple[str, list[Any], list[Any]]] = [
    ("", [1, "a", None, True], []),
    ("-", [1, "a", None, True], []),
    (" - ", [1, None], []),
    ('"a"', ["a"], ["b", "", None, 1]),
    ('"a","b"', ["a", "b"], ["c", "a,b"]),
    ('"a" , "b"', ["a", "b"], ["c"]),
    ('"a,b"', ["a,b"], ["a", "b"]),
    ("'a'", ["a"], ["b"]),
    ('"[1..2]"', ["[1..2]"], ["1"]),
    ("5", [5, 5.0], [4, "5", True]),
    ("-5", [-5], [5]),
    ("1, 2.5", [1, 2.5], [2, True]),
    ("1.5", [1.5], [15, 1]),
    ("true", [True], [False, 1]),
    ("false", [False], [True, 0, None]),
    ("null", [None], [0, "", False]),
    ("[1, 2]", [1, 2], [3]),
    ('["a", "b"], "c"', ["a", "b", "c"], ["d"]),
    ("max(1, 2), 7", [2, 7], [1]),
    ("limit", [10], [9]),
    ("limit + 1", [11], [10]),
    ('not("a")', ["b", None, ""], ["a"]),
    ('not ("a", "b")', ["c"], ["a", "b"]),
    ("not([1..5])", [0, 6], [1, 5]),
    ("not([1..5))", [5], [1]),
    ("not(]1..5[)", [1, 5], [3]),
    ("not(< 5)", [5], [4]),
    ("[1..5]", [1, 3, 5], [0, 6, 0.999]),
    ("(1..5)", [1.001, 4], [1, 5]),
    ("]1..5[", [2, 4], [1, 5]),
    ("[1..5)", [1, 4], [5]),
    ("[1..5[", [1, 4], [5]),
    ("(1..5]", [5], [1]),
    ("]1..5]", [5], [1]),
    ("[1.5..2.5]", [1.5, 2, 2.5], [1.4, 2.6]),
    ("[-5..-1]", [-5, -1], [0, -6]),
    ("[limit..limit * 2]", [10, 20], [9, 21]),
    ('["2026-01-01".."2026-06-30"]', ["2026-03-01"], ["2025-12-31", "2026-07-01"]),
    ("[1..2], [5..6]", [1, 6], [3, 7]),
    ("]1..3[, 9", [2, 9], [1, 3]),
    ("[1..2), > 10, 5", [1, 11, 5], [2, 10]),
    ("< 60", [59, 59.9], [60, 61]),
    ("<60", [59], [60]),
    ("<= 60", [60], [60.1]),
    ("> limit", [11], [10]),
    (">= 60", [60], [59]),
    ("< -1", [-2], [-1]),
    ('>= "b"', ["b", "c"], ["a"]),
]


@pytest.mark.parametrize(("cell", "matching", "others"), CELLS)
def test_conditions(cell: str, matching: list[Any], others: list[Any]) -> None:
    holds = compile_cell(cell).holds
    assert [value for value in matching if not holds(value, {"limit": 10})] == []
    assert [value for value in others if holds(value, {"limit": 10})] == []


@pytest.mark.parametrize(
    "cell",
    [
        ",",
        '"a",',
        ',"a"',
        '"a',
        "a b",
        "[1..",
        "[1..5",
        "1..5",
        "[5..1]",
        '["a"..3]',
        "[..5]",
        "[1..]",
        "< ",
        "<> 5",
        "= 5",
        "== 5",
        "!= 5",
        "x > 5",
        "x == 5",
        "true or false",
        "not x",
        "not()",
        'not("a"), "b"',
        "not(-)",
        "< x > 3",
        "date(1)",
        "a.b",
        "[x for x in y]",
        "“a”",
        "＞5",
        '"a\\"b"',
        "9" * 3000,
        "(" * 300 + "1" + ")" * 300,
    ],
)
def test_refuses_a_condition(cell: str) -> None:
    with pytest.raises(ExpressionError):
        compile_cell(cell)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="[]()<>=.,-not\"'a15 ", max_size=25), st.sampled_from([1, "a", None, True]))
def test_any_condition_holds_or_not_or_is_refused(cell: str, value: Any) -> None:
    try:
        found = compile_cell(cell).holds(value, {"a": 1, "n": 2, "o": 3, "t": 4, "not": 5})
    except (ExpressionError, Fault):
        return
    assert isinstance(found, bool)


@settings(max_examples=100, deadline=None)
@given(
    st.integers(-9, 9),
    st.integers(-9, 9),
    st.sampled_from("[(]"),
    st.sampled_from("])["),
    st.integers(-12, 12),
)
def test_ranges_agree_with_arithmetic(low: int, high: int, opening: str, closing: str, value: int) -> None:
    low, high = min(low, high), max(low, high)
    above = value >= low if opening == "[" else value > low
    below = value <= high if closing == "]" else value < high
    cell = f"{opening}{low}..{high}{closing}"
    assert compile_cell(cell).holds(value, {}) is (above and below)
    assert compile_cell(f"not({cell})").holds(value, {}) is not (above and below)


def test_unique_gives_the_only_match() -> None:
    table = table_of([('"a"', '"one"'), ('"b"', '"two"')])
    assert evaluate_table(table, {"x": "b"}) == {"y": "two"}


def test_unique_refuses_an_overlap_with_the_rule_numbers() -> None:
    table = table_of([('"a", "b"', "1"), ('"c"', "2"), ('"a", "d"', "3")])
    with pytest.raises(DecisionError, match="规则 1、3 同时适用") as caught:
        evaluate_table(table, {"x": "a"})
    assert (caught.value.table, caught.value.rules) == ("route", (1, 3))


@pytest.mark.parametrize("policy", ["UNIQUE", "FIRST"])
def test_no_match_is_an_error(policy: str) -> None:
    with pytest.raises(DecisionError, match="没有适用的规则") as caught:
        evaluate_table(table_of([('"a"', "1")], policy), {"x": "z"})
    assert (caught.value.table, caught.value.rules) == ("route", ())


def test_first_takes_the_first_match() -> None:
    table = table_of([("> 5", "1"), ("> 3", "2"), ("-", "3")], "FIRST")
    assert [evaluate_table(table, {"x": x})["y"] for x in (9, 4, 1)] == [1, 2, 3]


def test_collect_lists_all_matches_in_order() -> None:
    table = table_of([("-", "1"), ("> 3", "2"), ("> 5", "3")], "COLLECT")
    assert [evaluate_table(table, {"x": x})["y"] for x in (9, 4, 1)] == [[1, 2, 3], [1, 2], [1]]


def test_collect_without_a_match_is_an_empty_list() -> None:
    assert evaluate_table(table_of([('"a"', "1")], "COLLECT"), {"x": "z"}) == {"y": []}


def test_several_inputs_and_outputs() -> None:
    body = column("input", "a", "a") + column("input", "b", "b * 2") + column("output", "c", "c")
    body += (
        column("output", "d", "d")
        + row("r1", ["1", "-"], ['"x"', "a + b"])
        + row("r2", ["2", "> 9"], ["[a]", "true"])
    )
    (table,) = parse_tables(drawn(body), name="rules.dmn")
    assert evaluate_table(table, {"a": 1, "b": 4}) == {"c": "x", "d": 5}
    assert evaluate_table(table, {"a": 2, "b": 5}) == {"c": [2], "d": True}


def test_unique_is_the_default_policy() -> None:
    body = column("input", "in", "x") + column("output", "out", "y") + row("r", ["-"], ["1"])
    (table,) = parse_tables(drawn(body, policy=None), name="rules.dmn")
    assert table.hit_policy == "UNIQUE"


def test_a_missing_fact_names_the_input() -> None:
    with pytest.raises(DecisionError, match="得不到“in”"):
        evaluate_table(table_of([("-", "1")]), {})


def test_a_fact_of_the_wrong_kind_names_the_rule() -> None:
    with pytest.raises(DecisionError, match="规则 2 无法计算") as caught:
        evaluate_table(table_of([('"a"', "1"), ("> 5", "2")], "FIRST"), {"x": "z"})
    assert caught.value.rules == (2,)


def test_a_failing_result_names_the_rule() -> None:
    with pytest.raises(DecisionError, match="规则 1 无法计算") as caught:
        evaluate_table(table_of([("-", "1 / x")]), {"x": 0})
    assert caught.value.rules == (1,)


@pytest.mark.parametrize("version", NAMESPACES)
def test_reads_both_versions_of_dmn(version: str) -> None:
    body = column("input", "in", "x") + column("output", "out", "y") + row("r", ["1"], ["2"])
    source = drawn(body).replace(NAMESPACES["1.3"].encode(), NAMESPACES[version].encode())
    (table,) = parse_tables(source, name="rules.dmn")
    assert evaluate_table(table, {"x": 1}) == {"y": 2}


def library_tables() -> list[Table]:
    return [
        table
        for path in sorted(RULES.glob("*.dmn"))
        for table in parse_tables(path.read_bytes(), name=path.name)
    ]


def test_tables_survive_storing() -> None:
    tables = library_tables()
    assert len(tables) >= 5
    for table in tables:
        assert table_from_plain(json.loads(json.dumps(table_to_plain(table)))) == table
        assert (
            table_from_plain(msgspec.msgpack.decode(msgspec.msgpack.encode(table_to_plain(table)))) == table
        )


@pytest.mark.parametrize(
    ("key", "facts", "found"),
    [
        ("authority_level", {"kind": "junior", "province": "130000"}, {"level": "city"}),
        ("authority_level", {"kind": "junior", "province": "330000"}, {"level": "county"}),
        ("authority_level", {"kind": "higher", "province": "130000"}, {"level": "province"}),
        ("putonghua_level", {"score": 100}, {"level": "1A"}),
        ("putonghua_level", {"score": 96.9}, {"level": "1B"}),
        ("putonghua_level", {"score": 92}, {"level": "1B"}),
        ("putonghua_level", {"score": 86.9}, {"level": "2B"}),
        ("putonghua_level", {"score": 59.9}, {"level": "none"}),
        ("review_route", {"kind": "higher", "exam_route": "national_exam"}, {"route": "experts"}),
        ("review_route", {"kind": "senior", "exam_route": "normal_student"}, {"route": "standard"}),
        (
            "required_checks",
            {"kind": "primary", "document_kind": "hkm_pass"},
            {"checks": ["offence", "restriction", "certificate_history"]},
        ),
    ],
)
def test_the_rules_of_the_library(key: str, facts: dict[str, Any], found: dict[str, Any]) -> None:
    table = next(table for table in library_tables() if table.key == key)
    answer = evaluate_table(table, facts)
    assert {name: answer[name] for name in found} == found


@given(st.integers(0, 1000).map(lambda tenths: tenths / 10))
@settings(max_examples=100, deadline=None)
def test_every_score_has_exactly_one_level(score: float) -> None:
    table = next(table for table in library_tables() if table.key == "putonghua_level")
    assert set(evaluate_table(table, {"score": score})) == {"level"}


IN, OUT, ROW = column("input", "in", "x"), column("output", "out", "y"), row("r1", ["-"], ["1"])

REFUSED: list[tuple[str, bytes, str, str | None]] = [
    ("rule order", drawn(IN + OUT + ROW, policy="RULE ORDER"), "dmn-hit-policy", "route"),
    ("priority", drawn(IN + OUT + ROW, policy="PRIORITY"), "dmn-hit-policy", "route"),
    ("any", drawn(IN + OUT + ROW, policy="ANY"), "dmn-hit-policy", "route"),
    ("output order", drawn(IN + OUT + ROW, policy="OUTPUT ORDER"), "dmn-hit-policy", "route"),
    (
        "aggregation",
        drawn(IN + OUT + ROW).replace(b'hitPolicy="UNIQUE"', b'hitPolicy="COLLECT" aggregation="SUM"'),
        "dmn-aggregation",
        "route",
    ),
    ("no output", drawn(IN + row("r1", ["-"], [])), "dmn-missing-output", "route"),
    ("empty result", drawn(IN + OUT + row("r1", ["-"], [""])), "dmn-missing-output", "r1"),
    ("result left out", drawn(IN + OUT + row("r1", ["-"], [])), "dmn-missing-output", "r1"),
    ("condition left out", drawn(IN + OUT + row("r1", [], ["1"])), "dmn-columns", "r1"),
    ("output without name", drawn(IN + '<output id="out"/>' + ROW), "dmn-output-name", "out"),
    (
        "output with a label as name",
        drawn(IN + column("output", "out", "a b") + ROW),
        "dmn-output-name",
        "out",
    ),
    (
        "outputs of one name",
        drawn(IN + OUT + column("output", "out2", "y") + row("r1", ["-"], ["1", "2"])),
        "dmn-output-name",
        "route",
    ),
    ("no rules", drawn(IN + OUT), "dmn-no-rules", "route"),
    ("bad condition", drawn(IN + OUT + row("r1", ["= 5"], ["1"])), "dmn-unary-test", "r1"),
    ("a whole comparison", drawn(IN + OUT + row("r1", ["x > 5"], ["1"])), "dmn-unary-test", "r1"),
    ("forgotten quotes", drawn(IN + OUT + row("r1", ["higher"], ["1"])), "dmn-unknown-name", "r1"),
    (
        "forgotten quotes in a result",
        drawn(IN + OUT + row("r1", ["-"], ["higher"])),
        "dmn-unknown-name",
        "r1",
    ),
    ("bad result", drawn(IN + OUT + row("r1", ["-"], ["a.b"])), "dmn-expression", "r1"),
    ("bad input", drawn(column("input", "in", "x.y") + OUT + ROW), "dmn-expression", "in"),
    ("empty input", drawn('<input id="in" label="x"/>' + OUT + ROW), "dmn-expression", "in"),
    (
        "a number in quotes",
        drawn(column("input", "in", "x", "number") + OUT + row("r1", ['"5"'], ["1"])),
        "dmn-type",
        "r1",
    ),
    (
        "a text without quotes",
        drawn(column("input", "in", "x", "string") + OUT + row("r1", ["5"], ["1"])),
        "dmn-type",
        "r1",
    ),
    (
        "another language",
        drawn(IN.replace("<inputExpression", '<inputExpression expressionLanguage="juel"') + OUT + ROW),
        "dmn-language",
        "in",
    ),
    (
        "literal expression",
        f'<definitions xmlns="{NAMESPACES["1.3"]}" id="d"><decision id="e">'
        '<literalExpression id="l"><text>1</text></literalExpression></decision></definitions>'.encode(),
        "dmn-element-not-allowed",
        "l",
    ),
    (
        "knowledge model",
        drawn(IN + OUT + ROW, extra='<businessKnowledgeModel id="bkm" name="b"/>'),
        "dmn-element-not-allowed",
        "bkm",
    ),
    (
        "a decision that needs another",
        drawn(
            IN + OUT + ROW,
            inside='<informationRequirement><requiredDecision id="q" href="#o"/></informationRequirement>',
        ),
        "dmn-element-not-allowed",
        "q",
    ),
    (
        "allowed values of an output",
        drawn(IN + OUT.replace("/>", '><outputValues id="v"><text>1</text></outputValues></output>') + ROW),
        "dmn-element-not-allowed",
        "v",
    ),
    ("no decision", f'<definitions xmlns="{NAMESPACES["1.3"]}" id="d"/>'.encode(), "dmn-no-decision", "d"),
    (
        "no table",
        f'<definitions xmlns="{NAMESPACES["1.3"]}" id="d"><decision id="e" name="e"/></definitions>'.encode(),
        "dmn-no-table",
        "e",
    ),
    ("not xml", b"nothing", "xml-malformed", None),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case[0])
def test_refuses_with_element_and_rule(case: tuple[str, bytes, str, str | None]) -> None:
    _, source, rule, element = case
    assert (rule, element) in [(problem.rule, problem.element) for problem in problems_of(source)]


def test_names_the_number_of_the_rule() -> None:
    (problem,) = problems_of(drawn(IN + OUT + ROW + row("r2", ["= 5"], ["1"])))
    assert "决策表“路线”（route）规则 2 的条件“in”" in problem.message


def test_reads_what_the_editor_adds() -> None:
    extra = '<inputData id="age" name="年龄"/><knowledgeSource id="law" name="条例"/><textAnnotation id="a"/>'
    inside = (
        '<variable id="v" name="route" typeRef="string"/><description>说明</description>'
        '<informationRequirement id="i"><requiredInput href="#age"/></informationRequirement>'
    )
    noted = '<annotation name="备注"/>'
    (table,) = parse_tables(drawn(IN + OUT + noted + ROW, extra=extra, inside=inside), name="rules.dmn")
    assert evaluate_table(table, {"x": 1}) == {"y": 1}
