"""Slips that would decide silently: texts side by side, cells that never match, rules that repeat another."""

from __future__ import annotations

import pytest

from tests.workflows.engine.diagrams.drawing import flow
from tests.workflows.engine.diagrams.shapes import choice, only
from tests.workflows.engine.test_decisions import column, drawn, problems_of, row
from tests.workflows.engine.test_lint import found
from workflows.engine.decisions import evaluate_table, load_tables, parse_tables
from workflows.engine.decisions.model.unary import compile_cell
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
    ([">= 2026-5-1"], "date", "dmn-date", "r1"),
    ([">= 2026-05-01"], "", "dmn-date", "r1"),
    (["2026/5/1"], "", "dmn-date", "r1"),
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
    (["[]"], "", "dmn-never", "r1"),
    (["not(< 5, >= 5)"], "", "dmn-never", "r1"),
    (['< ""'], "", "dmn-never", "r1"),
    (['> 5, "none"'], "", "dmn-never", "r1"),
    (['> "P9D"'], "dayTimeDuration", "dmn-never", "r1"),
    (["5"], "time", "dmn-type", "r1"),
    (["5 - 3"], "number", "dmn-calculation", "r1"),
    (["5-10"], "string", "dmn-calculation", "r1"),
    (["2026-5"], "date", "dmn-calculation", "r1"),
    (["TRUE"], "boolean", "dmn-unknown-name", "r1"),
    (['"2026-05-01T00:00:00"'], "date", "dmn-date", "r1"),
    (['>= "2026-05-01T00:00:00"'], "date", "dmn-date", "r1"),  # as texts, the day itself is before it
    (['"2026-05-01"'], "dateTime", "dmn-date", "r1"),
    (['"25:00:00"'], "time", "dmn-date", "r1"),
    (['< "9:30"'], "time", "dmn-date", "r1"),
    (['"9 days"'], "dayTimeDuration", "dmn-date", "r1"),
    (['"P"'], "days and time duration", "dmn-date", "r1"),
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
        (['>= "2026-05-01"', '< "2026-05-01"'], "dateTime"),
        (['"1.2.3"', '"10-12-2020-x"'], "string"),
        (["[1..1]", "(1..3)", "> 7"], "integer"),
        (["2.5", "(1..2)"], "number"),
        (["5", '"a"'], ""),
        (['not("a")', '"a"'], "string"),
        (['>= "2026-05"'], "string"),
        (['"none", > 5'], ""),
        (["null, [1..2]"], "number"),
        (["not(> 5)"], "number"),
        (["1, 0", "[2,3]", "2023,2024"], "number"),
        ([".5", "1e3", "-5", "- 7", "[-1.5..-.5]"], "number"),
        (["max(1, 2)", "x + 1", "x / 2"], "number"),
        (['"P9D"'], "dayTimeDuration"),
        (['"10:00"', '< "23:59:59+08:00"'], "time"),
        (['"PT2H30M"'], "days and time duration"),
        (['"P1Y6M"'], "yearMonthDuration"),
        (['"5-10"', '"0x10"', '"1,000"'], "string"),
    ],
)
def test_cells_that_can_match_pass(cells: list[str], kind: str) -> None:
    assert len(parse_tables(_one_column(cells, kind), name="t.dmn")) == 1


def _asked(question: str, cell: str, kind: str = "") -> bytes:
    body = column("input", "in", question, kind) + column("output", "out", "y")
    return drawn(body + row("r1", [cell], ["1"]))


@pytest.mark.parametrize(
    ("question", "cell"),
    [
        ("x >= 18", '"yes"'),
        ("x >= 18", "1"),
        ("not x", '"true"'),
        ("x in [1, 2] and x < 2", '"true"'),
        ("len(x)", '"5"'),
        ("x - 1", '> "5"'),
        ("x + 1", '"5"'),
        ("abs(x) if x < 0 else 0", '"5"'),
        ('max(x, "a")', "5"),
        ("str(x)", "5"),
        ("any(x)", '"true"'),
    ],
)
def test_a_cell_that_an_input_s_expression_can_never_equal_is_a_problem(question: str, cell: str) -> None:
    (problem,) = problems_of(_asked(question, cell))
    assert (problem.rule, problem.element) == ("dmn-type", "r1")


@pytest.mark.parametrize(
    ("question", "kind", "cell"), [("x >= 18", "string", '"yes"'), ("len(x)", "string", '"5"')]
)
def test_an_input_that_is_never_of_its_type_is_a_problem(question: str, kind: str, cell: str) -> None:
    (problem,) = problems_of(_asked(question, cell, kind))
    assert (problem.rule, problem.element) == ("dmn-type", "in")


@pytest.mark.parametrize(
    ("question", "kind", "cell"),
    [
        ("x", "", '"5"'),
        ("x and y", "", '"5"'),
        ('x["a"]', "", "5"),
        ('get(x, "a", 5)', "", '"5"'),
        ("x >= 18", "boolean", "true"),
        ("x >= 18", "", "not(true)"),
        ("len(x)", "integer", "> 5"),
        ('x if x else "none"', "", "5"),
        ("max(x)", "", '"5"'),
        ("days(x)", "dayTimeDuration", '"P5D"'),
        ("null", "", '"a"'),
    ],
)
def test_a_cell_that_an_input_s_expression_may_equal_passes(question: str, kind: str, cell: str) -> None:
    assert len(parse_tables(_asked(question, cell, kind), name="t.dmn")) == 1


def test_a_result_against_its_type_is_a_problem() -> None:
    body = column("input", "in", "x") + column("output", "out", "y", "number") + row("r1", ["-"], ['"a"'])
    assert [(problem.rule, problem.element) for problem in problems_of(drawn(body))] == [("dmn-type", "r1")]


# A condition of one cell → what the sentence says to write instead.
MISREAD = [
    ("0x10", "请写成 16"),
    ("0b11", "请写成 3"),
    ("0o7", "请写成 7"),
    ("1_0", "请写成 10"),
    ("[0x1..0b11]", "请写成 1"),
    ("[1..05]", "请写成 5"),
    (">0x10", "请写成 16"),
    ("not(0x10)", "请写成 16"),
    ("1,000", "1000"),
    ("1.000,5", "1000.5"),
    ("5-10", "[5..10]"),
    ("10-5", "请直接写 5"),
    ("[5-3..9]", "请直接写 2"),
    ("--5", "请直接写 5"),
    ("-(-5)", "请直接写 5"),
    ("00", "请写成 0"),
    ("5/0", "除数为零"),
    ("1//0", "除数为零"),
    ("x / 0", "除数为零"),
    ("[1..5/0]", "除数为零"),
    ("5 % 3", "请直接写 2"),
    ("x + (5 - 3)", "请直接写 2"),
    ("5..10", "[下限..上限]"),
    ("5~10", "[下限..上限]"),
    ("5至10", "[下限..上限]"),
    ("≥5", ">="),
    ("True or x", "判断"),
    ('"高\u200b中"', "U+200B"),
    ('"高\u00a0中"', "U+00A0"),
]


@pytest.mark.parametrize(("cell", "words"), MISREAD)
def test_a_cell_that_people_read_differently_says_what_to_write(cell: str, words: str) -> None:
    (problem,) = problems_of(_one_column([cell], "number"))
    assert problem.element == "r1"
    assert "决策表“路线”（route）规则 1 的条件“in”" in problem.message
    assert words in problem.message


def _said(cell: str, kind: str) -> str:
    (problem,) = problems_of(_one_column([cell], kind))
    return problem.message


def test_what_to_write_follows_the_type_of_the_column() -> None:
    assert '写成 "5-10"。' in _said("5-10", "string")
    assert '日期请加英文引号，写成 "2026-05-01"' in _said("2026-5", "date")
    assert "[10..5]" not in _said("10-5", "number")
    assert "请写成 true。" in _said("TRUE", "boolean")
    assert "请加上英文引号。" in _said("yes", "string")
    assert "空列表" in _said("[]", "")


RESULTS = [
    ("1,000", "", "1000"),
    ("1.000,5", "number", "1000.5"),
    ("0x10", "", "请写成 16"),
    ("007", "", '"007"'),
    ("5/0", "", "除数为零"),
    ("x / 0", "number", "除数为零"),
    ("5-10", "", '"5-10"'),
    ("2026/5", "", '"2026/5"'),
    ("2026-5-1", "", '"2026-05-01"'),
    ('"a", "b"', "string", '["a", "b"]'),
    ("x, 1", "", "[x, 1]"),
    ('"a"', "number", "类型（number）"),
    ('"高\u202e"', "", "U+202E"),
]


@pytest.mark.parametrize(("result", "kind", "words"), RESULTS)
def test_a_result_that_people_read_differently_says_what_to_write(result: str, kind: str, words: str) -> None:
    body = column("input", "in", "x") + column("output", "out", "y", kind) + row("r1", ["-"], [result])
    (problem,) = problems_of(drawn(body))
    assert problem.element == "r1"
    assert "决策表“路线”（route）规则 1 的结果“y”" in problem.message
    assert words in problem.message
    assert "不会适用" not in problem.message  # that is said of conditions


@pytest.mark.parametrize(
    "result", ["24*60", "5 - 10", '["a", "b"]', "(1, 2)", "[100, 200]", "x / 2", "-5", '"1,000"']
)
def test_results_that_people_read_alike_pass(result: str) -> None:
    body = column("input", "in", "x") + column("output", "out", "y") + row("r1", ["-"], [result])
    assert len(parse_tables(drawn(body), name="t.dmn")) == 1


def test_a_condition_against_its_type_will_not_apply() -> None:
    (problem,) = problems_of(_one_column(['"60"'], "number"))
    assert '"60" 与该列的类型（number）不符，这条规则不会适用' in problem.message


@pytest.mark.parametrize(
    ("kind", "near"),
    [
        ("strnig", "string"),
        ("String", "string"),
        ("text", "string"),
        ("nubmer", "number"),
        ("int", "integer"),
        ("intger", "integer"),
        ("bool", "boolean"),
        ("Date", "date"),
        ("datetime", "dateTime"),
        ("decimal", "number"),
    ],
)
def test_an_unknown_type_is_refused_with_the_near_one(kind: str, near: str) -> None:
    assert f"{kind} 不存在，应是 {near}；" in problems_of(_one_column(["-"], kind))[0].message
    body = column("input", "in", "x") + column("output", "out", "y", kind) + row("r1", ["-"], ["1"])
    (problem,) = problems_of(drawn(body))
    assert (problem.rule, problem.element) == ("dmn-unknown-type", "out")
    assert f"应是 {near}；" in problem.message


def test_a_type_that_is_near_none_is_refused_with_those_there_are() -> None:
    (problem,) = problems_of(_one_column(["-"], "person"))
    assert (problem.rule, problem.element) == ("dmn-unknown-type", "in")
    assert "string、number" in problem.message


@pytest.mark.parametrize(
    "kind", ["string", "number", "long", "double", "date and time", "Any", "feel:number", "time"]
)
def test_known_types_pass(kind: str) -> None:
    assert len(parse_tables(_one_column(["-"], kind), name="t.dmn")) == 1


def test_a_table_that_is_deployed_already_is_read_as_it_was_accepted() -> None:
    source = _one_column(["0x10", "1_0", "5-10", "16.0"], "strnig")
    problems_of(source)
    (table,) = load_tables(source, name="t.dmn")
    assert [rule.tests for rule in table.rules] == [("0x10",), ("1_0",), ("5-10",), ("16.0",)]
    assert evaluate_table(table, {"x": 16}) == {"y": 1}
    assert evaluate_table(table, {"x": -5}) == {"y": 1}
