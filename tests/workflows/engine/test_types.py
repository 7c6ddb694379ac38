"""Values by type: whose case it is, timers, people, comparisons, and loops that never wait."""

from __future__ import annotations

import pytest

from models.processes.states import OperationKind
from tests.workflows.engine.diagrams.drawing import (
    END,
    START,
    boundary,
    definitions,
    element,
    extended,
    flow,
    flows,
    operator,
    own,
    process,
    timer,
    user,
)
from workflows.engine.lint import lint_files
from workflows.engine.lint.types.known_variables import Listed
from workflows.engine.source.environment import Environment, FormFacts, OperationFacts
from workflows.engine.source.problems import LintProblem
from workflows.vocabulary import DURATION, MOMENT, NUMBER, PERSON, TRUTH, Kind, ValueType, name_subject

OPTIONAL_NUMBER = ValueType(kind=Kind.NUMBER, is_optional=True)
DECIDES = {
    "materials": frozenset({"conform", "unfit"}),
    "urgency": frozenset({"urgent", "normal", None}),
    "days": OPTIONAL_NUMBER,
    "count": NUMBER,
    "returned": frozenset({True, False}),
    "things": Listed(entries=frozenset({"a", "b"})),
    "experts": Listed(entries=PERSON),
}
STARTING = {"application": name_subject("application"), "draft_limit": DURATION, "wanted": TRUTH}
PLAN = {"mode": frozenset({"on_site", "online"}), "until": MOMENT, "own": frozenset({True, False})}


def operation(results: object = frozenset({None})) -> OperationFacts:
    return OperationFacts(
        parameters=frozenset({"application"}),
        kind=OperationKind.INWARD,
        required=frozenset({"application"}),
        results=results,
    )


def around(*, designed: dict[str, object] | None = None, registered: tuple[str, ...] = ()) -> Environment:
    return Environment(
        operations={"plan": operation(PLAN), "act": operation()},
        forms=frozenset({"form", "designed", "registered"}),
        decides={
            "form": FormFacts(decides=DECIDES),
            "designed": FormFacts(decides=designed or {}, is_designed=True),
            "registered": FormFacts(decides=dict.fromkeys(registered)),
        },
        roles=frozenset({"clerk"}),
        entries={"p": "case"},
        starting={"case": STARTING},
    )


READ = element("serviceTask", "r", extended(operator("plan", result="plan", application="application")))
FILL = user("f")


def lint(middle: str, *extra: str, environment: Environment | None = None) -> list[LintProblem]:
    """s → r (reads the plan) → f (fills in the form) → what is drawn as x → e."""
    drawn = START + READ + FILL + middle + END + flows("s r", "r f", "f x", *extra)
    return lint_files({"p.bpmn": definitions(process(drawn, "p"))}, environment or around())


def errors(middle: str, *extra: str, environment: Environment | None = None) -> set[tuple[str | None, str]]:
    found = lint(middle, *extra, environment=environment)
    return {(one.element, one.rule) for one in found if one.severity == "error"}


def judged(condition: str) -> list[str]:
    """What is said of the condition of a flow."""
    drawn = START + READ + FILL + element("exclusiveGateway", "x", default="x_e") + user("y") + END
    drawn += flows("s r", "r f", "f x", "y e") + flow("x", "y", condition) + flow("x", "e")
    found = lint_files({"p.bpmn": definitions(process(drawn, "p"))}, around())
    wrong = [one for one in found if one.severity == "error"]
    assert {one.element for one in wrong} <= {"x_y"}
    return [one.message for one in wrong]


RESULT = operator("plan", "application", application="application")
SCRIPT = element("scriptTask", "x", "<script>application = 5</script>")
WRITERS = {
    "a form": user("x", formKey="designed"),
    "a script": SCRIPT,
    "a result": element("serviceTask", "x", extended(RESULT)),
    "a message": element("receiveTask", "x", extended(own("messageVariable", "application")), messageRef="m"),
}


@pytest.mark.parametrize("case", WRITERS)
def test_nothing_writes_whose_case_it_is(case: str) -> None:
    told = lint(WRITERS[case], "x e", environment=around(designed={"application": OPTIONAL_NUMBER}))
    assert ("x", "protected-variable") in {(one.element, one.rule) for one in told}


def test_repetitions_write_no_start_variable() -> None:
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>experts</loopDataInputRef>"
        '<inputDataItem id="application"/></multiInstanceLoopCharacteristics>'
    )
    assert ("x", "protected-variable") in errors(user("x", loop), "x e")


@pytest.mark.parametrize(("form", "refused"), [("designed", True), ("registered", False)])
def test_only_the_product_s_forms_set_a_term_anew(form: str, refused: bool) -> None:
    known = around(designed={"draft_limit": None}, registered=("draft_limit",))
    told = errors(user("x", formKey=form), "x e", environment=known)
    assert (("x", "protected-variable") in told) is refused


@pytest.mark.parametrize(
    ("given", "refused"),
    [("application", False), ("1", True), ("'1'", True), ("count", True), ("application + 1", True)],
)
def test_what_takes_the_subject_is_given_it(given: str, refused: bool) -> None:
    drawn = element("serviceTask", "x", extended(operator("act", application=given)))
    told = [one for one in lint(drawn, "x e") if one.rule == "parameter-value"]
    assert bool(told) is refused
    assert all("是不是“application”" in one.message for one in told)


def test_a_task_without_a_form_writes_nothing() -> None:
    drawn = user("x", formKey="") + element("exclusiveGateway", "g", default="g_e") + user("y")
    told = errors(drawn, "x g", "y e", environment=around()) | errors(
        drawn + flow("g", "y", "approved") + flow("g", "e"), "x g", "y e"
    )
    assert ("g_y", "unwritten-variable") in told


@pytest.mark.parametrize(
    ("kind", "text", "hint"),
    [
        ("timeDuration", 'plan["until"]', "draft_limit"),
        ("timeDuration", 'plan["mode"]', "draft_limit"),
        ("timeDate", 'plan["own"]', 'plan["until"]'),
        ("timeDate", 'plan["mode"]', 'plan["until"]'),
        ("timeDate", "draft_limit", 'plan["until"]'),
        ("timeDuration", "application", "draft_limit"),
        ("timeDuration", "experts", "draft_limit"),
        ("timeDuration", "plan", "draft_limit"),
        ("timeCycle", "draft_limit", ""),
    ],
)
def test_a_timer_takes_its_own_kind_of_time(kind: str, text: str, hint: str) -> None:
    drawn = user("x") + boundary("b", "x", timer(text, kind), interrupting=str(kind != "timeCycle").lower())
    (told,) = [one for one in lint(drawn, "x e", "b e") if one.rule == "value-type"]
    assert told.element == "b"
    assert (f"是不是“{hint}”" if hint else "循环") in told.message


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("timeDuration", "draft_limit"),
        ("timeDuration", "days(count)"),
        ("timeDuration", "'P5D'"),
        ("timeDuration", "'P5D' if returned else draft_limit"),
        ("timeDuration", "'P' + str(count) + 'D'"),
        ("timeDate", 'plan["until"]'),
    ],
)
def test_a_fit_time_passes(kind: str, text: str) -> None:
    drawn = user("x") + boundary("b", "x", timer(text, kind))
    assert errors(drawn, "x e", "b e") == set()


@pytest.mark.parametrize(
    ("condition", "word"),
    [
        ('urgency == "urgent" and days > 3', "days 可能是空值"),
        ("days + 1 > 3", "days 可能是空值"),
        ("urgency > 3", "urgency 可能是空值"),
        ("urgency + 1 == 3", "urgency 可能是空值"),
        ("materials < 5", "不能比较大小"),
        ('plan["until"] > 5', "不能比较大小"),
        ('returned > "a"', "returned 可能是是非值"),
        ('things[0] == "a"', "列表 things 可能是空的"),
        ('things["x"] == "a"', 'things 可能是列表，没有 "x" 这一项'),
        ('"a" in count', "count 可能是数字"),
        ("days == 1 or days > 3", "days 可能是空值"),
        ("round(materials) == 1", "materials 可能是文字"),
    ],
)
def test_what_may_be_empty_or_of_another_kind_is_not_reckoned_with(condition: str, word: str) -> None:
    (told,) = judged(condition)
    assert word in told


@pytest.mark.parametrize(
    "condition",
    [
        "days != null and days > 3",
        "days == null or days > 3",
        "not (days == null) and days + 1 > 3",
        "(days > 3 if days else returned)",
        "count + 1 > 3",
        'len(things) > 0 and things[0] == "a"',
        '"a" in things',
        'urgency == "urgent"',
        "days == null",
        "days",
        "returned and count > 1",
        'plan["until"] > "2026-01-01"',
        "len(experts) > count",
        "min(count, 3) > 1",
    ],
)
def test_what_is_asked_first_passes(condition: str) -> None:
    assert judged(condition) == []


def test_a_choice_before_leaves_what_is_there() -> None:
    drawn = element("exclusiveGateway", "x", default="x_e") + element("exclusiveGateway", "g", default="g_e")
    drawn += user("y") + flow("x", "g", "days != null") + flow("x", "e")
    drawn += flow("g", "y", "days > 3") + flow("g", "e") + flow("y", "e")
    assert errors(drawn) == set()


@pytest.mark.parametrize(("name", "refused"), [("application", True), ("count", True), ("experts", True)])
def test_a_task_is_given_to_a_person(name: str, refused: bool) -> None:
    assert (("x", "value-type") in errors(user("x", assignTo=name), "x e")) is refused


def test_an_entry_of_a_list_of_people_is_a_person() -> None:
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>experts</loopDataInputRef>"
        '<inputDataItem id="expert"/></multiInstanceLoopCharacteristics>'
    )
    assert ("x", "value-type") not in errors(user("x", loop, assignTo="expert"), "x e")
    assert ("x", "value-type") in errors(user("x", loop.replace("experts", "count")), "x e")


@pytest.mark.parametrize(
    "condition",
    [
        "materials",
        "not materials",
        'days == "3"',
        'things == "a"',
        '"c" in things',
        'plan == "on_site"',
        'plan["until"] == "on_site"',
        "returned and materials",
        "application",
    ],
)
def test_a_condition_that_is_always_or_never_true_is_refused(condition: str) -> None:
    assert len(judged(condition)) == 1


@pytest.mark.parametrize(
    ("between", "told"),
    [
        ("", {("error", "x")}),
        (element("scriptTask", "b", "<script>tries = 1</script>"), {("warning", "x")}),
        (user("b"), set()),
        (element("intermediateCatchEvent", "b", timer("'PT1H'")), set()),
    ],
)
def test_a_loop_has_something_to_wait_for(between: str, told: set[tuple[str, str]]) -> None:
    drawn = element("exclusiveGateway", "x") + element("exclusiveGateway", "g", default="g_e") + between
    drawn += flow("x", "g") + flow("g", "e")
    drawn += flow("g", "b", "returned") + flow("b", "x") if between else flow("g", "x", "returned")
    found = [one for one in lint(drawn) if one.rule == "unwaited-loop"]
    assert {(one.severity, one.element) for one in found} == told
