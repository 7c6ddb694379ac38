"""Random walks over a diagram, in our engine and in stock SpiffWorkflow at once."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import EXCLUDE, Schema, fields
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.spiff.specs.event_definitions import EscalationEventDefinition
from SpiffWorkflow.util.task import TaskState

from tests.workflows.engine.stock import Stock, stock_clock
from tests.workflows.engine.world import BEGINNING, World
from workflows import engine
from workflows.engine.elements.besides import Beside

RELOAD = 4  # stock is saved and restored at every fourth act: its serializer takes most of the time
KEYS = ("case", "application", "thread", "check")  # by which messages are found


@dataclass(frozen=True, kw_only=True)
class Trail:
    """A diagram to walk over, and what people may answer at each of its user tasks."""

    sources: Mapping[str, bytes]
    key: str = "p"
    variables: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, list[Any]]] = field(default_factory=dict)
    services: Mapping[str, Any] = field(default_factory=dict)
    parameters: tuple[str, ...] = ("case", "value")
    environment: Mapping[str, Any] = field(default_factory=dict)
    patience: int = 3  # how much likelier people act than time passes or a message comes


@dataclass(kw_only=True)
class Walk:
    """One instance on both sides."""

    world: World
    trail: Trail
    chance: random.Random
    case: str
    stock: Stock
    instance: int = 0
    acts: int = 0

    def start(self) -> None:
        """Start both sides."""
        variables = {**dict.fromkeys(KEYS, self.case), **self.trail.variables}
        self.stock.start(variables)
        self.instance = self.world.start(self.trail.key, key=None, **variables)
        self.compare("start")

    def act(self) -> bool:
        """One random act on both sides; False when both are done."""
        if self.world.row(self.instance).state == "completed":
            assert self.stock.workflow.completed
            return False
        choice = self.chance.choice(self._possible())
        kind, what = choice
        getattr(self, kind)(what)
        self.acts += 1
        if self.acts % RELOAD == 0:
            self.stock.reload()
        self.compare(f"{kind} {what}")
        return True

    def _possible(self) -> list[tuple[str, Any]]:
        waits = self.world.waits(self.instance)
        found = [("complete", item.id) for item in self.world.items(self.instance)]
        found *= self.trail.patience
        found += [("deliver", wait.id) for wait in waits if wait.kind == "message"]
        found += [("wake", None)] * (1 if any(wait.due_at for wait in waits) else 0)
        return found or [("wake", None)]

    def complete(self, item_id: int) -> None:
        """Complete a user task with random answers."""
        item = next(item for item in self.world.items(self.instance) if item.id == item_id)
        workflow = self.world.loaded(self.instance)
        task = next(task for task in workflow.get_tasks(state=TaskState.READY) if task.id.hex == item.task_id)
        choices = self.trail.answers.get(item.element, {})
        data = {name: self.chance.choice(values) for name, values in choices.items()}
        before = plain(task.data)
        self.stock.complete(task.task_spec.name, data, lambda theirs: plain(theirs.data) == before)
        self.world.complete_item(item, **data)

    def deliver(self, wait_id: int) -> None:
        """Deliver a message that is waited for."""
        wait = next(wait for wait in self.world.waits(self.instance) if wait.id == wait_id)
        payload = {**dict.fromkeys(KEYS, self.case), "number": self.chance.randrange(9)}
        self.stock.deliver(wait.message, wait.element, payload)
        engine.deliver_message(wait.message, wait.key, payload, actor=None)

    def wake(self, _nothing: None) -> None:
        """Let time pass and fire what is due."""
        self.world.watch.go(days=self.chance.choice([1, 3, 8, 20, 70]), seconds=1)
        self.stock.wake()
        while engine.fire_due_timers(self.instance):
            pass

    def compare(self, after: str) -> None:
        """The same tokens with the same data on both sides, and rows that say so."""
        ours, theirs = self.world.loaded(self.instance), self.stock.workflow
        where = f"{self.case}, act {self.acts}: {after}"
        assert tokens(ours) == tokens(theirs), f"{where}\nours {tokens(ours)}\nstock {tokens(theirs)}"
        assert bool(ours.completed) == bool(theirs.completed), where
        ready = [task.id.hex for task in ours.get_tasks(state=TaskState.READY) if task.task_spec.manual]
        assert sorted(item.task_id for item in self.world.items(self.instance)) == sorted(ready), where


def tokens(workflow: Any) -> list[tuple[Any, ...]]:
    """Where the tokens are; data of tasks that somebody acts on."""
    found = []
    for task in workflow.get_tasks(state=TaskState.READY | TaskState.WAITING | TaskState.STARTED):
        if isinstance(task.task_spec, UnstructuredJoin | BoundaryEventJoin | Beside) or _spent(task):
            continue  # stock keeps waiting ones more or less where branches were cancelled or an event fired
        if isinstance(task.task_spec, BoundaryEvent) and _hears_once(task.task_spec):
            continue
        data = plain(task.data) if task.state == TaskState.READY else None
        found.append((task.task_spec.name, TaskState.get_name(task.state), data))
    return sorted(found, key=repr)


def _hears_once(spec: Any) -> bool:
    # What waits beside an activity for an escalation goes on waiting in ours, and hears one alone in stock.
    return not spec.cancel_activity and isinstance(spec.event_definition, EscalationEventDefinition)


def _spent(task: Any) -> bool:
    # That a cycle has run out is noticed at the next look at the timers: not the same one on both sides.
    value = task.internal_data.get("event_value")
    return isinstance(value, dict) and value["cycles"] == 0


def plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Data without the results that SpiffWorkflow names itself."""
    return {name: data[name] for name in sorted(data) if not name.startswith("spiff__")}


def walk(world: World, trail: Trail, seed: int, *, longest: int = 40) -> int:
    """Walk once; how many acts it took."""
    chance = random.Random(seed)
    world.watch.at = BEGINNING
    with stock_clock(world.watch):
        stock = Stock(trail.sources, trail.key, trail.services)
        going = Walk(world=world, trail=trail, chance=chance, case=f"walk-{seed}", stock=stock)
        going.start()
        while going.acts < longest and going.act():
            pass
    return going.acts


def walk_for(world: World, trail: Trail, *, acts: int) -> int:
    """Walk again and again until there have been so many acts; how many there were."""
    done, seed = 0, 0
    while done < acts and seed < acts:
        done += walk(world, trail, seed)
        seed += 1
    return done


def prepare(world: World, trail: Trail) -> None:
    """Register the services of a trail and deploy its diagrams."""
    for name, service in trail.services.items():
        world.operation(
            name, lambda _call, service=service, **asked: service(asked), parameters=_parameters(trail)
        )
    world.deploy(trail.sources, **trail.environment)


def _parameters(trail: Trail) -> Any:
    class Taken(Schema.from_dict({name: fields.Raw() for name in trail.parameters})):  # type: ignore[misc]
        class Meta:
            unknown = EXCLUDE

    return Taken
