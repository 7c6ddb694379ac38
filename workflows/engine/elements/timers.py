"""Timer event definitions that read the step's moment; stock ones read the wall clock in six places."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.multiple import MultipleEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import (
    CycleTimerEventDefinition,
    DurationTimerEventDefinition,
    TimeDateEventDefinition,
    TimerEventDefinition,
)
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task

from models.base.errors import DomainError
from translations import gettext, lazy_gettext
from workflows.engine.elements import firings, spiff_internals, step_clock
from workflows.engine.elements.engines import engine_of
from workflows.engine.elements.spiff_internals import Cycle
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
def _name_element(task: Task) -> Iterator[None]:
    """Tell a refused time with the element whose it is."""
    try:
        yield
    except BadTimer as error:
        name = task.task_spec.bpmn_name or task.task_spec.bpmn_id or task.task_spec.name
        raise BadTimer(
            gettext("定时器“%(name)s”：%(sentence)s", name=name, sentence=error.sentence)
        ) from error


def _evaluate_time(definition: TimerEventDefinition, task: Task) -> str:
    text = engine_of(task).evaluate(task, definition.expression)
    if not isinstance(text, str) or not text:
        raise BadTimer(gettext("需要一个时间或时长，得到的是 %(value)s。", value=repr(text)[:60]))
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
    start = datetime(2001, 1, 1, tzinfo=LOCAL)
    return add_duration(start, text) - start


def add_duration(start: datetime, text: str, times: int = 1) -> datetime:
    """The moment some durations after another, by the calendar that hangs on the office's wall.

    A month leads to the same day of a later month, or to its last day where it is shorter: the month after
    31 January is 28 February, and two months after it is 31 March.
    """
    parts = parse_duration(text)
    months = (parts.pop("years", 0) * 12 + parts.pop("months", 0)) * times
    parts.pop("t", None)
    parts = {name: value * times for name, value in parts.items()}
    if months > LONGEST_MONTHS or any(value > LONGEST_SECONDS for value in parts.values()):
        raise BadTimer(TOO_LONG)
    try:
        moved = _add_months(start.astimezone(LOCAL), months) + timedelta(**parts)
    except (OverflowError, ValueError):
        raise BadTimer(TOO_LONG) from None
    if moved - start > LONGEST:
        raise BadTimer(TOO_LONG)
    return moved


def _add_months(start: datetime, months: float) -> datetime:
    # Counted, not stepped through: SpiffWorkflow's own loop takes minutes for P99999999M.
    whole = int(months)
    years, month = divmod(start.month - 1 + whole, 12)
    year, month = start.year + years, month + 1
    length = monthrange(year, month)[1]
    moved = start.replace(year=year, month=month, day=min(start.day, length))
    return moved + timedelta(days=(months - whole) * length)


class DateTimer(TimeDateEventDefinition):
    """Fires at a date and time."""

    def has_fired(self, task: Task) -> bool:
        """Whether the moment has come; it is evaluated once, when the token arrives."""
        value = spiff_internals.read_moment(task)
        if not isinstance(value, str):
            with _name_element(task):
                value = evaluate_moment(self, task).isoformat()
            spiff_internals.keep_moment(task, value)
        return _is_due(task, value)


def evaluate_moment(timer: DateTimer, task: Task) -> datetime:
    """The moment that a date timer's expression gives with a task's data."""
    return _parse_moment(_evaluate_time(timer, task))


class DurationTimer(DurationTimerEventDefinition):
    """Fires when a duration has passed since the token arrived."""

    def has_fired(self, task: Task) -> bool:
        """Whether the duration has passed."""
        value = spiff_internals.read_moment(task)
        if not isinstance(value, str):
            with _name_element(task):
                value = (
                    add_duration(step_clock.current_moment(), _evaluate_time(self, task))
                    .astimezone(UTC)
                    .isoformat()
                )
            spiff_internals.keep_moment(task, value)
        return _is_due(task, value)


class CycleTimer(CycleTimerEventDefinition):
    """Fires several times, a duration apart."""

    def cycle_complete(self, task: Task) -> bool:
        """Whether one more firing is due; the slot keeps what is left and the next moment."""
        value = spiff_internals.read_moment(task)
        if not isinstance(value, dict):
            with _name_element(task):
                value = self._first_cycle(task)
        if any(ticked is task for ticked in engine_of(task).ticked):
            return False  # one firing a step: after a long sleep there may be thousands to catch up with
        ready = value["cycles"] != 0 and datetime.fromisoformat(value["next"]) <= step_clock.current_moment()
        if ready:
            value = _count_firing(value)
        elif value["cycles"] == 0:
            spiff_internals.mark_fired(task)
        spiff_internals.keep_moment(task, value)
        return bool(ready)

    def update_task(self, my_task: Task) -> None:
        """Start one more firing when it is due, beside the timer: what it started outlives its host."""
        if not self.cycle_complete(my_task):
            return
        engine_of(my_task).ticked.append(my_task)
        firings.start_firing(firings.add_firing(my_task))

    def _first_cycle(self, task: Task) -> Cycle:
        text = _evaluate_time(self, task)
        count, _, rest = text.upper().removeprefix("R").partition("/")
        first, _, every = rest.rpartition("/")
        if (count and not (count.isascii() and count.isdigit())) or len(count) > MOST_DIGITS:
            raise BadTimer(gettext("“%(text)s”不是有效的循环时长，请写成 R3/P2D 这样的形式。", text=text))
        anchor = _parse_moment(first) if first else step_clock.current_moment()
        seconds = (add_duration(anchor, every) - anchor).total_seconds()
        if seconds < SHORTEST_CYCLE:
            raise BadTimer(gettext("“%(text)s”循环得太快，间隔至少要一秒。", text=text))
        begun: Cycle = {
            "cycles": int(count) if count else -1,
            "next": "",
            "duration": seconds,
            "anchor": anchor.isoformat(),
            "every": every,
            "fired": 0 if first else 1,  # a start that is named is itself the first moment
        }
        return begun | {"next": _find_next(begun)}


def _count_firing(cycle: Cycle) -> Cycle:
    """A cycle after one more firing: each moment counts from its beginning, so that months do not drift."""
    left: Cycle = cycle | {"cycles": cycle["cycles"] - 1}
    if "anchor" not in left:  # begun by a version that knew only seconds
        following = datetime.fromisoformat(left["next"]) + timedelta(seconds=left["duration"])
        return left | {"next": following.isoformat()}
    left["fired"] += 1
    return left | {"next": _find_next(left)}


def _find_next(cycle: Cycle) -> str:
    anchor = datetime.fromisoformat(cycle["anchor"])
    return add_duration(anchor, cycle["every"], cycle["fired"]).astimezone(UTC).isoformat()


OURS: dict[type[EventDefinition], type[DateTimer | DurationTimer | CycleTimer]] = {
    TimeDateEventDefinition: DateTimer,
    DurationTimerEventDefinition: DurationTimer,
    CycleTimerEventDefinition: CycleTimer,
}


def adapt_timers(spec: BpmnProcessSpec) -> None:
    """Put our definitions in the place of the stock ones."""
    for task_spec in spec.task_specs.values():
        if not isinstance(task_spec, CatchingEvent):
            continue
        definition = task_spec.event_definition
        task_spec.event_definition = _replace_definition(definition)
        if isinstance(definition, MultipleEventDefinition):
            definition.event_definitions = [
                _replace_definition(part) for part in definition.event_definitions
            ]


def definitions_of(spec: object) -> list[EventDefinition]:
    """What an element waits for or throws; an event-based gateway has several, most elements none."""
    definition = getattr(spec, "event_definition", None)
    if isinstance(definition, MultipleEventDefinition):
        return definition.event_definitions
    return [] if definition is None else [definition]


def next_due_at(task: Task, awaited: list[EventDefinition]) -> datetime | None:
    """When the timer among what a task waits for fires next; nothing without one, or when it has run out."""
    if not any(isinstance(part, TimerEventDefinition) for part in awaited):
        return None
    value = spiff_internals.read_moment(task)
    if isinstance(value, dict):
        value = value["next"] if value["cycles"] != 0 else None
    return datetime.fromisoformat(value) if value else None


def has_fired(task: Task, spec: CatchingEvent) -> bool:
    """Whether it is a timer that lets a catching event or an event-based gateway go on."""
    definition: EventDefinition | None = spec.event_definition
    if isinstance(definition, MultipleEventDefinition):
        definition = spiff_internals.first_event(task)
    return isinstance(definition, DateTimer | DurationTimer)


def _replace_definition(definition: EventDefinition) -> EventDefinition:
    """Ours in the place of a stock one; what is no timer stays."""
    if not isinstance(definition, TimerEventDefinition) or type(definition) not in OURS:
        return definition
    made = OURS[type(definition)](definition.name, definition.expression)
    made.description = definition.description
    return made


def _is_due(task: Task, value: str) -> bool:
    if datetime.fromisoformat(value) <= step_clock.current_moment():
        spiff_internals.mark_fired(task)
    return spiff_internals.is_fired(task)
