"""Slips that would decide silently: texts side by side, cells that never match, rules that repeat another."""

from __future__ import annotations

import pytest

from tests.workflows.engine.diagrams.drawing import flow
from tests.workflows.engine.diagrams.shapes import choice, only
from tests.workflows.engine.test_decisions import column, drawn, problems_of, row
from tests.workflows.engine.test_lint import found
from workflows.engine.decisions import parse_tables
from workflows.engine.decisions.unary import compile_cell
from workflows.engine.expressions import ExpressionError, compile_expression, compile_script

pytestmark = pytest.mark.found("E8")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('"BMW" "Audi"', 7),
        ('x in ["a" "b"]', 11),
        ("x == 'a' 'b'", 10),
        ('get(x, "a""b")', 11),
        ("'It''s'", 5),
        ('"""a"""', 1),
        ('"甲" "乙"', 5),
        ('x == ("a"\n"b")', 1),
    ],
)
def test_texts_side_by_side_are_refused_with_their_place(text: str, place: int) -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text)
    assert caught.value.column == place
    assert f"第 {place} 列" in caught.value.sentence


@pytest.mark.parametrize(
    "text", ['["a", "b"]', '"a" + "b"', '"" == ""', '"a" if x else "b"', "'' in ['', '']"]
)
def test_texts_that_are_apart_pass(text: str) -> None:
    compile_expression(text)


def test_a_script_with_texts_side_by_side_is_refused_in_its_line() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_script('x = "a"\ny = "a" "b"')
    assert (caught.value.line, caught.value.column) == (2, 9)
    assert len(compile_script('x = "a"\ny = "b"').assignments) == 2


def test_diagrams_name_the_element_with_texts_side_by_side() -> None:
    assert found(choice(flow("x", "u", 'a in ["a" "b"]'), flow("x", "v"))) == {("expression", "x_u")}
    assert found(only("scriptTask", "<script>a = 'b' 'c'</script>")) == {("expression", "x")}


@pytest.mark.parametrize(
    "cell", ['"BMW" "Audi"', '""BMW""', '"BMW""', '"a""b"', 'not("b" "c")', '["a" "b".."c"]']
)
def test_cells_with_a_missing_comma_or_a_doubled_quote_are_refused(cell: str) -> None:
    with pytest.raises(ExpressionError):
        compile_cell(cell)
    (problem,) = problems_of(_one_column([cell], "string"))
    assert (problem.rule, problem.element) == ("dmn-unary-test", "r1")


def _one_column(cells: list[str], kind: str = "", policy: str = "FIRST") -> bytes:
    body = column("input", "in", "x", kind) + column("output", "out", "y")
    body += "".join(row(f"r{number}", [cell], ["1"]) for number, cell in enumerate(cells, 1))
    return drawn(body, policy=policy)


NEVER = [
    (['>= "2026-5-1"'], "", "dmn-date", "r1"),
    (['>= "2026-05-01"', '"2026/5/2"'], "", "dmn-date", "r2"),
    (['["2026-02-01".."2026-02-30"]'], "string", "dmn-date", "r1"),
    (['< "2026年5月1日"'], "string", "dmn-date", "r1"),
    (['"soon"'], "date", "dmn-date", "r1"),
    (['not("2026-13-01")'], "date", "dmn-date", "r1"),
    (['>= "2026-05-01 10:00"'], "dateTime", "dmn-date", "r1"),
    (['> "60"'], "number", "dmn-type", "r1"),
    (["> 5"], "date", "dmn-type", "r1"),
    ([">= 2026-5-1"], "date", "dmn-type", "r1"),
    (["[20260501..20260601]"], "dateTime", "dmn-type", "r1"),
    (["true"], "date", "dmn-type", "r1"),
    (['"60"'], "integer", "dmn-type", "r1"),
    (["60"], "string", "dmn-type", "r1"),
    (['"true"'], "boolean", "dmn-type", "r1"),
    (["> 5", '> "a"'], "", "dmn-never", "r2"),
    (["< true"], "", "dmn-never", "r1"),
    (["> null"], "", "dmn-never", "r1"),
    (["(5..5]"], "", "dmn-never", "r1"),
    (["]1..2["], "integer", "dmn-never", "r1"),
    (["2.5"], "integer", "dmn-never", "r1"),
    (['"a", "b"', "'b','a'"], "string", "dmn-duplicate-rule", "r2"),
    (["-", '"a"'], "", "dmn-never", "r2"),
]


@pytest.mark.parametrize(("cells", "kind", "rule", "element"), NEVER)
def test_a_cell_that_can_never_match_is_a_problem(
    cells: list[str], kind: str, rule: str, element: str
) -> None:
    told = {(problem.rule, problem.element) for problem in problems_of(_one_column(cells, kind))}
    assert told == {(rule, element)}


def test_an_empty_range_is_a_problem() -> None:
    assert [problem.element for problem in problems_of(_one_column(["[5..3]"]))] == ["r1"]


def test_a_rule_that_repeats_another_is_a_problem_where_one_is_wanted() -> None:
    (problem,) = problems_of(_one_column(["1", "1"], policy="UNIQUE"))
    assert (problem.rule, problem.element) == ("dmn-duplicate-rule", "r2")
    assert "规则 1 完全相同" in problem.message
    assert len(parse_tables(_one_column(["1", "1"], policy="COLLECT"), name="t.dmn")) == 1


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (['>= "2026-05-01"', '< "2026-05-01"', "-"], "date"),
        (['"2026-05-01T10:00:00+08:00"'], "dateTime"),
        (['"1.2.3"', '"10-12-2020-x"'], "string"),
        (["[1..1]", "(1..3)", "> 7"], "integer"),
        (["2.5", "(1..2)"], "number"),
        (["5", '"a"'], ""),
        (['not("a")', '"a"'], "string"),
        (['>= "2026-05"'], "string"),
    ],
)
def test_cells_that_can_match_pass(cells: list[str], kind: str) -> None:
    assert len(parse_tables(_one_column(cells, kind), name="t.dmn")) == 1


def test_a_result_against_its_type_is_a_problem() -> None:
    body = column("input", "in", "x") + column("output", "out", "y", "number") + row("r1", ["-"], ['"a"'])
    assert [(problem.rule, problem.element) for problem in problems_of(drawn(body))] == [("dmn-type", "r1")]
