"""The one way in which an instance moves: lock, load, act, run to rest, prune, write the differences.

After an exception the loaded workflow is thrown away: the stored state is what counts. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import ColumnElement, Select, bindparam, select, update

from models.base.database import table_of
from models.base.errors import AlreadyDone, Changed, DomainError, NotFound
from models.base.prebuilt import Prebuilt, Write, run_together
from models.processes.instances import ProcessInstance, Release
from models.processes.states import EventKind, InstanceState
from translations import gettext
from workflows import state_changes
from workflows.engine.elements import failures, step_clock
from workflows.engine.elements.names import describe_task
from workflows.engine.expressions import meters
from workflows.engine.moves import row_changes
from workflows.engine.moves.execution import ProcessFailed, run_to_rest
from workflows.engine.moves.instance_run import Act, InstanceRun, StepResult
from workflows.engine.moves.row_types import InstanceRow
from workflows.engine.state import codec, pending_work, pruning, releases
from workflows.engine.state.interpreter import Circumstances, Interpreter, call_of
from workflows.engine.state.pending_work import PendingWork, find_element_id
from workflows.state_changes import StateChange

INSTANCE, RELEASE = table_of(ProcessInstance), table_of(Release)
# The digest is asked for beside the row, not joined: after waiting for the lock, PostgreSQL looks at the
# changed row again, and a join would drop it when it has moved to another release meanwhile.
_digest = select(RELEASE.c.digest).where(RELEASE.c.id == INSTANCE.c.release_id).scalar_subquery()
READ: dict[str, ColumnElement[Any]] = {  # as InstanceRow has them
    **{name: INSTANCE.c[name] for name in ("id", "release_id", "process_key", "business_key", "state")},
    **{name: INSTANCE.c[name] for name in ("revision", "public_state", "blob")},
    "digest": _digest,
}
_row = select(*(column.label(name) for name, column in READ.items())).where(
    INSTANCE.c.id == bindparam("instance")
)
READ_ROW = Prebuilt(_row)
LOCK_ROW = Prebuilt(_row.with_for_update(of=INSTANCE))
SAVE = Prebuilt(
    update(INSTANCE)
    .where(INSTANCE.c.id == bindparam("instance"), INSTANCE.c.revision == bindparam("seen"))
    .values(
        revision=bindparam("seen") + 1,
        blob=bindparam("blob"),
        state=bindparam("state"),
        public_state=bindparam("public"),
        elements=bindparam("elements"),
        end_element=bindparam("end"),
        ended_at=bindparam("ended"),
    )
    .returning(INSTANCE.c.id)
)


def move_instance(instance_id: int, act: Act, *, actor: int | None, now: datetime) -> StepResult | None:
    """Move an instance by one act; an act that answers False changes nothing and nothing is written."""
    return move_locked_instance(lock_instance(instance_id), act, actor=actor, now=now)


def move_locked_instance(
    row: InstanceRow, act: Act, *, actor: int | None, now: datetime
) -> StepResult | None:
    """Move an instance whose row the caller has locked in this transaction."""
    with step_clock.at_moment(now), meters.step_meter(), translate_failures():
        run = open_run(row, actor=actor, now=now)
        run.workflow = codec.load_state(row.blob, run.specs, run.interpreter)
        run.before = pending_work.find_pending_work(run.workflow)
        if not act(run):
            return None
        return settle_run(run)


def read(instance_id: int) -> InstanceRow:
    """The row of an instance as it is at this moment."""
    row = READ_ROW.first({"instance": instance_id})
    if row is None:
        raise NotFound
    return InstanceRow(*row)


def lock_instance(instance_id: int) -> InstanceRow:
    """The row of an instance, locked until the caller's transaction ends."""
    row = LOCK_ROW.first({"instance": instance_id})
    if row is None:
        raise NotFound
    return InstanceRow(*row)


def add_instance_lock(query: Select[Any], instance: ColumnElement[int]) -> Select[Any]:
    """Let a query also lock an instance, given by a column, and bring its row for `extract_instance_row`.

    `stale` tells that the lock was waited for and the instance has moved: all but the instance's own columns
    is then as it was before.
    """
    seen = INSTANCE.alias("seen")
    columns = [column.label(f"locked_{name}") for name, column in READ.items()]
    stale = (seen.c.revision != INSTANCE.c.revision).label("stale")
    return (
        query.add_columns(*columns, stale)
        .join(INSTANCE, INSTANCE.c.id == instance)
        .join(seen, seen.c.id == instance)
        .with_for_update(of=INSTANCE)
    )


def extract_instance_row(row: object) -> InstanceRow:
    """The instance's own row out of a row of a query made by `add_instance_lock`."""
    return InstanceRow(*(getattr(row, f"locked_{name}") for name in READ))


def open_run(row: InstanceRow, *, actor: int | None, now: datetime) -> InstanceRun:
    """What a step of this instance needs besides its state."""
    specs = releases.find_specs(row.release_id, row.digest)
    known = Circumstances(instance_id=row.id, business_key=row.business_key, actor=actor)
    interpreter = Interpreter(specs=specs, circumstances=known)
    return InstanceRun(row=row, specs=specs, interpreter=interpreter, actor=actor, now=now)


@contextmanager
def translate_failures() -> Iterator[None]:
    """The engine's own exceptions become a refusal that says that nothing was saved."""
    try:
        yield
    except SpiffWorkflowException as error:
        inner = error.__cause__ or error.__context__ or getattr(error, "exception", None)
        if isinstance(inner, DomainError):
            raise inner from error
        if sentence := failures.explain_failure(error):
            raise ProcessFailed(sentence) from error
        raise ProcessFailed(gettext("流程执行出错，没有保存任何更改：%(error)s", error=error)) from error
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        if not _is_of_engine(error):
            raise
        raise ProcessFailed(
            gettext("流程执行出错，没有保存任何更改：变量的内容与流程图不符（%(error)s）。", error=error)
        ) from error


def _is_of_engine(error: Exception) -> bool:
    # SpiffWorkflow takes variables as they are: what is repeated for each entry may be no list at all.
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return frame is not None and frame.tb_frame.f_globals.get("__name__", "").startswith("SpiffWorkflow.")


def settle_run(run: InstanceRun) -> StepResult:
    """Run to rest, write everything that changed, and tell who asked for it."""
    run_to_rest(run)
    after = pending_work.find_pending_work(run.workflow)
    completed = bool(run.workflow.completed)
    public = _find_public_state(run, after, completed)
    pruning.prune_instance(run.workflow)
    run.workflow.get_events()
    for task in run.interpreter.ticked:
        run.note(EventKind.TIMER, find_element_id(task))
    elements = tuple(dict.fromkeys(find_element_id(task) for task in after.resting))
    _note_changes(run, after)
    if completed:
        run.note(EventKind.ENDED, run.ends[-1] if run.ends else None)
    if public != run.row.public_state:
        run.note(EventKind.STATE, None, [run.row.public_state, public])
    run.keep_record()
    result = StepResult(
        id=run.row.id,
        process_key=run.row.process_key,
        business_key=run.row.business_key,
        state=InstanceState.COMPLETED if completed else InstanceState.ACTIVE,
        public_state=public,
        elements=elements,
        end_element=run.ends[-1] if completed and run.ends else None,
    )
    _write_run(run, after, result)
    _announce_state(run, public)
    return result


def _note_changes(run: InstanceRun, after: PendingWork) -> None:
    for key, task in run.before.items.items():
        if key not in after.items and task.state != TaskState.COMPLETED:
            run.note(EventKind.WITHDRAWN, find_element_id(task), {"cause": run.cause})
    for key, task in after.calls.items():
        if key not in run.before.calls:
            run.note(EventKind.QUEUED, find_element_id(task), {"operation": call_of(task)["operation"]})


def _find_public_state(run: InstanceRun, after: PendingWork, completed: bool) -> str | None:
    if completed:
        return run.end_state or run.row.public_state
    return pending_work.find_public_state(after) or run.row.public_state


def _write_run(run: InstanceRun, after: PendingWork, result: StepResult) -> None:
    """Write the state and all that follows from it; nothing if somebody else moved the instance."""
    checked = [_build_save(run, result), *([run.finished] if run.finished else [])]
    also = [run.also(result)] if run.also else []
    items = row_changes.build_new_items(run.row, run.before, after)
    saved, *finished = run_together([*checked, *items, *row_changes.build_new_events(run.events), *also])[
        : len(checked)
    ]
    if not saved:
        raise Changed
    if not all(finished):
        raise AlreadyDone
    row_changes.write_changes(run.row, run.before, after, run.cause)


def _build_save(run: InstanceRun, result: StepResult) -> Write:
    values = {
        "instance": run.row.id,
        "seen": run.row.revision,
        "blob": _dump_run(run),
        "state": result.state,
        "public": result.public_state,
        "elements": list(result.elements),
        "end": result.end_element,
        "ended": run.now if result.state == InstanceState.COMPLETED else None,
    }
    return SAVE, values


def _dump_run(run: InstanceRun) -> bytes:
    try:
        return codec.dump_state(run.workflow)
    except codec.StateTooLarge as error:
        title = describe_task(run.latest) if run.latest is not None else gettext("流程")
        sentence = gettext("%(element)s：%(reason)s", element=title, reason=error.sentence)
        raise codec.StateTooLarge(sentence) from error


def _announce_state(run: InstanceRun, public: str | None) -> None:
    if public != run.row.public_state:
        state_changes.announce_change(
            StateChange(
                instance_id=run.row.id,
                business_key=run.row.business_key,
                release=(run.row.release_id, run.row.digest),
                old=run.row.public_state,
                new=public,
                now=run.now,
            )
        )
