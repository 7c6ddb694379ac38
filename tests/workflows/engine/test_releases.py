"""Deployment: a new release for whatever reaches a change, and running instances keep theirs."""

from __future__ import annotations

import pytest
from sqlalchemy import func, insert, select, update

from models import db
from models.processes.instances import Definition, Release
from tests.workflows.engine.diagrams.drawing import (
    END,
    START,
    definitions,
    element,
    extended,
    flows,
    own,
    process,
    user,
)
from tests.workflows.engine.world import World
from workflows import engine
from workflows.engine.state import specs
from workflows.engine.state.releases import NoSuchProcess, NoSuchRelease


def _calling(called: str) -> str:
    return START + element("callActivity", "call", calledElement=called) + END + flows("s call", "call e")


def _inner(name: str) -> bytes:
    drawn = element("startEvent", "qs") + user(name) + element("endEvent", "qe")
    return definitions(process(drawn + flows(f"qs {name}", f"{name} qe"), "inner"))


def _table(outcome: str) -> bytes:
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="t">'
        '<decision id="size" name="size"><decisionTable id="t" hitPolicy="FIRST">'
        '<input id="i"><inputExpression id="ie"><text>n</text></inputExpression></input>'
        '<output id="o" name="size" typeRef="string"/>'
        '<rule id="r"><inputEntry id="a"><text>-</text></inputEntry>'
        f'<outputEntry id="b"><text>"{outcome}"</text></outputEntry></rule>'
        "</decisionTable></decision></definitions>"
    ).encode()


OUTER = definitions(process(_calling("inner"), "outer"))
TOP = definitions(process(_calling("outer"), "top"))
ASIDE = definitions(process(START + user("x") + END + flows("s x", "x e"), "aside"))
RULED = definitions(
    process(
        START
        + element("businessRuleTask", "rule", extended(own("calledDecisionId", "size")))
        + user("x")
        + END
        + flows("s rule", "rule x", "x e"),
        "ruled",
    )
)
ALL = {"outer.bpmn": OUTER, "top.bpmn": TOP, "inner.bpmn": _inner("work"), "aside.bpmn": ASIDE}
SHAPES = {
    "processes": frozenset({"inner", "outer", "top", "aside", "ruled"}),
    "decisions": frozenset({"size"}),
}


def _numbers() -> dict[str, int]:
    newest = select(Release.process_key, func.max(Release.number)).group_by(Release.process_key)
    return dict(tuple(row) for row in db.session.execute(newest))


def test_the_first_deployment_releases_everything(world: World) -> None:
    deployment = world.deploy(ALL)
    assert sorted(deployment.releases) == [("aside", 1), ("inner", 1), ("outer", 1), ("top", 1)]
    assert {(part.key, part.version, part.changed) for part in deployment.definitions} == {
        (key, 1, True) for key in ("aside", "inner", "outer", "top")
    }


def test_the_same_content_changes_nothing(world: World) -> None:
    world.deploy(ALL)
    again = world.deploy(ALL)
    assert again.releases == ()
    assert not any(part.changed for part in again.definitions)
    assert db.session.scalar(select(func.count()).select_from(Definition)) == 4


def test_a_new_called_process_releases_its_callers(world: World) -> None:
    world.deploy(ALL)
    deployment = world.deploy({"inner.bpmn": _inner("other")}, **SHAPES)
    assert sorted(deployment.releases) == [("inner", 2), ("outer", 2), ("top", 2)]
    assert _numbers() == {"aside": 1, "inner": 2, "outer": 2, "top": 2}


def test_a_new_table_releases_the_processes_that_ask_it(world: World) -> None:
    world.deploy({**ALL, "ruled.bpmn": RULED, "size.dmn": _table("small")})
    deployment = world.deploy({"size.dmn": _table("large")}, **SHAPES)
    assert deployment.releases == (("ruled", 2),)
    case = world.start("ruled", n=1)
    assert engine.read_variables(case)["size"] == "large"


@pytest.mark.found("E8")
def test_a_table_that_was_accepted_once_is_released_and_asked_as_it_was(world: World) -> None:
    world.deploy({**ALL, "ruled.bpmn": RULED, "size.dmn": _table("small")})
    older = _table("small").replace(b"<text>-</text>", b"<text>0x10</text>")
    with pytest.raises(engine.LintRefused):
        engine.deploy_files({"size.dmn": older}, by=None, environment=world.environment(**SHAPES))
    db.session.execute(update(Definition).where(Definition.key == "size").values(source=older))
    changed = RULED.replace("办理".encode(), "核对".encode())
    assert world.deploy({"ruled.bpmn": changed}, **SHAPES).releases == (("ruled", 2),)
    case = world.start("ruled", n=16)
    assert engine.read_variables(case)["size"] == "small"


def test_going_back_to_an_old_content_is_a_new_version(world: World) -> None:
    world.deploy(ALL)
    world.deploy({"inner.bpmn": _inner("other")}, **SHAPES)
    deployment = world.deploy({"inner.bpmn": _inner("work")}, **SHAPES)
    assert [part.version for part in deployment.definitions] == [3]
    assert world.open(world.start("top")) == ["work"]


def test_a_running_instance_keeps_its_release(world: World) -> None:
    world.deploy(ALL)
    old = world.start("top")
    world.deploy({"inner.bpmn": _inner("other")}, **SHAPES)
    new = world.start("top")
    assert (world.open(old), world.open(new)) == (["work"], ["other"])
    world.complete(old, "work")
    world.complete(new, "other")
    assert [world.row(case).state for case in (old, new)] == ["completed", "completed"]


def test_a_release_names_the_parts_it_locks(world: World) -> None:
    world.deploy({**ALL, "ruled.bpmn": RULED, "size.dmn": _table("small")})
    assert sorted(part.key for part in engine.find_newest_release("top").parts) == ["inner", "outer", "top"]
    assert sorted(part.key for part in engine.find_newest_release("ruled").parts) == ["ruled", "size"]


def test_a_missing_called_process_is_refused_and_nothing_is_stored(world: World) -> None:
    with pytest.raises(engine.LintRefused) as refused:
        engine.deploy_files({"outer.bpmn": OUTER}, by=None, environment=world.environment())
    assert [problem.element for problem in refused.value.problems] == ["call"]
    assert db.session.scalar(select(func.count()).select_from(Definition)) == 0
    assert db.session.scalar(select(func.count()).select_from(Release)) == 0


def test_a_process_that_was_never_deployed_cannot_start(world: World) -> None:
    with pytest.raises(NoSuchProcess):
        world.start("nothing")


def test_specs_survive_storing(world: World) -> None:
    world.deploy({**ALL, "ruled.bpmn": RULED, "size.dmn": _table("small")})
    for release in db.session.scalars(select(Release)):
        assert specs.dump_specs(specs.load_specs(release.specs)) == release.specs


def test_the_specs_of_a_release_are_read_once_and_shared(world: World) -> None:
    world.deploy({"aside.bpmn": ASIDE})
    release = engine.find_newest_release("aside")
    first = engine.find_specs(release.id, release.digest)
    assert engine.find_specs(release.id, release.digest) is first
    assert specs.dump_specs(first) == release.specs


def test_a_release_that_was_lost_is_missed_until_it_is_back(world: World) -> None:
    world.deploy({"aside.bpmn": ASIDE})
    kept = engine.find_newest_release("aside").specs
    with pytest.raises(NoSuchRelease, match="99"):
        engine.find_specs(99, "brought back")
    db.session.execute(
        insert(Release).values(
            id=99, process_key="aside", number=9, digest="brought back", specs=kept, created_at=world.watch()
        )
    )
    assert specs.dump_specs(engine.find_specs(99, "brought back")) == kept
