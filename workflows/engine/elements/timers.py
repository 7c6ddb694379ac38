"""Timer event definitions that read the step's moment; stock ones read the wall clock in six places."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
    TimerEventDefinition,
)
from SpiffWorkflow.util.task import TaskState

from models.base.errors import DomainError
from translations import gettext, lazy_gettext
from workflows.engine.elements import step_clock
from workflows.working_days import LOCAL

LONGEST = timedelta(days=36_525)
LONGEST_MONTHS = 1_200
LONGEST_SECONDS = LONGEST.total_seconds()
TOO_LONG = lazy_gettext("时长不能超过 100 年。")

MOST_DIGITS = 6  # of the count of a cycle
SHORTEST_CYCLE = 1  # seconds


class BadTimer(DomainError):
    """A timer without a usable time."""

    code = "bad_timer"
    status = 409  # nothing was saved; the same answer again leads to the same
    sentence = lazy_gettext("流程中的定时器没有得到有效的时间。")


@contextmanager
def _name_element(task: Any) -> Iterator[None]:
    """Tell a refused time with the element whose it is."""
    try:
        yield
    except BadTimer as error:
        name = task.task_spec.bpmn_name or task.task_spec.bpmn_id or task.task_spec.name
        raise BadTimer(
            gettext("定时器“%(name)s”：%(sentence)s", name=name, sentence=error.sentence)
        ) from error


def _evaluate_time(definition: Any, task: Any) -> str:
    text = task.workflow.script_engine.evaluate(task, definition.expression)
    if not isinstance(text, str) or not text:
        raise BadTimer(gettext("需要一个时间或时长，得到的是 %(repr)s。", repr=repr(text)[:60]))
    return text


def _parse_moment(text: str) -> datetime:
    """A date and time; one without its zone is local, never the server's."""
    try:
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=LOCAL)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadTimer(gettext("“%(text)s”不是有效的日期时间。", text=text)) from None


def parse_duration(text: str) -> dict[str, float]:
    """The parts of an ISO 8601 duration."""
    if not text.startswith("P"):
        raise BadTimer(gettext("“%(text)s”不是有效的时长。", text=text))
    try:
        parts: dict[str, float] = TimerEventDefinition.parse_iso_duration(text)
    except Exception:
        raise BadTimer(gettext("“%(text)s”不是有效的时长。", text=text)) from None
    return parts


def parse_timedelta(text: str) -> timedelta:
    """An ISO 8601 duration; months and years are counted from 2001, which has no leap day."""
    start = datetime(2001, 1, 1, tzinfo=UTC)
    return add_duration(start, text) - start


def add_duration(start: datetime, text: str) -> datetime:
    """The moment a duration after another; a month is as long as the calendar month it begins in."""
    parts = parse_duration(text)
    months = parts.pop("years", 0) * 12 + parts.pop("months", 0)
    parts.pop("t", None)
    if months > LONGEST_MONTHS or any(value > LONGEST_SECONDS for value in parts.values()):
        raise BadTimer(TOO_LONG)
    try:
        moved = start + _measure_months(start, months) + timedelta(**parts)
    except OverflowError:
        raise BadTimer(TOO_LONG) from None
    if moved - start > LONGEST:
        raise BadTimer(TOO_LONG)
    return moved


def _measure_months(start: datetime, months: float) -> timedelta:
    # Counted, not stepped through: SpiffWorkflow's own loop takes minutes for P99999999M.
    whole = int(months)
    years, month = divmod(start.month - 1 + whole, 12)
    first = date(start.year, start.month, 1)
    ahead = date(start.year + years, month + 1, 1)
    part = (months - whole) * monthrange(ahead.year, ahead.month)[1]
    return ahead - first + timedelta(days=part)


class DateTimer(TimeDateEventDefinition):  # type: ignore[misc]
    """Fires at a date and time."""

    def has_fired(self, task: Any) -> bool:
        """Whether the moment has come; it is evaluated once, when the token arrives."""
        value = task._get_internal_data("event_value")
        if value is None:
            with _name_element(task):
                value = evaluate_moment(self, task).isoformat()
            task._set_internal_data(event_value=value)
        return _is_due(task, value)


def evaluate_moment(timer: DateTimer, task: Any) -> datetime:
    """The moment that a date timer's expression gives with a task's data."""
    return _parse_moment(_evaluate_time(timer, task))


class DurationTimer(DurationTimerEventDefinition):  # type: ignore[misc]
    """Fires when a duration has passed since the token arrived."""

    def has_fired(self, task: Any) -> bool:
        """Whether the duration has passed."""
        value = task._get_internal_data("event_value")
        if value is None:
            with _name_element(task):
                value = (
                    add_duration(step_clock.current_moment(), _evaluate_time(self, task))
                    .astimezone(UTC)
                    .isoformat()
                )
            task._set_internal_data(event_value=value)
        return _is_due(task, value)


class CycleTimer(CycleTimerEventDefinition):  # type: ignore[misc]
    """Fires several times, a duration apart."""

    def cycle_complete(self, task: Any) -> bool:
        """Whether one more firing is due; the slot keeps what is left and the next moment."""
        value = task._get_internal_data("event_value")
        if value is None:
            with _name_element(task):
                value = self._first_cycle(task)
        if any(ticked is task for ticked in task.workflow.script_engine.ticked):
            return False  # one firing a step: after a long sleep there may be thousands to catch up with
        ready = value["cycles"] != 0 and datetime.fromisoformat(value["next"]) <= step_clock.current_moment()
        if ready:
            following = datetime.fromisoformat(value["next"]) + timedelta(seconds=value["duration"])
            value = {**value, "next": following.isoformat(), "cycles": value["cycles"] - 1}
        elif value["cycles"] == 0:
            task.internal_data["event_fired"] = True
        task._set_internal_data(event_value=value)
        return bool(ready)

    def update_task(self, my_task: Any) -> None:
        """Start one more firing when it is due, beside the timer: what it started outlives its host."""
        if not self.cycle_complete(my_task):
            return
        my_task.workflow.script_engine.ticked.append(my_task)
        firing = my_task.parent._add_child(my_task.task_spec, TaskState.COMPLETED)
        firing.data = dict(my_task.data)
        for output in _outputs_to_start(my_task.task_spec):
            child = firing._add_child(output, TaskState.FUTURE)
            child.task_spec._predict(child, mask=TaskState.NOT_FINISHED_MASK)
            child.task_spec._update(child)

    def _first_cycle(self, task: Any) -> dict[str, Any]:
        text = _evaluate_time(self, task)
        count, _, every = text.upper().removeprefix("R").partition("/")
        if "/" in every or (count and not count.isdigit()) or len(count) > MOST_DIGITS:
            raise BadTimer(gettext("“%(text)s”不是有效的循环时长，请写成 R3/P2D 这样的形式。", text=text))
        start = add_duration(step_clock.current_moment(), every).astimezone(UTC)
        seconds = (start - step_clock.current_moment()).total_seconds()
        if seconds < SHORTEST_CYCLE:
            raise BadTimer(gettext("“%(text)s”循环得太快，间隔至少要一秒。", text=text))
        return {"cycles": int(count) if count else -1, "next": start.isoformat(), "duration": seconds}


OURS = {
    TimeDateEventDefinition: DateTimer,
    DurationTimerEventDefinition: DurationTimer,
    CycleTimerEventDefinition: CycleTimer,
}


def adapt_timers(spec: Any) -> None:
    """Put our definitions in the place of the stock ones."""
    for task_spec in spec.task_specs.values():
        definition = getattr(task_spec, "event_definition", None)
        if type(definition) in OURS:
            task_spec.event_definition = _replace_definition(definition)
        elif isinstance(definition, MultipleEventDefinition):
            parts = [
                _replace_definition(part) if type(part) in OURS else part
                for part in definition.event_definitions
            ]
            definition.event_definitions = parts


def next_due_at(task: Any) -> datetime | None:
    """When the timer of a waiting task fires next; nothing for what is no timer or has run out."""
    definition = task.task_spec.event_definition
    parts = getattr(definition, "event_definitions", [definition])
    if not any(isinstance(part, TimerEventDefinition) for part in parts):
        return None
    value = task.internal_data.get("event_value")
    if isinstance(value, dict):
        value = value["next"] if value["cycles"] != 0 else None
    return datetime.fromisoformat(value) if value else None


def _outputs_to_start(spec: Any) -> list[Any]:
    # The join of the boundary events is for what interrupts; else one would wait for each firing.
    interrupts = getattr(spec, "cancel_activity", True)
    return [output for output in spec.outputs if interrupts or not isinstance(output, BoundaryEventJoin)]


def has_fired(task: Any) -> bool:
    """Whether it is a timer that lets a catching event or an event-based gateway go on."""
    definition = task.task_spec.event_definition
    if isinstance(definition, MultipleEventDefinition):
        seen = task.internal_data.get("seen_events") or [None]
        definition = getattr(seen[0], "event_definition", None)
    return isinstance(definition, DateTimer | DurationTimer)


def _replace_definition(definition: Any) -> Any:
    made: Any = OURS[type(definition)](definition.name, definition.expression)
    made.description = definition.description
    return made


def _is_due(task: Any, value: str) -> bool:
    if datetime.fromisoformat(value) <= step_clock.current_moment():
        task._set_internal_data(event_fired=True)
    return bool(task._get_internal_data("event_fired", False))
