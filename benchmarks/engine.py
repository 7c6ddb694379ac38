"""One user task: load the state, complete the task, save; ours against SpiffWorkflow with its own serializer.

`python -m benchmarks.engine` prints a JSON line for each case. Both sides run in the same process, in turn;
times are medians of CPU time. Everything is in memory, without a database on either side.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from marshmallow import EXCLUDE, Schema, fields
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

from workflows import operations
from workflows.engine import decisions
from workflows.engine.elements import spiff_internals, step_clock
from workflows.engine.elements.instances import Instance, look_ahead
from workflows.engine.moves import instance_run, step
from workflows.engine.state import codec, pending_work, pruning, specs
from workflows.engine.state.interpreter import Circumstances, Interpreter
from workflows.operations import Operation

DIAGRAMS = Path(__file__).parent / "diagrams"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DATA = {"case_id": "C-1001", "area": 120, "applicant": "张三", "site": 3, "kind": "senior"}
RETURNED = {"outcome": "return"}
ROUND = [
    ("complete", "check_completeness", RETURNED),
    ("message", "await_reply", {}),
    ("complete", "resubmit", {}),
]
MIDWAY = [("complete", "fill_in", DATA), ("complete", "confirm_risk", {})]
BESIDE = MIDWAY + ROUND * 100
CASES = {
    "midway": [*MIDWAY, ("complete", "police_check", {})],
    "rounds20": [*MIDWAY, ("complete", "police_check", {}), *ROUND * 20],
    "rounds100": [*MIDWAY, ("complete", "police_check", {}), *ROUND * 100],
    "beside_open_sibling": BESIDE,
}


class Noted(Schema):
    """What the operation of the diagram takes."""

    class Meta:
        unknown = EXCLUDE

    case = fields.Raw()


class Services(TaskDataEnvironment):  # type: ignore[misc]
    """The operation of the diagram for stock SpiffWorkflow."""

    def call_service(self, context: Any, **_asked: Any) -> str:
        """Answer as our operation does."""
        return json.dumps({"noted": True})


class Stock:
    """SpiffWorkflow as it comes: specs and all tasks as JSON, written and read by its serializer."""

    def __init__(self) -> None:
        parser = SpiffBpmnParser()
        parser.add_bpmn_str((DIAGRAMS / "permit.bpmn").read_bytes())
        parser.add_dmn_str((DIAGRAMS / "risk.dmn").read_bytes())
        self.spec, self.calls = parser.get_spec("permit"), parser.get_subprocess_specs("permit")
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))
        self.engine = PythonScriptEngine(Services())

    def start(self) -> Any:
        """A fresh instance at rest."""
        workflow = BpmnWorkflow(self.spec, self.calls, script_engine=self.engine)
        workflow.do_engine_steps()
        return workflow

    def load(self, state: str) -> Any:
        """The instance that was saved."""
        workflow = self.serializer.deserialize_json(state)
        workflow.script_engine = self.engine
        return workflow

    def rest(self, workflow: Any) -> None:
        """Run to rest."""
        workflow.do_engine_steps()

    def save(self, workflow: Any) -> str:
        """The instance as it would be stored."""
        return str(self.serializer.serialize_json(workflow))


class Ours:
    """The engine's own parts, in the order in which a step uses them."""

    def __init__(self) -> None:
        tables = {
            table.key: table
            for table in decisions.parse_tables((DIAGRAMS / "risk.dmn").read_bytes(), name="risk.dmn")
        }
        diagram = ("permit.bpmn", (DIAGRAMS / "permit.bpmn").read_bytes())
        self.specs = specs.load_specs(specs.dump_specs(specs.parse_files([diagram], tables)["permit"]))
        self.row = SimpleNamespace(id=1, business_key="case:1", process_key="permit", public_state=None)

    def start(self) -> Any:
        """A fresh instance at rest."""
        workflow = Instance(self.specs.spec, self.specs.calls, script_engine=self._interpreter())
        self.rest(workflow)
        return workflow

    def load(self, state: bytes) -> Any:
        """The instance that was saved, with where it stood."""
        workflow = codec.load_state(state, self.specs, self._interpreter())
        pending_work.find_pending_work(workflow)
        return workflow

    def rest(self, workflow: Any) -> None:
        """Run to rest as a step does."""
        moved = instance_run.InstanceRun(
            row=self.row, specs=self.specs, interpreter=workflow.script_engine, actor=1, now=NOW
        )
        moved.workflow = workflow
        step.run_to_rest(moved)

    def save(self, workflow: Any) -> bytes:
        """The instance as it would be stored, with where it stands."""
        pending_work.find_pending_work(workflow)
        pruning.prune_instance(workflow)
        return codec.dump_state(workflow)

    def _interpreter(self) -> Interpreter:
        known = Circumstances(instance_id=1, business_key="case:1", actor=1)
        return Interpreter(specs=self.specs, circumstances=known)


def move(side: Any, workflow: Any, kind: str, element: str, data: dict[str, Any]) -> None:
    """Complete a user task, or hand a message to a waiting event."""
    state = TaskState.READY if kind == "complete" else TaskState.WAITING
    task = workflow.get_next_task(state=state, spec_name=element)
    if kind == "complete":
        task.data.update(data)
        if isinstance(side, Ours):
            look_ahead(task)
        task.run()
    else:
        definition = task.task_spec.event_definition
        message = next(part for part in definition.event_definitions if part.name == "replied")
        task.task_spec.catch(
            task, BpmnEvent(message, {"case_id": DATA["case_id"]}, task.workflow.correlations)
        )
        spiff_internals.update_task(task)
    side.rest(workflow)


def stored(side: Any, moves: list[tuple[str, str, dict[str, Any]]]) -> Any:
    """The state after some moves; ours is saved at each, as in life."""
    workflow = side.start()
    for kind, element, data in moves:
        move(side, workflow, kind, element, data)
        if isinstance(side, Ours):
            workflow = side.load(side.save(workflow))
    return side.save(workflow)


def milliseconds(work: Callable[[], object], times: int) -> float:
    """The median CPU time of some work."""
    spent = []
    for _ in range(times):
        before = time.process_time()
        work()
        spent.append(time.process_time() - before)
    return statistics.median(spent) * 1000


def cycle(side: Any, state: Any) -> Any:
    """Load, complete one user task, save."""
    workflow = side.load(state)
    move(side, workflow, "complete", "check_completeness", RETURNED)
    return side.save(workflow)


def measure(name: str, stock: Stock, ours: Ours) -> dict[str, Any]:
    """Both sides on one case."""
    theirs, mine = stored(stock, CASES[name]), stored(ours, CASES[name])
    cycle(ours, mine)
    gc.collect()
    stock_ms = milliseconds(lambda: cycle(stock, theirs), 5 if "100" in name or "beside" in name else 15)
    ours_ms = milliseconds(lambda: cycle(ours, mine), 100)
    return {
        "case": name,
        "stock_ms": round(stock_ms, 3),
        "ours_ms": round(ours_ms, 3),
        "ratio": round(stock_ms / ours_ms, 1),
        "stock_bytes": len(theirs.encode()),
        "ours_bytes": len(mine),
    }


def main() -> None:
    """Print a line for each case."""
    operations.register_operation(
        Operation(
            name="benchmark.note",
            kind="inward",
            summary="记下一件事",
            parameters=Noted,
            perform=lambda _call, **_parameters: {"noted": True},
        )
    )
    stock, ours = Stock(), Ours()
    with step_clock.at_moment(NOW):
        for name in CASES:
            print(json.dumps(measure(name, stock, ours)), flush=True)


if __name__ == "__main__":
    main()
