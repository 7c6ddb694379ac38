"""A small world for engine tests: deploy drawn diagrams, move instances, look at the rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from marshmallow import EXCLUDE, Schema, fields
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import select

from models import db
from models.persons.people import Person
from models.processes.instances import Event, Job, ProcessInstance, Wait, WorkItem
from workflows import engine, operations
from workflows.engine.moves import instance_run
from workflows.engine.state import codec, releases
from workflows.engine.state.interpreter import Circumstances, Interpreter
from workflows.operations import Operation

BEGINNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, nine o'clock in Shanghai
FORMS = frozenset({"form"})
ROLES = frozenset({"clerk", "reviewer"})


class Anything(Schema):
    """Parameters that a test operation takes as they are."""

    class Meta:
        unknown = EXCLUDE

    case = fields.Raw()
    value = fields.Raw()


@dataclass
class Watch:
    """The clock of a test; it goes only when it is told to, backwards too."""

    at: datetime = BEGINNING

    def __call__(self) -> datetime:
        return self.at

    def go(self, **delta: float) -> None:
        """Let time pass."""
        self.at += timedelta(**delta)


@dataclass
class World:
    """One database with its clock and the operations that tests hand in."""

    watch: Watch
    calls: list[dict[str, Any]] = field(default_factory=list)  # what inward operations were asked

    def operation(
        self, name: str, perform: Any = None, *, kind: Any = "inward", parameters: Any = Anything
    ) -> None:
        """Register a test operation; `perform` gets the call and its parameters."""

        def noted(call: operations.OperationCall, **parameters: Any) -> Any:
            self.calls.append({"operation": name, **parameters})
            return perform(call, **parameters) if perform else None

        operations.register_operation(
            Operation(name=name, kind=kind, summary="测试操作", parameters=parameters, perform=noted)
        )

    def environment(self, **changes: Any) -> engine.Environment:
        """What the linter takes as known."""
        known = {
            name: engine.OperationFacts(
                parameters=frozenset(operation.parameters().fields), kind=operation.kind
            )
            for name, operation in operations.registered_operations().items()
        }
        given: dict[str, Any] = {"operations": known, "forms": FORMS, "roles": ROLES, **changes}
        return engine.Environment(**given)

    def deploy(self, sources: bytes | Mapping[str, bytes], **changes: Any) -> engine.Deployment:
        """Deploy one file, or several, that the linter is expected to pass."""
        named = {"p.bpmn": sources} if isinstance(sources, bytes) else sources
        try:
            return engine.deploy_files(named, by=None, environment=self.environment(**changes))
        except engine.LintRefused as refused:
            raise AssertionError("\n".join(problem.message for problem in refused.problems)) from None

    def person(self, name: str) -> int:
        """Somebody whom an item can be given to."""
        row = Person(kind="staff", login=name, name=name, password_hash="", created_at=self.watch())
        db.session.add(row)
        db.session.flush()
        return row.id

    def start(self, process_key: str = "p", *, key: str | None = "case:1", **variables: Any) -> int:
        """Start an instance; its id."""
        result = engine.start_instance(process_key, business_key=key, variables=variables, actor=None)
        return result.id

    def complete(self, instance_id: int, element: str, **variables: Any) -> engine.StepResult:
        """Complete the first open item of an element."""
        item = next(item for item in self.items(instance_id) if item.element == element)
        return self.complete_item(item, **variables)

    def complete_item(self, item: WorkItem, **variables: Any) -> engine.StepResult:
        """Complete a work item and forget what was loaded."""
        result = engine.complete_task(item, variables=variables, actor=None)
        db.session.expire_all()
        return result

    def items(self, instance_id: int) -> list[WorkItem]:
        """The open work items."""
        chosen = select(WorkItem).where(WorkItem.instance_id == instance_id, WorkItem.state == "open")
        return list(db.session.scalars(chosen.order_by(WorkItem.id)))

    def open(self, instance_id: int) -> list[str]:
        """The elements of the open work items, sorted."""
        return sorted(item.element for item in self.items(instance_id))

    def item(self, instance_id: int, element: str) -> WorkItem:
        """The newest work item of an element, whatever its state."""
        chosen = select(WorkItem).where(WorkItem.instance_id == instance_id, WorkItem.element == element)
        return db.session.scalars(chosen.order_by(WorkItem.id.desc())).first()

    def waits(self, instance_id: int) -> list[Wait]:
        """What an instance waits for."""
        return list(
            db.session.scalars(select(Wait).where(Wait.instance_id == instance_id).order_by(Wait.element))
        )

    def jobs(self, instance_id: int) -> list[Job]:
        """The jobs of an instance, the oldest first."""
        return list(db.session.scalars(select(Job).where(Job.instance_id == instance_id).order_by(Job.id)))

    def events(self, instance_id: int) -> list[tuple[str, str | None]]:
        """What happened to an instance: kind and element."""
        chosen = select(Event.kind, Event.element).where(Event.instance_id == instance_id)
        return [(kind, element) for kind, element in db.session.execute(chosen.order_by(Event.id))]

    def row(self, instance_id: int) -> ProcessInstance:
        """The row of an instance as it is now."""
        return db.session.get_one(ProcessInstance, instance_id, populate_existing=True)

    def loaded(self, instance_id: int) -> Any:
        """The stored workflow, restored."""
        row = self.row(instance_id)
        release = db.session.get_one(releases.Release, row.release_id)
        specs = releases.find_specs(release.id, release.digest)
        return codec.load_state(row.blob, specs, interpreter(specs, row.id, row.business_key))

    def tasks(self, instance_id: int) -> int:
        """How many tasks the stored state holds."""
        workflow = self.loaded(instance_id)
        return sum(len(part.tasks) for part in (workflow, *workflow.subprocesses.values()))

    def size(self, instance_id: int) -> int:
        """How many bytes the stored state has."""
        return len(self.row(instance_id).blob)


def interpreter(specs: Any, instance_id: int = 1, key: str | None = None) -> Interpreter:
    """The script engine of a step outside the database."""
    return Interpreter(
        specs=specs,
        circumstances=Circumstances(instance_id=instance_id, business_key=key, actor=None),
    )


def held(workflow: Any) -> list[tuple[str, str, dict[str, Any]]]:
    """Where the tokens of a workflow are: spec, state and data of each live task."""
    live = TaskState.READY | TaskState.WAITING | TaskState.STARTED
    found = [
        (task.task_spec.name, TaskState.get_name(task.state), dict(task.data))
        for task in workflow.get_tasks(state=live)
    ]
    return sorted(found, key=repr)


def run_of(workflow: Any, specs: Any, now: datetime) -> instance_run.InstanceRun:
    """A step over a workflow in memory."""
    row: Any = SimpleNamespace(id=1, business_key=None, process_key=specs.key, public_state=None)
    made = instance_run.InstanceRun(
        row=row, specs=specs, interpreter=workflow.script_engine, actor=None, now=now
    )
    made.workflow = workflow
    return made


__all__ = ["BEGINNING", "Anything", "Watch", "World", "held", "interpreter", "run_of"]
