"""What service tasks may call. Operations register themselves at start, so that imports never run upward."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marshmallow import Schema

from models.base.errors import DomainError
from models.processes.states import OperationKind
from translations import lazy_gettext
from workflows.vocabulary import ValueType

Facts = Mapping[str, Any]
LONGEST_LANE = 160  # characters, as the column has
UNAVAILABLE = "unavailable"  # the error that an outward operation throws when it is given up
FIRE_TIMERS = "timers.fire"  # the job that tries timers of a case again; no designer names it


@dataclass(frozen=True, kw_only=True)
class OperationCall:
    """The circumstances of one call: whose instance, who acted, and when."""

    instance_id: int
    business_key: str | None
    actor: int | None
    now: datetime
    data: Facts  # the task's variables, to be read only


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """How often something is tried before it is an incident; pauses double up to the longest."""

    attempts: int
    longest: timedelta
    first: timedelta = timedelta(seconds=5)


# A diagram waits for the answer, and hands a register that stays silent to a person.
BRIEF = RetryPolicy(attempts=5, longest=timedelta(minutes=5))
# A step of a process; two hours and a half, in which a database or a release is mended.
STEADY = RetryPolicy(attempts=12, longest=timedelta(hours=1))
# More than a day even when every pause is as short as it may be: a gateway that is down overnight.
LASTING = RetryPolicy(attempts=26, longest=timedelta(hours=2))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an operation answers: a value, one of some, or an object of parts."""

    label: str  # Chinese, for designers
    english: str
    values: Mapping[Any, str] | None = None  # all that it may be, with their labels; None: any
    parts: Mapping[str, Answer] | None = None
    type: ValueType | None = None  # of a value that may be any of its kind


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A registered operation."""

    name: str
    kind: OperationKind
    summary: str  # a Chinese sentence for designers
    parameters: type[Schema]
    perform: Callable[..., Any]
    english: str = ""  # the same in English
    answer: Answer | None = None  # what stands in the result variable; None: nothing
    errors: tuple[str, ...] = ()  # the codes of the BPMN errors that it throws when it says no
    prepare: Callable[..., Any] | None = None
    record: Callable[[OperationCall, Facts, Any], Any] | None = None
    abandon: Callable[[OperationCall, Facts], None] | None = None  # what is written when it is given up
    patience: RetryPolicy = BRIEF
    lane: str = ""  # its jobs wait for those of this lane only; by default it has one of its own
    lane_by: str = ""  # the parameter by which the lane is divided: a silent register holds up itself alone


def list_errors(operation: Operation) -> frozenset[str]:
    """The codes of all BPMN errors that an operation may throw."""
    given_up = {UNAVAILABLE} if operation.kind == OperationKind.OUTWARD else set()
    return frozenset(operation.errors) | given_up


class OperationRefused(Exception):
    """An inward operation says no in the words of the process: it becomes the BPMN error of this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class OperationUnavailable(Exception):
    """The other side could not be reached or did not answer as agreed; try again later."""

    def __init__(self, message: str = "", *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after  # what the other side asked for


class OperationRejected(OperationUnavailable):
    """The other side will never do this, as with a number that nobody can have: trying again is no use."""


class RequestKeyTaken(OperationUnavailable):
    """The other side knows the request key from something else; this request needs a fresh one."""


class OperationPending(Exception):
    """The other side has taken the question and not answered it yet."""


class UnknownOperation(DomainError):
    """A service task whose operation is not registered."""

    code = "unknown_operation"
    sentence = lazy_gettext("流程图使用了未登记的服务操作。")


_operations: dict[str, Operation] = {}
_facts: list[Callable[[OperationCall], Facts | None]] = []
_fact_words: dict[str, frozenset[Any] | None] = {}


def register_operation(operation: Operation) -> Operation:
    """Make an operation known under its name; the newest registration counts."""
    _operations[operation.name] = operation
    return operation


def get_operation(name: str) -> Operation:
    """The operation of this name."""
    try:
        return _operations[name]
    except KeyError:
        raise UnknownOperation from None


def registered_operations() -> Mapping[str, Operation]:
    """All operations by name."""
    return dict(_operations)


def find_retry_policy(name: str) -> RetryPolicy:
    """How long an operation is tried; one that is not registered, as long as a release takes to be mended."""
    known = _operations.get(name)
    return known.patience if known else STEADY


def find_lane(name: str, parameters: Facts) -> str:
    """The lane of a job of this operation."""
    known = _operations.get(name)
    if known is None:
        return name
    lane, part = known.lane or name, parameters.get(known.lane_by)
    return f"{lane}:{part}"[:LONGEST_LANE] if part else lane


def register_facts(
    provider: Callable[[OperationCall], Facts | None], words: Mapping[str, frozenset[Any] | None]
) -> None:
    """Let a provider say what decision tables read; it returns nothing for cases that are not its own.

    Each fact comes with all values that it may have, or None where it may be any.
    """
    if provider not in _facts:
        _facts.append(provider)
    _fact_words.update(words)


def list_facts() -> Mapping[str, frozenset[Any] | None]:
    """What decision tables may read besides variables, with all values where they are some."""
    return dict(_fact_words)


def read_facts(call: OperationCall) -> Facts:
    """What decision tables read: the facts of the case over the variables of the task."""
    for provider in _facts:
        found = provider(call)
        if found is not None:
            return {**call.data, **found}
    return call.data
