"""Where an instance stands in the diagrams of its release, and on which way it came there.

What is known are the ids of elements: those where tokens rest, and those that its events name. Where two
processes use the same id, the one that the instance was in last is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models.processes.states import EventKind
from workflows.diagrams.layout import Layout
from workflows.diagrams.process_graph import ProcessGraph, waits_somewhere
from workflows.diagrams.token_path import TokenPath

# Kinds of events that tell that a token was at an element; `failed` leaves it by an error event.
LEFT = frozenset(
    {EventKind.COMPLETED, EventKind.SERVICED, EventKind.MESSAGE, EventKind.TIMER, EventKind.ENDED}
)
PASSED = LEFT | {EventKind.FAILED}


@dataclass(frozen=True, kw_only=True)
class HistoryEvent:
    """An event of an instance that names an element."""

    kind: str
    element: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class InstanceHistory:
    """What is known of an instance."""

    root: str  # the key of its process
    begun: datetime | None
    tokens: tuple[str, ...]  # the elements where tokens rest
    events: tuple[HistoryEvent, ...] = ()  # the oldest first
    end: str | None = None  # the end event that it ended with


@dataclass(frozen=True, kw_only=True)
class ProcessProgress:
    """Where an instance stands in one process."""

    key: str
    here: frozenset[str] = frozenset()  # elements with a token in them, however deep
    done: tuple[str, ...] = ()  # elements on the way here, in its order
    flows: frozenset[str] = frozenset()  # sequence flows on the way here
    before: frozenset[str] = frozenset()  # passed once, and ahead again
    end: str | None = None
    since: Mapping[str, datetime] = field(default_factory=dict)  # when the token came
    at: Mapping[str, datetime] = field(default_factory=dict)  # the last event at an element or within it


def find_progress(layouts: Mapping[str, Layout], story: InstanceHistory) -> dict[str, ProcessProgress]:
    """The place in each process of a release that can be reached from the root, the root first."""
    return _ProgressFinder(layouts, story).told()


class _ProgressFinder:
    def __init__(self, layouts: Mapping[str, Layout], story: InstanceHistory) -> None:
        self.layouts = layouts
        self.story = story
        self.callers = dict(_find_callers(layouts, story.root))
        self.ways = {
            key: TokenPath(self._build_graph(key), story.begun) for key in (story.root, *self.callers)
        }
        self.left: dict[str, set[str]] = {key: set() for key in self.ways}
        self.last: dict[str, int] = dict.fromkeys(self.ways, 0)  # by process: the number of its last event

    def told(self) -> dict[str, ProcessProgress]:
        for number, event in enumerate(self.story.events, start=1):
            key = self._find_process(event.element)
            if key is not None:
                self._arrive_at(key, event.element, event.at)
                self.last[key] = number
                if event.kind in LEFT:
                    self.left[key].add(event.element)
        here: dict[str, set[str]] = {key: set() for key in self.ways}
        for token in self.story.tokens:
            key = self._find_process(token)
            for process, element in self._arrive_at(key, token, None) if key else ():
                here[process].add(element)
        return {key: self._build_progress(key, frozenset(here[key])) for key in self.ways}

    def _build_graph(self, key: str) -> ProcessGraph:
        layout = self.layouts[key]
        calls = {
            figure.id for figure in layout.figures if figure.calls and self._may_wait(figure.calls, set())
        }
        return ProcessGraph(layout, frozenset(calls))

    def _may_wait(self, key: str, known: set[str]) -> bool:
        if key in known or key not in self.layouts:
            return False
        known.add(key)
        layout = self.layouts[key]
        inner = [figure.calls for figure in layout.figures if figure.calls]
        return waits_somewhere(layout) or any(self._may_wait(one, known) for one in inner)

    def _find_process(self, element: str) -> str | None:
        found = [key for key in self.ways if element in self.layouts[key].by_id]
        return max(found, key=self.last.__getitem__, default=None)

    def _arrive_at(self, key: str, element: str, at: datetime | None) -> list[tuple[str, str]]:
        """Arrive at an element and at all that is around it; each with its process, the outermost first."""
        chain = self._enclosing_chain(key, element)
        for process, name in chain:
            called = self.layouts[process].by_id[name].calls
            if self.ways[process].arrive(name, at) and called in self.ways:
                self._forget_path(called)
        return chain

    def _forget_path(self, key: str) -> None:
        """A process that is called anew begins at its beginning."""
        self.ways[key] = TokenPath(self.ways[key].graph, self.story.begun)
        self.left[key].clear()
        for figure in self.layouts[key].figures:
            if figure.calls in self.ways:
                self._forget_path(figure.calls)

    def _enclosing_chain(self, key: str, element: str) -> list[tuple[str, str]]:
        inner = [(key, name) for name in (*self.layouts[key].around(element), element)]
        return inner if key == self.story.root else [*self._enclosing_chain(*self.callers[key]), *inner]

    def _build_progress(self, key: str, here: frozenset[str]) -> ProcessProgress:
        way, story = self.ways[key], self.story
        way.follow(frozenset(self.left[key]), here)
        done = [step.element for step in way.steps if step.element not in here]
        live = {step.element for step in way.steps}
        latest = [step for name in sorted(live) if (step := way.latest(name)) is not None]
        return ProcessProgress(
            key=key,
            here=here,
            done=tuple(dict.fromkeys(done)),
            flows=frozenset(step.flow for step in way.steps if step.flow),
            before=frozenset(way.seen - live),
            end=story.end if key == story.root and story.end in live else None,
            since={step.element: step.since for step in latest if step.since},
            at={step.element: step.at for step in latest if step.at},
        )


def _find_callers(layouts: Mapping[str, Layout], root: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each process that is called, with the process and the activity that call it."""
    ahead, known = [root], {root}
    while ahead:
        key = ahead.pop(0)
        for figure in layouts[key].figures:
            called = figure.calls or ""
            if called in layouts and called not in known:
                known.add(called)
                ahead.append(called)
                yield called, (key, figure.id)
