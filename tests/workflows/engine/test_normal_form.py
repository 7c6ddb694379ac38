"""The normal form: what a diagram leaves unsaid runs as BPMN says, under the ids that the designer gave."""

from __future__ import annotations

import re

import pytest

from tests.workflows.engine import library
from tests.workflows.engine.diagrams.drawing import (
    END,
    KEYED,
    START,
    boundary,
    definitions,
    element,
    extended,
    flow,
    flows,
    message,
    operator,
    process,
    properties,
    straight,
    timer,
    user,
)
from tests.workflows.engine.world import World
from workflows import engine
from workflows.engine import decisions
from workflows.engine.elements import spiff_internals
from workflows.engine.source import normal_form, safe_xml
from workflows.engine.source.normal_form import names
from workflows.engine.state import specs

OWN_IDS = (
    "Start",
    "End",
    "Root",
    "StartEventSplit",
    "x.EndJoin",
    "x.BoundaryEventSplit",
    "x [child]",
    "zige.x",
)


def run_through(world: World, drawn: str, *, order: tuple[str, ...]) -> int:
    """Deploy a process and complete its tasks in an order, each of which is open by then."""
    world.deploy(definitions(process(drawn)))
    case = world.start()
    for name in order:
        assert name in world.open(case)
        world.complete(case, name)
    return case


def test_a_scope_without_start_and_end_begins_and_ends_where_its_flows_do(world: World) -> None:
    inside = user("i") + user("j")
    drawn = user("a") + user("b") + element("subProcess", "sub", inside) + flows("b sub")
    world.deploy(definitions(process(drawn)))
    case = world.start()
    assert world.open(case) == ["a", "b"]
    world.complete(case, "b")
    assert world.open(case) == ["a", "i", "j"]
    for name in "iaj":
        assert world.row(case).state == "active"
        world.complete(case, name)
    assert (world.row(case).state, world.row(case).end_element) == ("completed", "sub")


def test_several_flows_out_of_a_task_are_all_taken(world: World) -> None:
    drawn = straight(user("x")) + user("y") + user("z") + flows("x y", "x z", "y e", "z e")
    world.deploy(definitions(process(drawn)))
    case = world.start()
    world.complete(case, "x")
    assert world.open(case) == ["y", "z"]


@pytest.mark.parametrize(
    ("value", "expected"), [(1, ["b", "c"]), (2, ["c"]), (3, ["other"])], ids=["two", "one", "default"]
)
def test_a_task_chooses_among_its_flows(world: World, value: int, expected: list[str]) -> None:
    drawn = START + user("x").replace("<userTask", '<userTask default="x_other"') + END
    drawn += user("b") + user("c") + user("other")
    drawn += flow("x", "b", "n == 1") + flow("x", "c", "n == 1 or n == 2")
    drawn += flows("s x", "x other", "b e", "c e", "other e")
    case = run_through(world, drawn, order=())
    world.complete(case, "x", n=value)
    assert world.open(case) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(1, ["b", "other"]), (2, ["other"])], ids=["beside", "alone"]
)
def test_a_flow_without_condition_is_always_taken(world: World, value: int, expected: list[str]) -> None:
    drawn = START + user("x") + user("b") + user("other") + END
    drawn += flow("x", "b", "n == 1") + flows("s x", "x other", "b e", "other e")
    case = run_through(world, drawn, order=())
    world.complete(case, "x", n=value)
    assert world.open(case) == expected


@pytest.mark.parametrize("kind", ["task", "manualTask"])
def test_somebody_says_that_a_plain_task_is_done(world: World, kind: str) -> None:
    drawn = '<laneSet id="ls"><lane id="l" name="clerk"><flowNodeRef>x</flowNodeRef></lane></laneSet>'
    drawn += START + element(kind, "x", name="签字") + END + flows("s x", "x e")
    case = run_through(world, drawn, order=())
    item = world.item(case, "x")
    assert (item.role, item.form_key, item.name) == ("clerk", "done", "签字")
    world.complete(case, "x")
    assert world.row(case).end_element == "e"


def test_a_property_comes_before_the_lane(world: World) -> None:
    drawn = '<laneSet id="ls"><lane id="l" name="clerk"><flowNodeRef>x</flowNodeRef></lane></laneSet>'
    told = extended(properties(role="reviewer", formKey="form"))
    drawn += straight(element("task", "x", told, name="签字"))
    case = run_through(world, drawn, order=())
    assert (world.item(case, "x").role, world.item(case, "x").form_key) == ("reviewer", "form")


def test_a_sub_process_lends_its_lane_to_what_is_in_it(world: World) -> None:
    drawn = '<laneSet id="ls"><lane id="l" name="reviewer"><flowNodeRef>sub</flowNodeRef></lane></laneSet>'
    drawn += element("subProcess", "sub", element("manualTask", "x", name="签字"))
    assert world.item(run_through(world, drawn, order=()), "x").role == "reviewer"


def test_drawn_data_is_read_past(world: World) -> None:
    inputs = (
        '<ioSpecification><dataInput id="in"/><inputSet><dataInputRefs>in</dataInputRefs></inputSet>'
        "<outputSet/></ioSpecification><dataInputAssociation><sourceRef>ref</sourceRef>"
        "<targetRef>in</targetRef></dataInputAssociation>"
    )
    drawn = straight(user("x", inputs)) + element("dataObject", "o")
    drawn += element("dataObjectReference", "ref", dataObjectRef="o")
    case = run_through(world, drawn, order=("x",))
    assert world.row(case).state == "completed"


def test_the_last_marker_of_a_way_says_what_the_public_sees(world: World) -> None:
    marker = element("intermediateThrowEvent", "m", extended(properties(publicState="granted")))
    case = run_through(world, START + user("x") + marker + flows("s x", "x m"), order=("x",))
    row = world.row(case)
    assert (row.state, row.public_state, row.end_element) == ("completed", "granted", "m")


@pytest.mark.found("E5")
@pytest.mark.parametrize("name", OWN_IDS)
@pytest.mark.parametrize("kind", ["start", "task", "end", "part"])
def test_no_id_of_a_designer_collides_with_the_engines_own(world: World, name: str, kind: str) -> None:
    """Lint lets only names pass, but what has no good name today may be deployed already."""
    ids = {"start": "s", "task": "x", "end": "e", "part": "sub", kind: name}
    inner = user("i") + boundary("b", "i", timer("'P1D'")) + flows("b i2") + user("i2")
    drawn = (
        element("startEvent", ids["start"])
        + user(ids["task"])
        + element("subProcess", ids["part"], inner)
        + element("endEvent", ids["end"], extended(properties(publicState="granted")))
        + flow(ids["start"], ids["task"]).replace(f'id="{ids["start"]}_', 'id="f1_')
        + _flow("f2", ids["task"], ids["part"])
        + _flow("f3", ids["part"], ids["end"])
    )
    found = specs.parse_files([("p.bpmn", definitions(process(drawn)))], {})["p"]
    called = {one.bpmn_id for part in (found.spec, *found.calls.values()) for one in part.task_specs.values()}
    assert {*ids.values(), "i", "b", "i2"} <= called
    if " " in name or name.startswith("zige"):
        return
    world.deploy(definitions(process(drawn)))
    case = world.start()
    world.complete(case, ids["task"])
    world.complete(case, "i")
    row = world.row(case)
    assert (row.state, row.public_state, row.end_element) == ("completed", "granted", ids["end"])


def _flow(name: str, source: str, target: str) -> str:
    return element("sequenceFlow", name, sourceRef=source, targetRef=target)


@pytest.mark.found("E5")
def test_a_parameter_may_have_the_id_of_an_element(world: World) -> None:
    world.operation("op")
    drawn = START + user("case") + element("serviceTask", "y", extended(operator("op", case="case")))
    world.deploy(definitions(process(drawn + END + flows("s case", "case y", "y e"))))
    case = world.start(case="1")
    world.complete(case, "case")
    assert world.row(case).state == "completed"


@pytest.mark.found("E5")
def test_the_reserved_names_are_those_of_the_engine() -> None:
    made = (spiff_internals.BOUNDARY_SPLIT, spiff_internals.BOUNDARY_JOIN, spiff_internals.END_JOIN)
    assert set(names.SUFFIXES) == {*made, spiff_internals.INSTANCE}
    drawn = straight(user("x")) + boundary("b", "x", timer("'P1D'")) + flows("b e")
    found = specs.parse_files([("p.bpmn", definitions(process(drawn)))], {})["p"].spec
    unsaid = {name for name, one in found.task_specs.items() if one.bpmn_id is None}
    assert {name for name in unsaid if not name.endswith(names.SUFFIXES)} <= names.RESERVED


@pytest.mark.parametrize("name", ["x", *OWN_IDS, "zige.out.End", "a.b."])
def test_an_id_leads_back_to_the_designers(name: str) -> None:
    drawn = definitions(process(user(name) + user("y") + _flow("f", name, "y")))
    root = normal_form.normalise_document(safe_xml.parse_xml(drawn, name="p.bpmn"))
    told = {normal_form.find_designer_id(one.get("id")) for one in root.iter("{*}userTask", "{*}endEvent")}
    assert told == {name, "y"}


def _gate(one: str, other: str) -> str:
    gate = element("exclusiveGateway", "g", default="g_z")
    ways = {name: flow("g", name, "n > 0") for name in (one, other)}
    return (
        START + gate + user("x") + user("y") + user("z") + END + "".join(ways.values())
        + flows("s g", "g z", "x e", "y e", "z e")
    )  # fmt: skip


def _drawing(heights: dict[str, int]) -> str:
    shapes = "".join(
        f'<bpmndi:BPMNShape bpmnElement="{name}"><dc:Bounds x="1" y="{height}"/></bpmndi:BPMNShape>'
        for name, height in heights.items()
    )
    plane = f'<bpmndi:BPMNPlane bpmnElement="p">{shapes}</bpmndi:BPMNPlane>'
    return f"<bpmndi:BPMNDiagram>{plane}</bpmndi:BPMNDiagram>"


@pytest.mark.found("E18")
@pytest.mark.parametrize("order", ["xy", "yx"])
@pytest.mark.parametrize("heights", [{}, {"x": 1, "y": 2}, {"x": 2, "y": 1}, {"y": -5}], ids=str)
def test_a_gateway_tries_its_flows_as_they_stand_in_the_file(
    world: World, order: str, heights: dict[str, int]
) -> None:
    world.deploy(definitions(process(_gate(*order)), _drawing(heights)))
    assert world.open(world.start(n=1)) == [order[0]]


@pytest.mark.found("E18")
def test_moving_every_shape_of_the_library_changes_no_spec() -> None:
    moved = {name: _turn_upside_down(content) for name, content in library.SOURCES.items()}
    assert moved["accreditation.bpmn"] != library.SOURCES["accreditation.bpmn"]
    before, after = (
        {key: specs.dump_specs(one) for key, one in _parse(sources).items()}
        for sources in (library.SOURCES, moved)
    )
    assert before == after


def _turn_upside_down(content: bytes) -> bytes:
    """Every shape as far above the upper edge as it was below it."""
    return re.sub(rb'(<dc:Bounds [^>]*y=")', rb"\1-", content)


def _parse(sources: dict[str, bytes]) -> dict[str, specs.Specs]:
    tables = {
        table.key: table
        for name, content in sources.items()
        if name.endswith(".dmn")
        for table in decisions.load_tables(content, name=name)
    }
    drawn = [(name, content) for name, content in sources.items() if name.endswith(".bpmn")]
    return specs.parse_files(drawn, tables)


def test_what_is_told_of_the_library_names_nothing_that_was_added() -> None:
    """Nothing of the library is left unsaid, so its normal form has the designer's ids alone."""
    for name, content in library.SOURCES.items():
        if name.endswith(".bpmn"):
            root = normal_form.normalise_document(safe_xml.parse_xml(content, name=name))
            assert [one.get("id") for one in root.iter() if str(one.get("id")).startswith("zige.")] == []


def test_an_event_beside_takes_each_message(world: World) -> None:
    drawn = straight(user("x")) + boundary("b", "x", message(), interrupting="false") + user("y")
    world.deploy(definitions(KEYED, process(drawn + element("endEvent", "e2") + flows("b y", "y e2"))))
    case = world.start(case="1")
    for count in range(1, 4):
        engine.deliver_message("answered", "1", {"n": count}, actor=None)
        assert world.open(case) == ["x", *["y"] * count]
        assert [wait.message for wait in world.waits(case)] == ["answered"]
    assert world.tasks(case) <= 12
    world.complete(case, "x")
    assert (world.waits(case), world.open(case)) == ([], ["y", "y", "y"])
    for _ in range(3):
        world.complete(case, "y")
    assert world.row(case).state == "completed"
