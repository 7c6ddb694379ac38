"""Variables are plain values, and come back from storage as they went in: 1 is not True."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from models import db
from models.base.errors import DomainError
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
    properties,
    user,
)
from tests.workflows.engine.world import World
from workflows import engine
from workflows.engine.elements.instances import NotAList
from workflows.engine.elements.plain_values import is_same_value, to_plain_value
from workflows.engine.state.codec import UnstorableVariables

CHAIN = definitions(process(START + user("u") + user("v") + END + flows("s u", "u v", "v e")))
BOTH = definitions(
    process(
        START
        + element("parallelGateway", "fork")
        + user("u")
        + user("v")
        + element("parallelGateway", "join")
        + user("last")
        + END
        + flows("s fork", "fork u", "fork v", "u join", "v join", "join last", "last e")
    )
)
LIKE = [(1, True), (0, False), (1, 1.0), ([1], [True]), ({"x": 0}, {"x": False}), ([[1]], [[1.0]])]


@pytest.mark.parametrize(("old", "new"), LIKE, ids=repr)
def test_a_value_may_change_into_one_that_python_takes_for_equal(world: World, old: Any, new: Any) -> None:
    world.deploy(CHAIN)
    case = world.start(value=old)
    world.complete(case, "u", value=new)
    assert repr(engine.read_variables(case)["value"]) == repr(new)
    world.complete(case, "v")
    assert repr(engine.read_variables(case)["value"]) == repr(new)


@pytest.mark.parametrize(("old", "new"), LIKE, ids=repr)
def test_a_join_sees_that_a_branch_changed_such_a_value(world: World, old: Any, new: Any) -> None:
    world.deploy(BOTH)
    case = world.start(value=old)
    world.complete(case, "u", value=new)
    world.complete(case, "v")
    assert repr(engine.read_variables(case)["value"]) == repr(new)


@pytest.mark.parametrize(
    ("old", "new"), [(["a", "b"], ["b", "a"]), (["a", "b"], ["a"]), ({"a": 1}, {"b": 2}), (["a"], ["a", "a"])]
)
def test_lists_and_dicts_are_replaced_not_merged(world: World, old: Any, new: Any) -> None:
    world.deploy(CHAIN)
    case = world.start(value=old)
    world.complete(case, "u", value=new)
    assert engine.read_variables(case)["value"] == new


def test_what_callers_hand_in_stays_theirs(world: World) -> None:
    repeated = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>people</loopDataInputRef>"
        '<loopDataOutputRef>results</loopDataOutputRef><inputDataItem id="person"/>'
        '<outputDataItem id="result"/></multiInstanceLoopCharacteristics>'
    )
    each = element(
        "userTask",
        "each",
        extended(properties(formKey="form", role="clerk"), _emptied("results")) + repeated,
        name="逐个",
    )
    declared = element("property", "people") + element("property", "results")
    drawn = declared + START + each + user("v") + END + flows("s each", "each v", "v e")
    world.deploy(definitions(process(drawn)))
    given: dict[str, Any] = {"people": ["x", "y"], "results": []}
    case = engine.start_instance("p", business_key=None, variables=given, actor=None).id
    answer = {"result": {"marks": [1]}}
    for item in world.items(case):
        engine.complete_task(item, variables=answer, actor=None)
    assert given == {"people": ["x", "y"], "results": []}
    assert answer == {"result": {"marks": [1]}}
    assert engine.read_variables(case)["results"] == [{"marks": [1]}, {"marks": [1]}]


def _emptied(name: str) -> str:
    return f"<spiffworkflow:preScript>{name} = []</spiffworkflow:preScript>"


@pytest.mark.parametrize("value", [2**64, -(2**63) - 1, "\ud800"], ids=repr)
def test_what_cannot_be_stored_is_refused(world: World, value: object) -> None:
    world.deploy(CHAIN)
    case = world.start()
    db.session.commit()
    with pytest.raises(UnstorableVariables):
        world.complete(case, "u", value=value)
    db.session.rollback()
    assert world.open(case) == ["u"]


@pytest.mark.parametrize(
    ("result", "kept"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00Z"),
        (date(2026, 1, 1), "2026-01-01"),
        (Decimal("1.50"), "1.50"),
        ((1, (2,)), [1, [2]]),
        ({"at": [date(2026, 1, 1)]}, {"at": ["2026-01-01"]}),
    ],
    ids=repr,
)
def test_results_of_operations_become_plain(world: World, result: object, kept: object) -> None:
    world.operation("op", lambda _call, value: result)
    world.deploy(_asking())
    case = world.start()
    assert engine.read_variables(case)["r"] == kept
    world.complete(case, "v")
    assert engine.read_variables(case)["r"] == kept


def test_results_of_outward_operations_become_plain_too(world: World) -> None:
    world.operation("op", kind="outward")
    world.deploy(_asking())
    case = world.start()
    assert engine.complete_service(world.jobs(case)[0].task_id, {"day": date(2026, 1, 1)})
    assert engine.read_variables(case)["r"] == {"day": "2026-01-01"}


def _asking() -> bytes:
    call = element("serviceTask", "call", extended(operator("op", result="r", value="1")))
    return definitions(process(START + call + user("v") + END + flows("s call", "call v", "v e")))


@pytest.mark.found("E10")
@pytest.mark.parametrize("people", [5, 1.5, True, None, "ab", {"a": 1}], ids=repr)
def test_repeating_for_what_is_no_list_is_refused(world: World, people: object) -> None:
    repeated = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>people</loopDataInputRef>"
        '<loopDataOutputRef>results</loopDataOutputRef><inputDataItem id="person"/>'
        '<outputDataItem id="result"/></multiInstanceLoopCharacteristics>'
    )
    each = element(
        "userTask", "each", extended(properties(formKey="form", role="clerk"), _emptied("results")) + repeated
    )
    declared = element("property", "people") + element("property", "results")
    world.deploy(definitions(process(declared + START + each + END + flows("s each", "each e"))))
    with pytest.raises(NotAList, match="“each”要按列表 people 办理，而 people 不是列表"):
        world.start(people=people)


def _repeating(script: str = "results = []", *, item: str = "person") -> bytes:
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>people</loopDataInputRef>"
        f'<loopDataOutputRef>results</loopDataOutputRef><inputDataItem id="{item}"/>'
        '<outputDataItem id="result"/></multiInstanceLoopCharacteristics>'
    )
    told = extended(properties(formKey="form", role="clerk"), own("preScript", script))
    each = element("userTask", "each", told + loop, name="意见")
    declared = element("property", "people") + element("property", "results")
    return definitions(process(declared + START + each + END + flows("s each", "each e")))


@pytest.mark.found("E10")
def test_a_script_may_make_the_list_of_the_same_activity(world: World) -> None:
    world.deploy(_repeating("people = ['a', 'b']\nresults = []"))
    assert world.open(world.start(people="ab")) == ["each", "each"]


@pytest.mark.found("E10")
def test_an_instance_without_its_result_is_told_in_words(world: World) -> None:
    world.deploy(_repeating())
    case = world.start(people=["a"])
    with pytest.raises(engine.ProcessFailed, match="“意见”（each）按列表办理，办完后没有得到输出项 result，"):
        world.complete(case, "each")


@pytest.mark.found("E10")
def test_an_item_of_a_name_that_is_taken_is_told_in_words(world: World) -> None:
    world.deploy(_repeating(item="taken"))
    with pytest.raises(engine.ProcessFailed, match=r"“意见”（each）.*其中的项 taken 与已有的变量同名"):
        world.start(people=["a"], taken=1)


@pytest.mark.found("E11")
@pytest.mark.parametrize("kind", ["exclusiveGateway", "inclusiveGateway", "userTask"])
def test_a_choice_of_which_nothing_holds_is_told_in_words(world: World, kind: str) -> None:
    drawn = START + user("x") + user("y") + END + flows("s x", "y e")
    if kind == "userTask":
        drawn += flow("x", "y", "n == 1")
    else:
        drawn += element(kind, "g", name="去哪里") + flows("x g") + flow("g", "y", "n == 1")
    world.deploy(definitions(process(drawn)))
    case = world.start(n=2)
    said = "“x”的出口条件都不成立" if kind == "userTask" else "“去哪里”（g）的出口条件都不成立"
    with pytest.raises(engine.ProcessFailed, match=said):
        world.complete(case, "x")


@pytest.mark.parametrize("who", ["x", [1], {}, 1.5, True, 99], ids=repr)
def test_an_item_goes_only_to_a_person(world: World, who: object) -> None:
    world.deploy(definitions(process(START + user("u", assignTo="who") + END + flows("s u", "u e"))))
    with pytest.raises(DomainError) as refused:
        world.start(who=who)
    assert refused.value.code == "no_person"


def test_same_tells_types_apart_at_any_depth() -> None:
    nested = {"a": [1, {"b": None}], "c": "x"}
    assert is_same_value(nested, {"a": [1, {"b": None}], "c": "x"})
    assert not is_same_value(nested, {"a": [True, {"b": None}], "c": "x"})
    assert not is_same_value([1, 2], [1])
    assert not is_same_value({"a": 1}, {"a": 1, "b": 1})


def test_plain_copies() -> None:
    given = {"a": [1, {"b": (2,)}]}
    made = to_plain_value(given)
    assert made == {"a": [1, {"b": [2]}]}
    made["a"].append(3)
    assert given == {"a": [1, {"b": (2,)}]}
