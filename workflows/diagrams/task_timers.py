"""The deadlines and reminders of each task of people: timers beside it, and beside all that is around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.processes.states import TimerPurpose
from workflows.diagrams.layout import Figure, Layout

PEOPLE = frozenset({"userTask", "receiveTask"})


@dataclass(frozen=True, kw_only=True)
class TaskTimers:
    """One task, and the timers that end it or remind of it."""

    process: str
    figure: Figure
    timers: tuple[Figure, ...]

    def list_of(self, purpose: TimerPurpose) -> list[Figure]:
        """The timers of one purpose; of several deadlines the earliest counts."""
        return [one for one in self.timers if one.purpose == purpose]


def list_task_timers(layouts: Mapping[str, Layout]) -> Iterator[TaskTimers]:
    """The tasks that have timers, in processes that may call each other."""
    for key, layout in layouts.items():
        for figure in layout.figures:
            if figure.kind in PEOPLE:
                found = tuple(dict.fromkeys(_walk_timers(layouts, key, figure, frozenset({key}))))
                if found:
                    yield TaskTimers(process=key, figure=figure, timers=found)


def _walk_timers(
    layouts: Mapping[str, Layout], key: str, figure: Figure, known: frozenset[str]
) -> Iterator[Figure]:
    layout = layouts[key]
    hosts = {figure.id, *layout.around(figure.id)}
    yield from (one for one in layout.figures if one.host in hosts and one.purpose)
    for other, calling in layouts.items():
        if other not in known:
            for caller in (one for one in calling.figures if one.calls == key):
                yield from _walk_timers(layouts, other, caller, known | {other})
