"""What scripts, decisions and steps may make is bounded; a refused step leaves the case where it was."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

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
    own,
    process,
    service,
    timer,
    user,
)
from tests.workflows.engine.world import World
from workflows import engine
from workflows.engine.elements.instances import MOST_INSTANCES, TooManyInstances
from workflows.engine.expressions import ExpressionError, bounds, evaluate_expression, meters, run_script
from workflows.engine.expressions.faults import Fault
from workflows.engine.state import codec

pytestmark = pytest.mark.found("E7")
TEN = "[1,2,3,4,5,6,7,8,9,10]"
WIDE = "[" + ",".join("x" * 10) + "]"
THOUSANDS = f"x = {TEN}\nx = {WIDE}\nx = {WIDE}\nx = {WIDE}"


def _after_a_task(body: str, *names: str) -> bytes:
    way = ["s", "first", *names, "e"]
    joined = flows(*(f"{one} {other}" for one, other in pairwise(way)))
    return definitions(process(START + user("first") + body + END + joined))


def _script(name: str, text: str) -> str:
    return element("scriptTask", name, f"<script>{text}</script>", name="计算")


def _refused(world: World, body: str, *names: str, **variables: Any) -> str:
    """The sentence with which completing the first task is refused; the case stays where it was."""
    world.deploy(_after_a_task(body, *names))
    case = world.start()
    before = world.row(case).blob
    db.session.commit()
    with pytest.raises(ExpressionError) as caught:
        world.complete(case, "first", **variables)
    db.session.rollback()
    assert (world.open(case), world.row(case).blob) == (["first"], before)
    return caught.value.sentence


def test_variables_within_bounds_that_are_too_many_together(world: World) -> None:
    text = "\n".join([THOUSANDS, *(f"v{number} = [x,x,x,x,x,x,x,x]" for number in range(90))])
    said = _refused(world, _script("n", text), "n")
    assert "“计算”（n）" in said
    assert str(meters.OF_SCRIPT) in said


def test_lists_that_are_only_looked_at_count(world: World) -> None:
    text = "\n".join([THOUSANDS, *["y = [len([x,x,x,x]),len([x,x,x,x])]"] * 90])
    assert str(meters.OF_SCRIPT) in _refused(world, _script("n", text), "n")


def test_scripts_of_one_step_count_together(world: World) -> None:
    text = "\n".join([THOUSANDS, "y = len([x,x,x,x,x,x,x,x])", "y = len([x,x,x,x,x,x,x,x])"])
    names = [f"n{number}" for number in range(8)]
    said = _refused(world, "".join(_script(name, text) for name in names), *names)
    assert str(meters.OF_STEP) in said
    assert "“计算”（n" in said


def test_the_next_step_counts_anew(world: World) -> None:
    text = "\n".join([THOUSANDS, "y = len([x,x,x,x,x,x,x,x])", "x = 0"])
    body = "".join(_script(f"n{number}", text) + user(f"t{number}") for number in range(6))
    names = [name for number in range(6) for name in (f"n{number}", f"t{number}")]
    world.deploy(_after_a_task(body, *names))
    case = world.start()
    for name in ("first", *(f"t{number}" for number in range(6))):
        world.complete(case, name)
    assert world.row(case).state == "completed"


@pytest.mark.parametrize(
    "text",
    [
        "a == b",
        "a < b",
        "a in [b]",
        "not(b in a)",
        "max(a, b)",
        "len([a, a])",
        "any([a])",
        "a + b == b",
    ],
)
def test_what_is_compared_and_made_is_charged(text: str) -> None:
    names = {"a": ["x" * 500] * 10, "b": ["x" * 500] * 10} if "+" not in text else {"a": "x" * 900, "b": "y"}
    with meters.step_meter() as meter:
        if text.startswith("max"):
            names = {"a": "x" * 900, "b": "y" * 900}
        evaluate_expression(text, names)
        assert meter.used > 850


@pytest.mark.parametrize(
    ("value", "weight"),
    [
        (1, 1),
        ("abc", 4),
        ([], 1),
        ([1, 2.5, None, True], 5),
        (["ab", "", [1]], 7),
        ({"key": 1, "k": ["x"]}, 9),
        ([{}, {"a": []}], 5),
    ],
)
def test_items_characters_and_keys_weigh_one_each(value: Any, weight: int) -> None:
    with meters.step_meter() as meter:
        bounds.limit_weight(value)
        assert meter.used == weight


@pytest.mark.parametrize(
    ("heaviest", "too_heavy"),
    [
        ([1] * 99_999, [1] * 100_000),
        (["x" * 99_998], ["x" * 99_999]),
        ([[1] * 50_000, [1] * 49_997], [[1] * 50_000, [1] * 49_998]),
        ({"k": [1] * 99_997}, {"k": [1] * 99_998}),
    ],
)
def test_what_weighs_one_too_much_is_refused_and_paid_for(heaviest: Any, too_heavy: Any) -> None:
    bounds.limit_weight(heaviest)
    with meters.step_meter() as meter:
        with pytest.raises(Fault, match=str(bounds.HEAVIEST)):
            bounds.limit_weight(too_heavy)
        assert meter.used == bounds.HEAVIEST


def test_a_comparison_of_large_texts_in_one_expression_is_bounded() -> None:
    long = "y" * 5_000
    with pytest.raises(ExpressionError, match=str(meters.OF_EXPRESSION)):
        evaluate_expression(" or ".join(["a == b"] * 60), {"a": long, "b": long + "z"})


def test_an_expression_by_itself_has_a_meter_of_its_own() -> None:
    for _ in range(5):
        evaluate_expression("len([x, x, x, x])", {"x": [0] * 20_000})


def test_a_meter_says_which_bound_was_reached() -> None:
    meter = meters.Meter()
    meter.begin("expression", 10)
    meter.charge(10)
    with pytest.raises(Fault, match="表达式"):
        meter.charge(1)


def test_variables_of_a_script_are_not_too_many() -> None:
    with pytest.raises(ExpressionError, match="500"):
        run_script("x = 1", {f"v{number}": 1 for number in range(500)})


def test_a_case_that_keeps_too_much_is_refused(world: World) -> None:
    world.deploy(_after_a_task(user("second"), "second"))
    case = world.start()
    db.session.commit()
    with pytest.raises(codec.StateTooLarge, match=str(codec.LARGEST)):
        world.complete(case, "first", **{f"v{number}": "字" * 60_000 for number in range(10)})
    db.session.rollback()
    assert world.open(case) == ["first"]


def test_branches_that_carry_too_much_together_are_refused(world: World) -> None:
    names = [f"t{number}" for number in range(60)]
    body = element("parallelGateway", "split") + element("parallelGateway", "join")
    body += "".join(user(name) + flow("split", name) + flow(name, "join") for name in names)
    joined = flows("s first", "first split", "join e")
    world.deploy(definitions(process(START + user("first") + body + END + joined)))
    case = world.start()
    with pytest.raises(codec.StateTooLarge, match=str(codec.HEAVIEST)):
        world.complete(case, "first", large=["x" * 100] * 900)


def _each(name: str) -> str:
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>people</loopDataInputRef>"
        '<loopDataOutputRef>done</loopDataOutputRef><inputDataItem id="one"/><outputDataItem id="two"/>'
        "</multiInstanceLoopCharacteristics>"
    )
    held = extended(
        own("preScript", "done = []"),
        '<spiffworkflow:properties><spiffworkflow:property name="formKey" value="form"/>'
        '<spiffworkflow:property name="role" value="clerk"/></spiffworkflow:properties>',
    )
    declared = element("property", "people") + element("property", "done")
    return declared + START + user("first") + element("userTask", name, held + loop, name="逐人") + END


def test_a_list_too_long_for_a_repeated_task_is_refused(world: World) -> None:
    world.deploy(definitions(process(_each("each") + flows("s first", "first each", "each e"))))
    case = world.start()
    db.session.commit()
    with pytest.raises(TooManyInstances, match=f"“逐人”（each）.*{MOST_INSTANCES}"):
        world.complete(case, "first", people=list(range(MOST_INSTANCES + 1)))
    db.session.rollback()
    world.complete(case, "first", people=list(range(3)))
    assert world.open(case) == ["each"] * 3


WIDE = [f"wide{number}" for number in range(13)]


def _unproved() -> str:
    """A beginning with more states than are looked at, so that only the run finds what is wrong behind."""
    drawn = START + END + element("parallelGateway", "out") + element("parallelGateway", "in")
    ways = (user(name) + flow("out", name) + flow(name, "in") for name in WIDE)
    return drawn + flow("s", "out") + "".join(ways)


def _go_through(world: World) -> None:
    """Complete all of that beginning."""
    case = world.start(case=1)
    for name in WIDE:
        world.complete(case, name)


def test_tokens_that_multiply_are_stopped(world: World) -> None:
    body, last = _unproved(), "in"
    for number in range(40):
        split, one, other, merge = (f"{part}{number}" for part in ("split", "one", "other", "merge"))
        body += element("parallelGateway", split) + element("exclusiveGateway", merge)
        body += "".join(element("scriptTask", name, "<script>x = 1</script>") for name in (one, other))
        body += flows(f"{last} {split}", f"{split} {one}", f"{split} {other}", f"{one} {merge}")
        body += flow(other, merge)
        last = merge
    world.deploy(definitions(process(body + flow(last, "e"))))
    with pytest.raises(engine.EndlessLoop):
        _go_through(world)


def test_calls_that_multiply_are_stopped_before_each_costs_all_others(world: World) -> None:
    # Each round looks into every open sub-process: a thousand of them took eight seconds.
    rounds: list[int] = []
    world.operation("op", lambda _call, **_: rounds.append(1))
    waits = element("intermediateCatchEvent", "wait", timer("'P1D'"))
    inner = element("startEvent", "begin") + waits + element("endEvent", "done")
    body = _unproved() + element("exclusiveGateway", "again") + service("count")
    body += element("parallelGateway", "split") + element("scriptTask", "mark", "<script>x = 1</script>")
    body += element("subProcess", "sub", inner + flows("begin wait", "wait done"))
    body += flows("in again", "again count", "count mark", "mark split", "split again", "split sub", "sub e")
    world.deploy(definitions(process(body)))
    with pytest.raises(engine.EndlessLoop):
        _go_through(world)
    assert 100 < len(rounds) < 600
