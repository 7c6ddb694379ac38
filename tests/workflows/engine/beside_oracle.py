"""Random walks of an instance beside the oracle: the same may happen on both sides after each act."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from sqlalchemy import select

from models import db
from models.processes.instances import Job, Wait
from models.processes.states import JobState
from tests.workflows.engine.oracle import Endless, NoWay, Oracle, Q, View, kind_of
from tests.workflows.engine.world import BEGINNING, World
from workflows import engine
from workflows.engine.elements.throwing import UncaughtError

KEY = "1"
PATIENCE = 5  # how much likelier a service answers than fails with one of the codes
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"


@dataclass(frozen=True, kw_only=True)
class Field:
    """Diagrams to walk over."""

    sources: Mapping[str, bytes]
    key: str = "p"
    choices: Mapping[str, list[Any]] = field(default_factory=dict)  # what variables may be at the start
    codes: tuple[str, ...] = ("failed",)  # with which services fail
    environment: Mapping[str, Any] = field(default_factory=dict)


def walk(world: World, drawn: Field, seed: int, *, longest: int = 25) -> str:
    """Walk once; how it ended: done, uncaught, stuck, endless, or open when it was long enough."""
    chance = random.Random(seed)
    world.watch.at = BEGINNING
    variables = {name: chance.choice(values) for name, values in drawn.choices.items()}
    told = [f"seed {seed}", repr(variables)]
    oracle, failed = None, ""
    try:
        oracle = Oracle(drawn.sources, drawn.key, variables, BEGINNING)
    except (Endless, NoWay) as error:
        failed = type(error).__name__
    case, refused = _try(lambda: world.start(drawn.key, **{**dict.fromkeys(KEYS, KEY), **variables}))
    for _ in range(longest):
        stopped = failed or (oracle.failed if oracle else None)
        if stopped or refused:
            assert stopped, (told, refused)
            assert refused, (told, stopped)
            return failed.lower() or "uncaught"
        assert oracle is not None
        ours = _view(world, case)
        assert ours == oracle.view(), (told, ours - oracle.view(), oracle.view() - ours)
        assert (world.row(case).state == "completed") == oracle.done, told
        if not ours:
            return "done" if oracle.done else "stuck"
        act = _choose(chance, ours, drawn.codes)
        told.append(" ".join(act))
        try:
            oracle.act(*act)
        except (Endless, NoWay) as error:
            failed = type(error).__name__
        _, refused = _try(lambda act=act: _act(world, case, *act, oracle=oracle))
    return "open"


KEYS = ("case", "application", "thread", "check")


def _try(act: Any) -> tuple[Any, str]:
    point = db.session.begin_nested()
    try:
        found = act()
    except (UncaughtError, engine.EndlessLoop, engine.ProcessFailed) as error:
        point.rollback()
        return None, type(error).__name__
    point.commit()
    db.session.expire_all()
    return found, ""


def _view(world: World, case: int) -> View:
    found: View = Counter()
    for item in world.items(case):
        found["task", item.element, ""] += 1
    for job in world.jobs(case):
        if job.state == "due":
            found["call", job.element, ""] += 1
    for wait in world.waits(case):
        found[str(wait.kind), wait.element, wait.message or ""] += 1
    return found


def _choose(chance: random.Random, ours: View, codes: tuple[str, ...]) -> tuple[str, str, str]:
    kind, element, what = chance.choice(sorted(ours))
    if kind == "timer":
        return "tick", "", ""
    if kind == "call":
        fails = [("fail", element, code) for code in codes]
        return chance.choice([*[("done", element, "")] * PATIENCE, *fails])
    return kind, element, what


def _act(world: World, case: int, kind: str, element: str, what: str, *, oracle: Oracle) -> None:
    if kind == "tick":
        world.watch.at = oracle.now
        while engine.fire_due_timers(case):
            pass
    elif kind == "task":
        world.complete(case, element)
    elif kind == "message":
        chosen = select(Wait.id).where(
            Wait.instance_id == case, Wait.element == element, Wait.message == what
        )
        _deliver_to(db.session.scalars(chosen.order_by(Wait.id)).first(), what)
    else:
        chosen = select(Job).where(Job.instance_id == case, Job.element == element, Job.state == "due")
        job = db.session.scalars(chosen.order_by(Job.id)).first()
        if kind == "done":
            assert engine.complete_service(job.task_id, None)
        elif not engine.fail_service(job.task_id, what):
            raise UncaughtError
        db.session.refresh(job)
        job.state = JobState.DONE  # as the job runner does
        db.session.flush()


def _deliver_to(wait: int, message: str) -> None:
    """Deliver a message to one of several that wait for it: the others are moved out of the way."""
    others = list(db.session.scalars(select(Wait).where(Wait.message == message, Wait.id != wait)))
    for other in others:
        other.key = f"aside {other.key}"
    db.session.flush()
    engine.deliver_message(message, KEY, {}, actor=None)
    db.session.expire_all()
    for other in others:
        if (again := db.session.get(Wait, other.id)) is not None:
            again.key = KEY
    db.session.flush()


def structure_of(content: bytes, prefix: str) -> tuple[bytes, list[str]]:
    """A file of the library with its structure alone: conditions become variables, times become days."""
    root, names = etree.fromstring(content), []
    for many in list(root.iter(f"{Q}multiInstanceLoopCharacteristics")):
        many.getparent().remove(many)
    for one in list(root.iter(f"{SPIFF}property", f"{SPIFF}preScript", f"{SPIFF}postScript")):
        if one.get("name") not in ("formKey", "role"):
            one.getparent().remove(one)
    for task in list(root.iter(f"{Q}serviceTask", f"{Q}businessRuleTask")):
        task.tag = f"{Q}serviceTask"
        for child in list(task):
            if kind_of(child) == "extensionElements":
                task.remove(child)
        holder = etree.Element(f"{Q}extensionElements")
        operator = etree.SubElement(holder, f"{SPIFF}serviceTaskOperator", id="op")
        etree.SubElement(operator, f"{SPIFF}parameters")
        task.insert(0, holder)
    for script in root.iter(f"{Q}script"):
        script.text = "nothing = 1"
    for condition in root.iter(f"{Q}conditionExpression"):
        names.append(f"{prefix}{len(names)}")
        condition.text = names[-1]
    for days, timer in enumerate(root.iter(f"{Q}timerEventDefinition"), start=1):
        repeats = kind_of(timer[0]) == "timeCycle"
        for time in list(timer):
            timer.remove(time)
        text = f"'{'R2/' if repeats else ''}P{days}D'"
        etree.SubElement(timer, f"{Q}{'timeCycle' if repeats else 'timeDuration'}").text = text
    return bytes(etree.tostring(root)), names
