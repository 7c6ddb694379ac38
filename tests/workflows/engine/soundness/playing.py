"""Plays a drawn process in the engine, in memory, at random."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.util.task import TaskState

from tests.workflows.engine.soundness.sketching import Sketch, draw_file
from tests.workflows.engine.world import BEGINNING, run_of
from workflows.engine.elements import spiff_internals, step_clock
from workflows.engine.elements.instances import Instance, look_ahead
from workflows.engine.moves import execution
from workflows.engine.state import codec, pending_work, specs
from workflows.engine.state.interpreter import Circumstances, Interpreter
from workflows.engine.state.specs import Specs

ASKED = re.compile(r"'(\w+)' in go_(\w+)")
PAST = (BEGINNING - timedelta(days=1)).isoformat()
LONGEST = 30  # acts of one random play


@dataclass(kw_only=True, eq=False)
class Chooser(Interpreter):
    """A script engine whose conditions ask a test which ways are open, once for each token at a gateway."""

    pick: Callable[[str], list[str]] = lambda _name: []
    picked: dict[Any, list[str]] = field(default_factory=dict)

    def evaluate(self, task: Any, expression: str, external_context: object = None) -> object:
        """Whether this way is one of those that are picked."""
        asked = ASKED.fullmatch(expression)
        if asked is None:
            return super().evaluate(task, expression, external_context)
        if task.id not in self.picked:
            self.picked[task.id] = self.pick(asked[2])
        return asked[1] in self.picked[task.id]


class Play:
    """One instance in memory."""

    def __init__(self, known: Specs, content: bytes = b"") -> None:
        self.specs = known
        circumstances = Circumstances(instance_id=1, business_key=None, actor=None)
        self.engine = Chooser(specs=known, circumstances=circumstances)
        self.workflow: Any = codec.load_state(content, known, self.engine) if content else None

    def start(self) -> None:
        """Begin it."""
        with step_clock.at_moment(BEGINNING):
            self.workflow = Instance(self.specs.spec, self.specs.calls, self.engine)
            self._rest()

    def act(self, task: Any, name: str = "") -> None:
        """Complete a task, or let happen what it waits for; a race waits for several events."""
        with step_clock.at_moment(BEGINNING):
            if task.state == TaskState.READY:
                look_ahead(task)
                task.run()
            else:
                _happen(task, name)
            self._rest()

    def _rest(self) -> None:
        execution.run_to_rest(run_of(self.workflow, self.specs, BEGINNING))

    def save(self) -> bytes:
        """Its state."""
        return codec.dump_state(self.workflow)

    @property
    def has_ended(self) -> bool:
        """Whether it is over."""
        return bool(self.workflow.completed)

    def list_acts(self) -> list[tuple[Any, str]]:
        """What can be done or happen, each with the name of its element."""
        standing = pending_work.find_pending_work(self.workflow)
        waiting = {wait.task.id: wait.task for wait in standing.waits.values()}.values()
        acts = [(task, task.task_spec.name) for task in standing.items.values()]
        for task in waiting:
            raced = [one.name for one in task.task_spec.outputs if _is_race(task)]
            acts += [(task, name) for name in raced or [task.task_spec.name]]
        return acts

    def count_open(self) -> Counter[str]:
        """How many tokens rest in each activity."""
        return Counter(task.task_spec.name for task in _list_live(self.workflow) if not _is_boundary(task))

    def count_arrived(self, join: str) -> Counter[str]:
        """How many tokens have come to a join and not gone on, by where they came from."""
        tasks = [task for task in self.workflow.tasks.values() if task.task_spec.name == join]
        known = [task for task in tasks if "arrived" in task.internal_data]
        return Counter(task.parent.task_spec.name for task in known if "consumed" not in task.internal_data)


def _list_live(workflow: Any) -> Iterator[Any]:
    live = TaskState.READY | TaskState.WAITING | TaskState.STARTED
    for part in (workflow, *workflow.subprocesses.values()):
        yield from spiff_internals.list_tasks(part, live)


def _is_race(task: Any) -> bool:
    return type(task.task_spec).__name__ == "Race"


def _is_boundary(task: Any) -> bool:
    return "Boundary" in type(task.task_spec).__name__


def _happen(task: Any, name: str) -> None:
    spec = task.task_spec
    definitions = getattr(spec.event_definition, "event_definitions", [spec.event_definition])
    message = next((one for one in definitions if isinstance(one, MessageEventDefinition)), None)
    if message is not None and name.endswith("m"):
        spec.catch(task, BpmnEvent(message, {}, task.workflow.correlations))
        spiff_internals.update_task(task)
    else:
        spiff_internals.keep_moment(task, PAST)


def read_specs(drawn: Sketch) -> Specs:
    """What the engine makes of a sketch."""
    return specs.parse_files([("p.bpmn", draw_file(drawn))], {})["p"]


def play_at_random(drawn: Sketch, known: Specs, seed: int) -> tuple[str, set[str]]:
    """How a random play ends: ended, hangs or goes on; and where two tokens met on the way."""
    chance = random.Random(seed)
    ways, beside = dict(drawn.choosing()), drawn.beside()
    play, met = Play(known), set[str]()
    play.engine.pick = lambda name: chance.sample(ways[name], chance.randint(1, len(ways[name])))
    play.start()
    for _ in range(LONGEST):
        met |= {
            name
            for name, count in play.count_open().items()
            if count > 1 and name[0] not in "ao" and name not in beside
        }
        acts = play.list_acts()
        if play.has_ended or not acts:
            break
        play.act(*chance.choice(acts))
    if play.has_ended:
        return ("ended" if not play.list_acts() else "left"), met
    return ("goes on" if play.list_acts() else "hangs"), met
