"""The state of an instance as bytes: its tasks alone, in rows, with a version number in front.

Rows are in pre-order, so parents are restored before their children; each row keeps only what its data
changed against the parent's. State is bytes, never a JSON column: stock state loses variables without an
error when keys are reordered.
"""

from __future__ import annotations

from threading import local
from typing import TypeAlias, cast
from uuid import UUID, SafeUUID

import msgspec
import zstandard
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from models.base.errors import DomainError
from translations import gettext, lazy_gettext
from workflows.engine.elements import spiff_internals
from workflows.engine.elements.engines import Engine
from workflows.engine.elements.instances import Instance, InstanceCall
from workflows.engine.elements.plain_values import SIMPLE, Variables, is_same_value, to_plain_value
from workflows.engine.elements.spiff_internals import Part
from workflows.engine.state.specs import REGISTRY, Specs

TaskRow: TypeAlias = tuple[
    bytes,  # id
    str,  # name of its spec
    int,  # place of its parent, -1 for the root
    int,  # state
    bool,  # triggered
    float,  # last change of the state
    Variables | None,  # internal data
    Variables | None,  # what its data has beside its parent's, or otherwise
    list[str] | None,  # what its parent's data has alone
]
# data, correlations, (place of the last task, success, completed), tasks in pre-order
PartState: TypeAlias = tuple[Variables | None, Variables | None, tuple[int, bool, bool], list[TaskRow]]
# the instance, and its calls with the id of each caller and the name of each process
State: TypeAlias = tuple[PartState, list[tuple[bytes, str, PartState]]]

VERSION = 1
UNREACHED = TaskState.PREDICTED_MASK | TaskState.FUTURE  # no token has come; data is not inherited yet
OBJECT = 1
LARGEST = 1_000_000  # bytes of a state before it is compressed
HEAVIEST = 5_000_000  # items and characters in the data of all tasks together


class _Zstandard(local):
    """A compressor and a decompressor for each thread: two threads on one of them corrupt the state."""

    def __init__(self) -> None:
        self.compress = zstandard.ZstdCompressor(level=3).compress
        self.decompress = zstandard.ZstdDecompressor().decompress


_zstandard = _Zstandard()


def _convert_object(value: object) -> msgspec.msgpack.Ext:
    # An extension type, so that no plain value of a process can pass for an object of SpiffWorkflow.
    return msgspec.msgpack.Ext(OBJECT, msgspec.msgpack.encode(REGISTRY.convert(value)))


def _restore_object(_code: int, content: memoryview) -> object:
    return REGISTRY.restore(msgspec.msgpack.decode(content))


_encoder = msgspec.msgpack.Encoder(enc_hook=_convert_object)
_decoder = msgspec.msgpack.Decoder(ext_hook=_restore_object)


class UnstorableVariables(DomainError):
    """Process variables that the state cannot hold."""

    code = "unstorable"
    status = 422
    sentence = lazy_gettext("流程变量的内容超出可以保存的范围，没有保存任何更改。")


class StateTooLarge(DomainError):
    """An instance whose variables have grown beyond what each of its steps can read and write."""

    code = "case_too_large"
    status = 409  # nothing was saved; the same answer again leads to the same
    sentence = lazy_gettext("流程保存的数据太大，没有保存任何更改。")


class UnknownState(DomainError):
    """A state written by a newer version of the system."""

    code = "unknown_state"
    status = 500
    sentence = lazy_gettext("此流程实例由更新的系统版本保存，本版本不能读取。")


class UnreadableState(DomainError):
    """A state that is damaged, or does not belong to its diagrams."""

    code = "unreadable_state"
    status = 500
    sentence = lazy_gettext("此流程实例保存的内容已经损坏，不能读取。没有做任何改动，请联系系统管理员。")


def dump_state(workflow: Instance) -> bytes:
    """The state of a workflow and all that it calls."""
    calls = sorted(workflow.subprocesses.values(), key=lambda call: call.depth)
    parts = [(call.parent_task_id.bytes, call.spec.name, _encode_part(call)) for call in calls]
    state: State = (_encode_part(workflow), parts)
    try:
        encoded = _encoder.encode(state)
    except (OverflowError, UnicodeEncodeError, RecursionError) as error:
        raise UnstorableVariables from error  # a number beyond 64 bits, half a character, lists without end
    _check_size(workflow, len(encoded))
    return bytes([VERSION]) + _zstandard.compress(encoded)


def _check_size(workflow: Instance, written: int) -> None:
    """Refuse a state that is long, or whose tasks all carry so much that loading it would take minutes."""
    parts = (workflow, *workflow.subprocesses.values())
    if written > LARGEST:
        raise StateTooLarge(
            gettext(
                "流程保存的数据有 %(written)s 字节，最多 %(largest)s 字节，没有保存任何更改。",
                written=written,
                largest=LARGEST,
            )
        )
    if written * sum(len(part.tasks) for part in parts) <= HEAVIEST:
        return  # as good as always
    left = HEAVIEST
    for part in parts:
        for task in part.tasks.values():
            left = _subtract_weight(task.data, left)
    if left < 0:
        raise StateTooLarge(
            gettext("各分支的流程数据合计超过 %(heaviest)s 项（字），没有保存任何更改。", heaviest=HEAVIEST)
        )


def _subtract_weight(value: object, left: int) -> int:
    if left < 0:
        return left
    left -= 1 + (len(value) if isinstance(value, str) else 0)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        left = _subtract_weight(one, left)
    return left


def load_state(content: bytes, specs: Specs, engine: Engine) -> Instance:
    """The workflow whose state `dump_state` wrote."""
    if not content or content[0] != VERSION:
        raise UnknownState
    try:
        return _restore_workflow(content, specs, engine)
    except (zstandard.ZstdError, msgspec.MsgspecError, LookupError, TypeError, ValueError) as error:
        raise UnreadableState from error


def _restore_workflow(content: bytes, specs: Specs, engine: Engine) -> Instance:
    part, calls = cast(State, _decoder.decode(_zstandard.decompress(content[1:])))
    workflow = Instance(specs.spec, specs.calls, script_engine=engine, deserializing=True)
    _restore_part(workflow, part)
    for parent, name, inner in calls:
        _restore_call(workflow, UUID(bytes=parent), name, inner)
    return workflow


def _restore_call(workflow: Instance, parent: UUID, name: str, part: PartState) -> None:
    call = InstanceCall(workflow.subprocess_specs[name], parent, workflow, deserializing=True)
    _restore_part(call, part)
    workflow.subprocesses[parent] = call
    spiff_internals.connect_call(call, workflow.get_task_from_id(parent))


def _encode_part(workflow: Part) -> PartState:
    tasks, last = workflow.tasks, -1
    rows: list[TaskRow] = []
    stack: list[tuple[Task, int, Variables]] = [(workflow.task_tree, -1, {})]
    while stack:
        task, parent, before = stack.pop()
        place = len(rows)
        if task is workflow.last_task:
            last = place
        rows.append(_encode_task(task, parent, before))
        for child in reversed(spiff_internals.list_children(task)):
            stack.append((tasks[child], place, task.data))
    flags = (last, workflow.success, workflow.completed)
    return (workflow.data or None, workflow.correlations or None, flags, rows)


def _encode_task(task: Task, parent: int, before: Variables) -> TaskRow:
    after, state = task.data, task.state
    if state & UNREACHED:
        changed, gone = after, []
    else:
        changed = {
            key: value
            for key, value in after.items()
            if key not in before or not is_same_value(before[key], value)
        }
        gone = [key for key in before if key not in after]
    return (
        task.id.bytes,
        task.task_spec.name,
        parent,
        state,
        task.triggered,
        round(task.last_state_change, 3),
        task.internal_data or None,
        changed or None,
        gone or None,
    )


def _restore_part(workflow: Part, part: PartState) -> None:
    data, correlations, (last, success, completed), rows = part
    workflow.data, workflow.correlations = data or {}, correlations or {}
    workflow.success, workflow.completed = success, completed
    made: list[Task] = []
    for row in rows:
        task = _restore_task(workflow, row, made)
        made.append(task)
        if task.state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            spiff_internals.watch_event(task)
    workflow.task_tree = made[0]
    if last >= 0:
        workflow.last_task = made[last]


def _restore_task(workflow: Part, row: TaskRow, made: list[Task]) -> Task:
    task_id, name, place, state, triggered, changed_at, internal, changed, gone = row
    parent, spec = made[place] if place >= 0 else None, workflow.spec.task_specs[name]
    task = spiff_internals.restore_task(workflow, parent, _build_uuid(task_id), spec, state)
    task.triggered, task.last_state_change, task.internal_data = triggered, changed_at, internal or {}
    before = parent.data if parent is not None else {}
    task.data = (changed or {}) if state & UNREACHED else _restore_data(before, changed, gone)
    return task


def _build_uuid(content: bytes) -> UUID:
    # What unpickling does; the constructor checks six ways to make one, and that for each task of each step.
    made = UUID.__new__(UUID)
    object.__setattr__(made, "int", int.from_bytes(content, "big"))
    object.__setattr__(made, "is_safe", SafeUUID.unknown)
    return made


def _restore_data(before: Variables, changed: Variables | None, gone: list[str] | None) -> Variables:
    # A list that parent and child shared would change in both: several instances of a task append to one.
    data = {key: value if type(value) in SIMPLE else to_plain_value(value) for key, value in before.items()}
    if changed:
        data.update(changed)
    for key in gone or ():
        data.pop(key, None)
    return data
