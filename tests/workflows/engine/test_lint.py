"""The linter: one minimal diagram for each rule, naming rule and element; what editors write passes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from tests.workflows.engine.diagrams.drawing import (
    END,
    START,
    definitions,
    element,
    extended,
    flow,
    flows,
    operator,
    own,
    process,
    straight,
    timer,
    user,
)
from tests.workflows.engine.diagrams.library import around, library
from tests.workflows.engine.diagrams.passing import PASSING
from tests.workflows.engine.diagrams.pieces import PIECES
from tests.workflows.engine.diagrams.refused import ALSO, REFUSED
from tests.workflows.engine.diagrams.shapes import attached, body, choice, only
from workflows.engine.decisions import parse_tables
from workflows.engine.lint import lint_files
from workflows.engine.lint.meaning.timers import is_cycle, is_duration, is_moment
from workflows.engine.source.environment import Environment, OperationFacts
from workflows.engine.source.problems import LintProblem, build_from_exception, errors_in
from workflows.engine.state import specs

ENVIRONMENT = Environment(
    operations={
        "op": OperationFacts(
            parameters=frozenset({"case", "note"}), kind="inward", required=frozenset({"case"})
        )
    },
    forms=frozenset({"form"}),
    roles=frozenset({"clerk"}),
    processes=frozenset({"deployed"}),
    decisions=frozenset({"deployed_table"}),
    duties=frozenset({"deployed_duty"}),
    public_states=frozenset({"draft", "granted"}),
)


TABLE = (
    b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d"><decision id="table" name="t">'
    b'<decisionTable id="dt"><input id="i"><inputExpression><text>x</text></inputExpression></input>'
    b'<output id="o" name="y"/><rule id="r"><inputEntry><text>-</text></inputEntry>'
    b"<outputEntry><text>1</text></outputEntry></rule></decisionTable></decision></definitions>"
)


def found(source: bytes, environment: Environment = ENVIRONMENT) -> set[tuple[str, str | None]]:
    """Rule and element of every error."""
    problems = lint_files({"p.bpmn": source}, environment)
    assert all(problem.file == "p.bpmn" and problem.message.endswith("。") for problem in problems)
    return {(problem.rule, problem.element) for problem in errors_in(problems)}


@pytest.mark.parametrize("case", PASSING)
def test_passes(case: str) -> None:
    assert found(PASSING[case]) == set()


@pytest.mark.parametrize("case", PASSING)
def test_what_passes_is_read_by_the_engine(case: str) -> None:
    called = definitions(process(straight(user("task"), "task"), "deployed"))
    (table,) = parse_tables(TABLE.replace(b'id="table"', b'id="deployed_table"'), name="t.dmn")
    read = specs.parse_files([("p.bpmn", PASSING[case]), ("q.bpmn", called)], {table.key: table})
    assert set(read) == {"p", "deployed"}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case: str) -> None:
    source, rule, name = REFUSED[case]
    assert found(source) == {(rule, name)} | ALSO.get(case, set())


def messages_of(source: bytes) -> str:
    return "\n".join(problem.message for problem in lint_files({"p.bpmn": source}, ENVIRONMENT))


def test_names_the_element_by_kind_label_and_id() -> None:
    assert "用户任务“办理”（x）没有规定由谁办理，请填写属性 role" in messages_of(
        body(straight(user("x", role="")))
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            body(straight(element("userTask", "x", camunda__formKey="f"))),
            "这是 Camunda 的扩展，请改用属性 formKey",
        ),
        (body(straight(element("userTask", "x", camunda__asyncBefore="true"))), "引擎不会理会，请删去"),
        (
            only("serviceTask", extended("<zeebe:taskDefinition/>")),
            "这是 Camunda 8（Zeebe） 的扩展，请改用服务任务的操作",
        ),
        (
            body(straight(element("userTask", "x", flowable__assignee="a"))),
            "这是 Flowable 的扩展，请改用属性 assignTo",
        ),
        (choice(flow("x", "u", "${a == 1}"), flow("x", "v")), "Camunda、Flowable 的写法"),
        (choice(flow("x", "u", "a && b"), flow("x", "v")), "请用 and、or"),
        (choice(flow("x", "u", "= a"), flow("x", "v")), "请去掉开头的等号"),
        (choice(flow("x", "u", '=a = "b"'), flow("x", "v")), "请用两个等号，写成 ==。请去掉开头的等号"),
        (choice(flow("x", "u", 'a = "AND"'), flow("x", "v")), "比较是否相等请用两个等号，写成 =="),
        (choice(flow("x", "u", "a AND b"), flow("x", "v")), "AND 请写成小写的 and"),
        (choice(flow("x", "u", "Not a"), flow("x", "v")), "Not 请写成小写的 not"),
        (attached(timer("P14D")), "写成 'P14D'"),
        (body(straight(user("x", role="clrk"))), "角色 clrk 不存在，请选择已登记的角色。是不是“clerk”？"),
        (body(straight(user("x", formKey="from"))), "是不是“form”？可以用：form。"),
        (body(straight(user("x", publicState="drift"))), "是不是“draft”？可以用：draft、granted。"),
        (
            body(straight(element("serviceTask", "x", extended(operator("opp", case="case"))))),
            "是不是“op”？可以用：op。",
        ),
        (body(straight(element("callActivity", "x", calledElement="deploid"))), "是不是“deployed”？"),
    ],
)
def test_says_what_to_do(source: bytes, words: str) -> None:
    assert words in messages_of(source)


def warnings_of(source: bytes, environment: Environment = ENVIRONMENT) -> set[tuple[str, str | None]]:
    problems = lint_files({"p.bpmn": source}, environment)
    assert errors_in(problems) == []
    return {(problem.rule, problem.element) for problem in problems}


def test_warns_of_a_choice_without_default() -> None:
    source = choice(flow("x", "u", "a"), flow("x", "v", "b"), default="")
    assert warnings_of(source) == {("no-default", "x")}


def test_warns_of_a_task_without_name() -> None:
    source = body(straight(user("x").replace(' name="办理"', "")))
    assert warnings_of(source) == {("no-name", "x")}


def test_warns_of_what_is_not_in_the_picture_beside_what_is() -> None:
    source = body(straight(user("x")))
    assert warnings_of(source) == set()
    shapes = [f'<bpmndi:BPMNShape id="{one}_s" bpmnElement="{one}"/>' for one in ("s", "e")]
    edge = '<bpmndi:BPMNEdge id="flow" bpmnElement="s_x"/>'
    plane = f'<bpmndi:BPMNPlane id="plane" bpmnElement="p">{"".join(shapes)}{edge}</bpmndi:BPMNPlane>'
    picture = f'<bpmndi:BPMNDiagram id="picture">{plane}</bpmndi:BPMNDiagram></definitions>'
    drawn = source.replace(b"</definitions>", picture.encode())
    assert warnings_of(drawn) == {("not-drawn", "x"), ("not-drawn", "x_e")}


def test_many_known_names_are_not_listed() -> None:
    known = replace(ENVIRONMENT, roles=frozenset(f"post.{number:03}" for number in range(100)))
    (problem,) = lint_files({"p.bpmn": body(straight(user("x", role="post.0001")))}, known)
    assert "是不是“post." in problem.message
    assert "flask vocabulary" in problem.message
    assert "post.099" not in problem.message


def test_warns_of_an_escalation_that_nobody_catches() -> None:
    thrown = element("endEvent", "e", '<escalationEventDefinition escalationRef="late"/>')
    assert warnings_of(body(START, thrown, flows("s e"))) == {("uncaught", "e")}


def test_warns_where_a_way_just_stops_beside_an_end() -> None:
    source = body(straight(element("exclusiveGateway", "x", default="x_e")), user("y"), flow("x", "y", "a"))
    assert warnings_of(source) == {("implicit-end", "y")}


def test_warns_of_what_is_only_drawn() -> None:
    source = body(
        straight(user("x", '<ioSpecification/><dataInputAssociation id="io"/>')),
        element("dataObject", "o"),
        element("dataObjectReference", "r"),
        element("subProcess", "sub"),
        flows("sub e"),
    )
    assert found(source) == {("unreachable", "sub")}
    rules = {(one.rule, one.element) for one in lint_files({"p.bpmn": source}, ENVIRONMENT)}
    assert rules == {("unreachable", "sub"), ("data-object", "x"), ("data-object", "r"), ("empty", "sub")}


def test_warns_of_a_message_that_nobody_sends() -> None:
    environment = Environment(
        forms=frozenset({"form"}), roles=frozenset({"clerk"}), acts=frozenset({"other"})
    )
    assert warnings_of(body(straight(user("x"))), environment) == {("unknown-sender", "m")}


def test_development_lets_a_task_without_form_pass() -> None:
    source = body(straight(user("x", formKey="")))
    assert found(source, Environment(roles=frozenset({"clerk"}), production=False)) == set()


def test_any_public_state_passes_when_none_are_named() -> None:
    environment = Environment(forms=frozenset({"form"}), roles=frozenset({"clerk"}))
    assert found(body(straight(user("x", publicState="anything"))), environment) == set()


def test_files_know_each_other() -> None:
    caller = body(straight(element("callActivity", "x", calledElement="q")))
    rule = element("businessRuleTask", "y", extended(own("calledDecisionId", "table")))
    called = definitions(process(straight(rule, "y"), "q"))
    assert lint_files({"p.bpmn": caller, "q.bpmn": called, "t.dmn": TABLE}, ENVIRONMENT) == []


def test_refuses_calls_in_a_circle() -> None:
    sources = {
        f"{one}.bpmn": definitions(process(straight(element("callActivity", "x", calledElement=other)), one))
        for one, other in (("p", "q"), ("q", "r"), ("r", "p"))
    }
    rules = [(problem.file, problem.rule) for problem in lint_files(sources, ENVIRONMENT)]
    assert rules == [("p.bpmn", "recursive-call"), ("q.bpmn", "recursive-call"), ("r.bpmn", "recursive-call")]


def test_refuses_a_process_in_two_files() -> None:
    source = body(straight(user("x")))
    (problem,) = lint_files({"p.bpmn": source, "copy.bpmn": source}, ENVIRONMENT)
    assert (problem.file, problem.rule, problem.element) == ("copy.bpmn", "duplicate-process", "p")


def test_refuses_a_table_in_two_files() -> None:
    (problem,) = lint_files({"t.dmn": TABLE, "copy.dmn": TABLE}, ENVIRONMENT)
    assert (problem.file, problem.rule, problem.element) == ("copy.dmn", "duplicate-decision", "table")


IDLE = definitions(process(straight(user("x"))), element("process", "other", isExecutable="yes"))


@pytest.mark.found("E12")
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (attached(timer("'P5D'"), element("sendTask", "x")), {("message-throw", "x")}),
        (REFUSED["what an event sub-process holds"][0], {("event-sub-process", "es")}),
        (attached("<signalEventDefinition/>"), {("signal-event", "b")}),
        (IDLE.replace(b'"yes"', b'"false"'), {("not-executable", "other")}),
        (IDLE.replace(b'"yes"', b'"true"'), {("empty", "other")}),
    ],
    ids=["refused host", "event sub-process", "signal", "idle pool", "empty pool"],
)
def test_one_cause_is_one_problem(source: bytes, expected: set[tuple[str, str | None]]) -> None:
    problems = lint_files({"p.bpmn": source}, ENVIRONMENT)
    assert [(one.rule, one.element) for one in problems] == list(expected)


BOTH_TRUE = [
    ("n > 3", "n > 5", "n = 6"),
    ("a == 'x'", "a != 'y'", "a = 'x'"),
    ("a", "a or b", "a = True"),
    ("n == 1", "n >= 1 and m == 'x'", "n = 1"),
    ("n > 3", "n <= 3", ""),
    ("a == 'x'", "a == 'y'", ""),
    ("a == 'x' or (a == 'z' and b == 1)", "a == 'y' or (a == 'z' and b == 2)", ""),
    ("a", "not a", ""),
    ("a == 1", "b == 1", ""),
    ("plan['mode'] == 1", "plan['mode'] >= 1", ""),
]


@pytest.mark.found("E18")
@pytest.mark.parametrize(("one", "other", "witness"), BOTH_TRUE)
def test_tells_of_conditions_that_can_both_be_true(one: str, other: str, witness: str) -> None:
    gate = element("exclusiveGateway", "x", default="x_e")
    drawn = START + gate + user("u") + user("v") + END + flow("x", "u", one) + flow("x", "v", other)
    source = body(drawn, flows("s x", "x e", "u e", "v e"))
    told = {(problem.rule, problem.element) for problem in lint_files({"p.bpmn": source}, ENVIRONMENT)}
    assert told == ({("conditions-overlap", "x_v")} if witness else set())
    assert witness in messages_of(source)


@pytest.mark.found("E12")
@pytest.mark.parametrize("name", ["p.bpmn", "p.BPMN", "p.bpmn20.xml", "p.xml"])
def test_what_a_file_is_says_its_content(name: str) -> None:
    assert lint_files({name: body(straight(user("x"))), "t.xml": TABLE}, ENVIRONMENT) == []


@pytest.mark.found("E11")
@pytest.mark.parametrize("name", ["a/../b &lt;script&gt;", "1st", "a b"])
def test_the_id_of_a_process_can_stand_in_an_address(name: str) -> None:
    (problem,) = lint_files({"p.bpmn": definitions(process(straight(user("x")), name))}, ENVIRONMENT)
    assert problem.rule == "bad-id"


def test_one_unreadable_file_does_not_hide_the_others() -> None:
    sources = {"a.bpmn": b"<", "b.bpmn": body(straight(user("x", role=""))), "c.dmn": b"", "d.txt": b"<a/>"}
    rules = {(problem.file, problem.rule) for problem in lint_files(sources, ENVIRONMENT)}
    assert rules == {
        ("a.bpmn", "xml-malformed"),
        ("b.bpmn", "role-missing"),
        ("c.dmn", "xml-malformed"),
        ("d.txt", "xml-root"),
    }


def test_the_library_passes() -> None:
    sources = library()
    assert len(sources) >= 13
    assert lint_files(sources, around(sources)) == []


TIMES = [
    (is_duration, "P14D PT10M P1Y2M3DT4H5M6S P2W P0DT1S", "P PT P1DT P0D P1W2D 14D P1H P-1D P1.5D p1d"),
    (
        is_moment,
        "2026-06-30T17:00:00+08:00 2026-06-30T09:00:00Z",
        "2026-06-30 2026-06-30T17:00:00 2026-13-01T00:00:00Z P1D",
    ),
    (
        is_cycle,
        "R3/P2D R/PT1H R3/2026-06-30T17:00:00+08:00/P1D",
        "R3/P1D/2026-06-30T17:00:00+08:00 R0/P1D P2D R3 R3/ R3/P1D/P1D R3/2026-06-30T17:00:00/P1D"
        " R3/P1D/P1D/P1D",
    ),
]


@pytest.mark.parametrize(("accepts", "right", "wrong"), TIMES)
def test_fixed_times(accepts: Callable[[str], bool], right: str, wrong: str) -> None:
    assert [text for text in right.split() if not accepts(text)] == []
    assert [text for text in ["", *wrong.split()] if accepts(text)] == []


def test_a_refusal_of_the_parser_becomes_a_problem() -> None:
    node = etree.fromstring('<userTask id="x" name="办理"/>')
    problem = build_from_exception(ValidationException("not that", node, "p.bpmn"), file="other.bpmn")
    assert (problem.file, problem.element, problem.rule) == ("p.bpmn", "x", "parser-refused")
    assert "“办理”（x）" in problem.message
    assert "not that" in problem.message


def test_an_exception_of_the_parser_becomes_a_problem() -> None:
    problem = build_from_exception(KeyError("x"), file="p.bpmn")
    assert (problem.file, problem.element, problem.rule) == ("p.bpmn", None, "parser-refused")
    assert "p.bpmn" in problem.message


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14))
def test_any_drawing_gives_problems_and_never_an_exception(pieces: list[str]) -> None:
    problems = lint_files({"p.bpmn": definitions(process("".join(pieces)))}, ENVIRONMENT)
    assert all(isinstance(problem, LintProblem) and problem.message for problem in problems)
