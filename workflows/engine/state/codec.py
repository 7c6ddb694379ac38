"""The state of an instance as bytes: its tasks alone, in rows, with a version number in front.

Rows are in pre-order, so parents are restored before their children; each row keeps only what its data
changed against the parent's. State is bytes, never a JSON column: stock state loses variables without an
error when keys are reordered.
"""

from __future__ import annotations

from threading import local
from typing import Any
from uuid import UUID, SafeUUID

import msgspec
import zstandard
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from models.base.errors import DomainError
from translations import gettext, lazy_gettext
from workflows.engine.elements.instances import Instance, InstanceCall
from workflows.engine.elements.plain_values import SIMPLE, is_same_value, to_plain_value
from workflows.engine.state.specs import REGISTRY, Specs

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


def _convert_object(value: Any) -> msgspec.msgpack.Ext:
    # An extension type, so that no plain value of a process can pass for an object of SpiffWorkflow.
    return msgspec.msgpack.Ext(OBJECT, msgspec.msgpack.encode(REGISTRY.convert(value)))


def _restore_object(_code: int, content: memoryview) -> Any:
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


def dump_state(workflow: Any) -> bytes:
    """The state of a workflow and all that it calls."""
    calls = sorted(workflow.subprocesses.values(), key=lambda call: call.depth)
    state = (
        _encode_part(workflow),
        [(call.parent_task_id.bytes, call.spec.name, _encode_part(call)) for call in calls],
    )
    try:
        encoded = _encoder.encode(state)
    except (OverflowError, UnicodeEncodeError, RecursionError) as error:
        raise UnstorableVariables from error  # a number beyond 64 bits, half a character, lists without end
    _check_size(workflow, len(encoded))
    return bytes([VERSION]) + _zstandard.compress(encoded)


def _check_size(workflow: Any, written: int) -> None:
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


def _subtract_weight(value: Any, left: int) -> int:
    if left < 0:
        return left
    left -= 1 + (len(value) if isinstance(value, str) else 0)
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        left = _subtract_weight(one, left)
    return left


def load_state(content: bytes, specs: Specs, engine: Any) -> Any:
    """The workflow whose state `dump_state` wrote."""
    if not content or content[0] != VERSION:
        raise UnknownState
    try:
        return _restore_workflow(content, specs, engine)
    except (zstandard.ZstdError, msgspec.MsgspecError, LookupError, TypeError, ValueError) as error:
        raise UnreadableState from error


def _restore_workflow(content: bytes, specs: Specs, engine: Any) -> Any:
    part, calls = _decoder.decode(_zstandard.decompress(content[1:]))
    workflow = Instance(specs.spec, specs.calls, script_engine=engine, deserializing=True)
    _restore_part(workflow, part)
    for parent, name, inner in calls:
        _restore_call(workflow, UUID(bytes=parent), name, inner)
    return workflow


def _restore_call(workflow: Any, parent: UUID, name: str, part: Any) -> None:
    call = InstanceCall(workflow.subprocess_specs[name], parent, workflow, deserializing=True)
    _restore_part(call, part)
    workflow.subprocesses[parent] = call
    caller = workflow.get_task_from_id(parent)
    call.completed_event.connect(caller.task_spec._on_subworkflow_completed, caller)


def _encode_part(workflow: Any) -> tuple[Any, ...]:
    tasks, last = workflow.tasks, -1
    rows: list[tuple[Any, ...]] = []
    stack: list[tuple[Any, int, Any]] = [(workflow.task_tree, -1, {})]
    while stack:
        task, parent, before = stack.pop()
        place = len(rows)
        if task is workflow.last_task:
            last = place
        rows.append(_encode_task(task, parent, before))
        for child in reversed(task._children):
            stack.append((tasks[child], place, task.data))
    flags = (last, workflow.success, workflow.completed)
    return (workflow.data or None, workflow.correlations or None, flags, rows)


def _encode_task(task: Any, parent: int, before: dict[str, Any]) -> tuple[Any, ...]:
    after = task.data
    if task._state & UNREACHED:
        changed, gone = after, None
    else:
        changed = {
            key: value
            for key, value in after.items()
            if key not in before or not is_same_value(before[key], value)
        }
        gone = [key for key in before if key not in after] or None
    return (
        task.id.bytes,
        task.task_spec.name,
        parent,
        task._state,
        task.triggered,
        round(task.last_state_change, 3),
        task.internal_data or None,
        changed or None,
        gone,
    )


def _restore_part(workflow: Any, part: Any) -> None:
    data, correlations, (last, success, completed), rows = part
    workflow.data, workflow.correlations = data or {}, correlations or {}
    workflow.success, workflow.completed = success, completed
    manager = workflow.top_workflow.event_manager
    made: list[Any] = []
    for row in rows:
        task = _restore_task(workflow, row, made)
        workflow.tasks[task.id] = task
        made.append(task)
        if task._state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            manager.add_task(task)
    workflow.task_tree = made[0]
    if last >= 0:
        workflow.last_task = made[last]


def _restore_task(workflow: Any, row: Any, made: list[Any]) -> Any:
    task_id, name, place, state, triggered, changed_at, internal, changed, gone = row
    task: Any = Task.__new__(Task)
    task.id, task.workflow, task._state = _build_uuid(task_id), workflow, state
    task.task_spec = workflow.spec.task_specs[name]
    task.triggered, task.last_state_change, task.thread_id = triggered, changed_at, 0
    task._children, task._parent = [], None
    task.internal_data = internal or {}
    before = {}
    if place >= 0:
        parent = made[place]
        task._parent = parent.id
        parent._children.append(task.id)
        before = parent.data
    task.data = (changed or {}) if state & UNREACHED else _restore_data(before, changed, gone)
    return task


def _build_uuid(content: bytes) -> UUID:
    # What unpickling does; the constructor checks six ways to make one, and that for each task of each step.
    made = UUID.__new__(UUID)
    object.__setattr__(made, "int", int.from_bytes(content, "big"))
    object.__setattr__(made, "is_safe", SafeUUID.unknown)
    return made


def _restore_data(before: dict[str, Any], changed: Any, gone: Any) -> dict[str, Any]:
    # A list that parent and child shared would change in both: several instances of a task append to one.
    data = {key: value if type(value) in SIMPLE else to_plain_value(value) for key, value in before.items()}
    if changed:
        data.update(changed)
    for key in gone or ():
        data.pop(key, None)
    return data
