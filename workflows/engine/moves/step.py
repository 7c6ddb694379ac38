"""The one way in which an instance moves: lock, load, act, run to rest, prune, write the differences.

After an exception the loaded workflow is thrown away: the stored state is what counts. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import bindparam, select, update

from models.errors import AlreadyDone, Changed, DomainError, NotFound
from models.prebuilt import Prebuilt, Write, together
from models.process import ProcessInstance, Release
from workflows import publicstate
from workflows.engine.elements import moment
from workflows.engine.expressions import meters
from workflows.engine.moves import rows
from workflows.engine.moves.run import Result, Run
from workflows.engine.moves.running import Broken, rest
from workflows.engine.state import codec, pruning, releases, standing
from workflows.engine.state.interpreter import Circumstances, Interpreter, title_of
from workflows.engine.state.standing import Standing, element_of
from workflows.publicstate import Change

INSTANCE: Any = ProcessInstance.__table__
RELEASE: Any = Release.__table__
# The digest is asked for beside the row, not joined: after waiting for the lock, PostgreSQL looks at the
# changed row again, and a join would drop it when it has moved to another release meanwhile.
_digest = select(RELEASE.c.digest).where(RELEASE.c.id == INSTANCE.c.release_id).scalar_subquery()
READ = {
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


def step(instance_id: int, act: Callable[[Run], bool], *, actor: int | None, now: datetime) -> Result | None:
    """Move an instance by one act; an act that answers False changes nothing and nothing is written."""
    return step_locked(lock(instance_id), act, actor=actor, now=now)


def step_locked(row: Any, act: Callable[[Run], bool], *, actor: int | None, now: datetime) -> Result | None:
    """Move an instance whose row the caller has locked in this transaction."""
    with moment.at(now), meters.step(), broken():
        run = opened(row, actor=actor, now=now)
        run.workflow = codec.load(row.blob, run.specs, run.interpreter)
        run.before = standing.of(run.workflow)
        if not act(run):
            return None
        return settle(run)


def lock(instance_id: int) -> Any:
    """The row of an instance, locked until the caller's transaction ends."""
    row = LOCK_ROW.first({"instance": instance_id})
    if row is None:
        raise NotFound
    return row


def locking(query: Any, instance: Any) -> Any:
    """Let a query also lock an instance, given by a column, and bring its row for `locked`.

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


def locked(row: Any) -> Any:
    """The instance's own row out of a row of a query made by `locking`."""
    return SimpleNamespace(**{name: getattr(row, f"locked_{name}") for name in READ})


def opened(row: Any, *, actor: int | None, now: datetime) -> Run:
    """What a step of this instance needs besides its state."""
    specs = releases.specs_of(row.release_id, row.digest)
    known = Circumstances(instance_id=row.id, business_key=row.business_key, actor=actor)
    interpreter = Interpreter(specs=specs, circumstances=known)
    return Run(row=row, specs=specs, interpreter=interpreter, actor=actor, now=now)


@contextmanager
def broken() -> Iterator[None]:
    """The engine's own exceptions become a refusal that says that nothing was saved."""
    try:
        yield
    except SpiffWorkflowException as error:
        inner = error.__cause__ or error.__context__ or getattr(error, "exception", None)
        if isinstance(inner, DomainError):
            raise inner from error
        raise Broken(f"流程执行出错，没有保存任何更改：{error}") from error
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        if not _is_of_engine(error):
            raise
        raise Broken(f"流程执行出错，没有保存任何更改：变量的内容与流程图不符（{error}）。") from error


def _is_of_engine(error: Exception) -> bool:
    # SpiffWorkflow takes variables as they are: what is repeated for each entry may be no list at all.
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return frame is not None and frame.tb_frame.f_globals.get("__name__", "").startswith("SpiffWorkflow.")


def settle(run: Run) -> Result:
    """Run to rest, write everything that changed, and tell who asked for it."""
    rest(run)
    after = standing.of(run.workflow)
    completed = bool(run.workflow.completed)
    public = _public_state(run, after, completed)
    pruning.prune(run.workflow)
    run.workflow.get_events()
    for task in run.interpreter.ticked:
        run.note("timer", element_of(task))
    elements = tuple(dict.fromkeys(element_of(task) for task in after.resting))
    _note_changes(run, after)
    if completed:
        run.note("ended", run.ends[-1] if run.ends else None)
    if public != run.row.public_state:
        run.note("state", None, [run.row.public_state, public])
    result = Result(
        id=run.row.id,
        process_key=run.row.process_key,
        business_key=run.row.business_key,
        state="completed" if completed else "active",
        public_state=public,
        elements=elements,
        end_element=run.ends[-1] if completed and run.ends else None,
    )
    _write(run, after, result)
    _announce(run, public)
    return result


def _note_changes(run: Run, after: Standing) -> None:
    for key, task in run.before.items.items():
        if key not in after.items and task.state != TaskState.COMPLETED:
            run.note("withdrawn", element_of(task), {"cause": run.cause})
    for key, task in after.calls.items():
        if key not in run.before.calls:
            run.note("queued", element_of(task), {"operation": task.internal_data["call"]["operation"]})


def _public_state(run: Run, after: Standing, completed: bool) -> str | None:
    if completed:
        return run.end_state or run.row.public_state
    return standing.public_state(after) or run.row.public_state


def _write(run: Run, after: Standing, result: Result) -> None:
    """Write the state and all that follows from it; nothing if somebody else moved the instance."""
    checked = [_saved(run, result), *([run.finished] if run.finished else [])]
    also = [run.also(result)] if run.also else []
    items = rows.new_items(run.row, run.before, after)
    saved, *finished = together([*checked, *items, *rows.new_events(run.events), *also])[: len(checked)]
    if not saved:
        raise Changed
    if not all(finished):
        raise AlreadyDone
    rows.write(run.row, run.before, after, run.cause)


def _saved(run: Run, result: Result) -> Write:
    values = {
        "instance": run.row.id,
        "seen": run.row.revision,
        "blob": _dumped(run),
        "state": result.state,
        "public": result.public_state,
        "elements": list(result.elements),
        "end": result.end_element,
        "ended": run.now if result.state == "completed" else None,
    }
    return SAVE, values


def _dumped(run: Run) -> bytes:
    try:
        return codec.dump(run.workflow)
    except codec.TooLarge as error:
        title = title_of(run.latest) if run.latest is not None else "流程"
        raise codec.TooLarge(f"{title}：{error.sentence}") from error


def _announce(run: Run, public: str | None) -> None:
    if public != run.row.public_state:
        publicstate.announce(
            Change(
                instance_id=run.row.id,
                business_key=run.row.business_key,
                old=run.row.public_state,
                new=public,
                now=run.now,
            )
        )
