"""What is written on every way: both ways into a choice, branches that join, reminders, boundary events."""

from __future__ import annotations

import pytest

from models.processes.states import OperationKind
from workflows.engine.lint import lint_files
from workflows.engine.source.environment import Environment, OperationFacts

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="d">'
    '<bpmn:process id="p" isExecutable="true">'
)


def judge_word(name: str, value: object) -> tuple[str, ...]:
    return () if value in ("one", "two") else ("no",)


TAKING = OperationFacts(
    parameters=frozenset({"word"}), kind=OperationKind.INWARD, judge=judge_word, results=frozenset({None})
)


def draw(nodes: str, flows: str) -> bytes:
    """Nodes as `id:kind` or `id:kind:script`, flows as `a>b` or, with a condition, `a>b?x`."""
    drawn = [flow.partition("?") for flow in flows.split()]
    parts = []
    for number, (ends, _, condition) in enumerate(drawn):
        source, target = ends.split(">")
        text = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
        parts.append(
            f'<bpmn:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}">'
            f"{text}</bpmn:sequenceFlow>"
        )
    for name, kind, script in ([*one.split(":"), ""][:3] for one in nodes.split()):
        plain = [f"f{n}" for n, one in enumerate(drawn) if one[0].startswith(f"{name}>") and not one[2]]
        default = (
            f' default="{plain[0]}"'
            if kind == "exclusiveGateway"
            and len(plain) == 1
            and any(one[0].startswith(f"{name}>") and one[2] for one in drawn)
            else ""
        )
        inner = f"<bpmn:script>{script}</bpmn:script>" if kind == "scriptTask" else ""
        if kind == "serviceTask":
            inner = (
                '<bpmn:extensionElements><spiffworkflow:serviceTaskOperator id="take">'
                "<spiffworkflow:parameters>"
                f'<spiffworkflow:parameter id="word" type="any" value="{script}"/></spiffworkflow:parameters>'
                "</spiffworkflow:serviceTaskOperator></bpmn:extensionElements>"
            )
        parts.append(f'<bpmn:{kind} id="{name}"{default}>{inner}</bpmn:{kind}>')
    return (HEAD + "".join(parts) + "</bpmn:process></bpmn:definitions>").encode()


def find_errors(nodes: str, flows: str) -> set[tuple[str | None, str]]:
    around = Environment(
        operations={"take": TAKING}, entries={"p": "case"}, starting={"case": {"given": None}}
    )
    found = lint_files({"p.bpmn": draw(nodes, flows)}, around)
    return {(one.element, one.rule) for one in found if one.severity == "error"}


CHOICE = (
    "s:startEvent g:exclusiveGateway a:scriptTask:{a} b:scriptTask:{b}"
    " m:exclusiveGateway t:serviceTask:x e:endEvent"
)


@pytest.mark.found("D2")
@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ('x="one"', 'x="two"', set()),
        ('x="one"', 'y="two"', {("t", "unsure-variable")}),
        ('y="one"', 'x="two"', {("t", "unsure-variable")}),
        ('x="one"', 'x="three"', {("t", "parameter-value")}),
        ('x="three"', 'x="two"', {("t", "parameter-value")}),
    ],
)
def test_both_ways_of_a_choice_have_to_write(a: str, b: str, expected: set[tuple[str, str]]) -> None:
    assert find_errors(CHOICE.format(a=a, b=b), "s>g g>a?given g>b a>m b>m m>t t>e") == expected


@pytest.mark.found("D2")
def test_branches_that_join_have_written_what_each_wrote() -> None:
    nodes = CHOICE.format(a='x="one"', b='y="two"').replace("exclusive", "parallel")
    assert find_errors(nodes, "s>g g>a g>b a>m b>m m>t t>e") == set()


@pytest.mark.found("D2")
@pytest.mark.parametrize(
    ("condition", "expected"), [('x!="three"', set()), ('x=="three"', {("t", "parameter-value")})]
)
def test_a_condition_leaves_the_values_with_which_it_holds(
    condition: str, expected: set[tuple[str, str]]
) -> None:
    nodes = CHOICE.format(a='x="one"', b='x="three"') + " o:endEvent"
    flows = f"s>g g>a?given g>b a>m b>m m>t?{condition} m>o t>e"
    assert find_errors(nodes, flows) == expected


@pytest.mark.found("D2")
@pytest.mark.parametrize(
    ("condition", "expected"), [('x=="three"', set()), ('x!="three"', {("t", "parameter-value")})]
)
def test_the_default_way_is_left_what_no_condition_takes(
    condition: str, expected: set[tuple[str, str]]
) -> None:
    nodes = CHOICE.format(a='x="one"', b='x="three"') + " o:endEvent"
    assert find_errors(nodes, f"s>g g>a?given g>b a>m b>m m>o?{condition} m>t t>e") == expected


@pytest.mark.found("D2")
@pytest.mark.parametrize(
    ("text", "expected"), [("(given)and(x)", set()), ("(x)and(given)", {("t", "unsure-variable")})]
)
def test_what_another_variable_may_keep_from_being_read_is_let_pass(
    text: str, expected: set[tuple[str, str]]
) -> None:
    nodes = CHOICE.format(a='x="one"', b='y="one"').replace("serviceTask:x", f"serviceTask:{text}")
    assert find_errors(nodes, "s>g g>a?given g>b a>m b>m m>t t>e") == expected


@pytest.mark.found("D2")
def test_what_is_written_last_counts_also_in_a_loop() -> None:
    nodes = (
        's:startEvent m:exclusiveGateway a:scriptTask:x="three" b:scriptTask:x="one"'
        " t:serviceTask:x g:exclusiveGateway e:endEvent"
    )
    assert find_errors(nodes, "s>m m>a a>b b>t t>g g>m?given g>e") == set()
