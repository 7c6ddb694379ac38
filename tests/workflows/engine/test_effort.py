"""What checking costs is counted and bounded: large drawings pass or are refused in seconds."""

from __future__ import annotations

from itertools import pairwise

import pytest

from models import db
from tests.workflows.engine.diagrams.drawing import (
    END,
    START,
    definitions,
    element,
    extended,
    flow,
    flows,
    process,
    straight,
    user,
)
from tests.workflows.engine.test_decisions import column, drawn, row
from tests.workflows.engine.world import World
from workflows import engine
from workflows.engine.lint import lint_files
from workflows.engine.lint.reading import effort
from workflows.engine.lint.shape import sizes
from workflows.engine.source.environment import Environment
from workflows.problems import LONGEST_MESSAGE, MORE, MOST_TOLD, LintProblem, limit_problems

KNOWN = Environment(forms=frozenset({"form"}), roles=frozenset({"clerk"}))

pytestmark = pytest.mark.found("E6")


def _forks(pairs: int, name: str = "p") -> str:
    """Parallel gateways one after the other, each pair around two gateways that split or join nothing."""
    body, last = element("startEvent", f"{name}.s"), f"{name}.s"
    for number in range(pairs):
        split, *between, join = (f"{name}.{part}{number}" for part in ("split", "one", "other", "join"))
        body += "".join(element("parallelGateway", one) for one in (split, *between, join))
        body += flow(last, split) + "".join(flow(split, way) + flow(way, join) for way in between)
        last = join
    return process(body + element("endEvent", f"{name}.e") + flow(last, f"{name}.e"), name)


def _on_a_circle(gateways: int) -> str:
    """Parallel splits and joins that all lie on one circle: each join has to be looked at by itself."""
    names = [f"g{number}" for number in range(gateways)]
    body = (
        START + END + element("exclusiveGateway", "in") + element("exclusiveGateway", "out", default="out_e")
    )
    body += "".join(element("parallelGateway", name) for name in names)
    body += "".join(flow(*pair) for pair in pairwise(["s", "in", *names, "out"]))
    body += flow("out", "e") + flow("out", "in", "again")
    for one, other in zip(names[::2], names[1::2], strict=True):
        body += element("parallelGateway", f"{one}.way") + flow(one, f"{one}.way") + flow(f"{one}.way", other)
    return body


def _too_wide(name: str) -> str:
    """A parallel part of more states than are looked at, before a circle of joins."""
    ways = [f"w{number}" for number in range(13)]
    drawn = _on_a_circle(246).replace(flow("s", "in"), flow("s", "wide") + flow("narrow", "in"))
    drawn += element("parallelGateway", "wide") + element("parallelGateway", "narrow")
    drawn += "".join(user(way) + flow("wide", way) + flow(way, "narrow") for way in ways)
    return process(drawn, name)


def _rules(source: bytes, name: str = "p.bpmn") -> set[tuple[str, str | None]]:
    return {(problem.rule, problem.element) for problem in lint_files({name: source}, KNOWN)}


def test_ten_processes_of_four_hundred_parallel_gateways_pass() -> None:
    source = definitions("".join(_forks(99, f"p{number}") for number in range(10)))
    assert lint_files({"p.bpmn": source}, KNOWN) == []


def test_joins_on_a_circle_pass() -> None:
    assert _rules(definitions(process(_on_a_circle(20)))) == set()


def test_work_beyond_the_bound_ends_in_one_problem_that_names_the_element() -> None:
    drawn = {f"{number}.bpmn": definitions(_too_wide(f"p{number}")) for number in range(20)}
    problems = [problem for problem in lint_files(drawn, KNOWN) if problem.rule == "too-much-work"]
    assert len(problems) == 1
    assert problems[0].element is not None
    assert "计算量已超过上限" in problems[0].message


def test_steps_are_counted_down_to_a_refusal() -> None:
    left = effort.Effort(3)
    left.spend("a", 3)
    with pytest.raises(effort.EffortExhausted) as caught:
        left.spend("b", 1)
    assert caught.value.element == "b"


def test_too_many_attributes_are_refused_at_their_element() -> None:
    many = {f"a{number}": "x" for number in range(20_000)}
    assert _rules(definitions(process(straight(element("userTask", "x", **many))))) == {
        ("xml-too-many-attributes", "x")
    }


@pytest.mark.parametrize("levels", [99, 150, 300])  # the XML library itself gives up at 256
def test_sub_processes_nested_too_deep_are_refused_at_the_innermost_that_may_be(levels: int) -> None:
    inner = straight(user("x"))
    for number in range(levels, 0, -1):
        inner = element("subProcess", f"level{number}", inner, name=f"第 {number} 层")
    (problem,) = lint_files({"p.bpmn": definitions(process(inner))}, KNOWN)
    assert (problem.rule, problem.element) == ("xml-too-deep", "level98")
    assert "“第 98 层”（level98）" in problem.message
    assert "嵌套超过 100 层" in problem.message


def test_a_file_that_is_cut_off_within_bounds_is_told_as_cut_off() -> None:
    drawn = definitions(process(element("subProcess", "x", straight(user("y")))))
    (problem,) = lint_files({"p.bpmn": drawn[: len(drawn) // 2]}, KNOWN)
    assert problem.rule == "xml-malformed"


def test_too_many_namespaces_are_refused() -> None:
    parts = "".join(f'<n{number}:a xmlns:n{number}="urn:{number}"/>' for number in range(600))
    drawn = definitions(process(straight(element("userTask", "x", extended(parts)))))
    assert _rules(drawn) == {("xml-namespaces", None)}


def test_too_many_elements_are_refused() -> None:
    drawn = definitions(process(straight(user("x")) + "<textAnnotation/>" * 40_001))
    (problem,) = lint_files({"p.bpmn": drawn}, KNOWN)
    assert (problem.rule, problem.element) == ("xml-too-many-elements", "p")
    assert "元素 p " in problem.message


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("".join(user(f"t{number}") for number in range(401)), "p"),
        (
            "".join(
                element("subProcess", f"n{number}", "".join(user(f"t{number}.{n}") for n in range(299)))
                for number in range(3)
            ),
            "p",
        ),
    ],
)
def test_a_process_of_too_many_elements_is_refused(body: str, name: str) -> None:
    assert _rules(definitions(process(body))) == {("too-large", name)}


def test_a_file_of_too_many_processes_is_refused() -> None:
    drawn = definitions("".join(_forks(1, f"p{number}") for number in range(21)))
    assert _rules(drawn) == {("too-large", "p20")}


def test_a_deployment_of_too_many_files_is_refused() -> None:
    many = {f"{number}.bpmn": b"<a/>" for number in range(sizes.MOST_FILES + 1)}
    (problem,) = lint_files(many, KNOWN)
    assert (problem.rule, problem.element) == ("too-many-files", None)
    large = {f"{number}.bpmn": b" " * 1_000_000 for number in range(7)}
    assert [problem.rule for problem in lint_files(large, KNOWN)] == ["too-many-files"]


def test_an_answer_lists_a_hundred_problems_and_says_how_many_more() -> None:
    names = [f"{number}" + "i" * 2_000 for number in range(300)]
    drawn = definitions(process("".join(element("task", name, name="n" * 2_000) for name in names)))
    problems = lint_files({"p.bpmn": drawn}, KNOWN)
    assert len(problems) == MOST_TOLD + 1
    assert problems[-1].rule == MORE
    assert "另有" in problems[-1].message
    assert sum(len(problem.message) + len(problem.element or "") for problem in problems) < 100_000
    assert limit_problems(problems) == problems
    assert engine.LintRefused(problems).problems == problems


def test_errors_are_listed_before_warnings() -> None:
    warning = LintProblem(file="f", element=None, rule="w", message="w" * 2_000, severity="warning")
    error = LintProblem(file="f", element=None, rule="e", message="e")
    shown = limit_problems([warning] * 200 + [error])
    assert shown[0] == error
    assert shown[-1].severity == "warning"
    assert len(shown[1].message) <= LONGEST_MESSAGE + 3


def test_files_are_checked_and_built_without_the_database(world: World) -> None:
    seen = engine.read_catalogue()
    db.session.rollback()
    sources = {"p.bpmn": definitions(process(straight(user("x"))))}
    prepared = engine.prepare_deployment(sources, environment=world.environment(), catalogue=seen)
    assert not db.session().in_transaction()
    assert engine.store_deployment(prepared, by=None).releases == (("p", 1),)


def test_what_was_checked_against_something_else_is_not_stored(world: World) -> None:
    sources = {"p.bpmn": definitions(process(straight(user("x"))))}
    prepared = engine.prepare_deployment(
        sources, environment=world.environment(), catalogue=engine.read_catalogue()
    )
    world.deploy({"q.bpmn": definitions(process(straight(user("x")), "q"))})
    with pytest.raises(engine.DeploymentOvertaken):
        engine.store_deployment(prepared, by=None)


def test_what_passes_is_started_within_bounds(world: World) -> None:
    world.deploy(definitions(_forks(99)))
    case = world.start()
    assert world.row(case).state == "completed"


def test_a_long_way_of_scripts_is_started(world: World) -> None:
    names = [f"t{number}" for number in range(300)]
    tasks = "".join(element("scriptTask", name, "<script>x = 1</script>") for name in names)
    joined = flows(*(f"{one} {other}" for one, other in pairwise(["s", *names, "e"])))
    world.deploy(definitions(process(START + tasks + END + joined)))
    assert world.row(world.start()).state == "completed"


def test_a_table_of_too_many_cells_is_refused() -> None:
    cells = "<rule><inputEntry><text>1</text></inputEntry><outputEntry><text>1</text></outputEntry></rule>"
    source = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d"><decision id="k" name="k">'
        '<decisionTable id="t"><input><inputExpression><text>x</text></inputExpression></input>'
        f'<output name="y"/>{cells * 5_500}</decisionTable></decision></definitions>'
    ).encode()
    many = {f"{number}.dmn": source.replace(b'"k"', b'"k%d"' % number) for number in range(2)}
    assert "too-much-work" in {problem.rule for problem in lint_files(many, KNOWN)}


def test_a_table_of_too_many_tests_in_its_cells_is_refused() -> None:
    cells = [", ".join(str(number * 100 + one) for one in range(100)) for number in range(450)]
    body = column("input", "in", "x") + column("output", "out", "y")
    body += "".join(row(f"r{number}", [cell], ["1"]) for number, cell in enumerate(cells))
    assert _rules(drawn(body), "t.dmn") == {("too-much-work", "d")}
    fewer = column("input", "in", "x") + column("output", "out", "y")
    fewer += "".join(row(f"r{number}", [cell], ["1"]) for number, cell in enumerate(cells[:50]))
    assert _rules(drawn(fewer), "t.dmn") == set()


def test_two_flows_between_the_same_gateways_are_refused() -> None:
    body = START + END + element("parallelGateway", "split") + element("parallelGateway", "join")
    body += flows("s split", "join e", "split join")
    body += element("sequenceFlow", "twin", sourceRef="split", targetRef="join")
    assert _rules(definitions(process(body))) == {("twin-flows", "twin")}
