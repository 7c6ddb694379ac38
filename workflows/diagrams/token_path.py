"""The way on which an instance came through a process: what it passed, without the loops that it left again.

Only some elements leave an event behind: tasks of people, messages, timers, outward operations. Between two
of them the shortest way through the silent ones is taken, from the latest that was passed. Where a token
comes back to an element, all that it passed since lies ahead of it again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from workflows.diagrams.process_graph import ProcessGraph

Link = tuple[str | None, str]  # the flow, and the element that it leads to


@dataclass(eq=False)
class PathStep:
    """One element that was passed or reached."""

    element: str
    before: PathStep | None
    flow: str | None  # the sequence flow by which it was reached
    since: datetime | None  # when the token came
    at: datetime | None = None  # the last event here
    number: int = 0  # the greater, the later


@dataclass(frozen=True, kw_only=True)
class _SearchEnd:
    """Where a search backward ended: the step before, and the first link of the way from there."""

    origin: PathStep | None
    link: Link

    @property
    def number(self) -> int:
        return self.origin.number if self.origin else 0


class TokenPath:
    """The steps through one process."""

    def __init__(self, graph: ProcessGraph, begun: datetime | None) -> None:
        self.graph = graph
        self.begun = begun
        self.steps: list[PathStep] = []
        self.seen: set[str] = set()  # everything that was ever passed
        self._count = 0

    def arrive(self, element: str, at: datetime | None = None) -> bool:
        """Note that an element was passed, or that a token is there now; whether it was entered anew."""
        origin, path = self._path_to(element)
        since = self.begun if origin is None else origin.at
        step, fresh = origin, False
        for flow, name in path:
            step, fresh = self._take_step(step, flow, name, since)
        assert step is not None  # the path ends with the element
        self._count += 1
        step.number, step.at = self._count, at or step.at
        return fresh

    def follow(self, passed: frozenset[str], here: frozenset[str]) -> None:
        """Go on from what was passed, as far as one way alone leads on without waiting."""
        for step in [one for one in self.steps if one.element in passed - here]:
            current = step
            while (link := self.graph.only_way(current.element)) and link[1] not in here:
                if any(one.element == link[1] for one in _walk_back(current)):
                    break
                current, _ = self._take_step(current, *link, step.at)

    def latest(self, element: str) -> PathStep | None:
        """The last step at an element that is still on the way."""
        found = [step for step in self.steps if step.element == element]
        return max(found, key=lambda step: step.number, default=None)

    def _path_to(self, element: str) -> tuple[PathStep | None, list[Link]]:
        """The latest step from which silent elements alone lead here, and the way from it."""
        onward: dict[str, Link] = {}
        ends = list(self._search_ends(element, onward))
        end = max(ends, key=lambda one: one.number, default=_SearchEnd(origin=None, link=(None, element)))
        path = [end.link]
        while path[-1][1] != element:
            path.append(onward[path[-1][1]])
        return end.origin, path

    def _search_ends(self, element: str, onward: dict[str, Link]) -> Iterator[_SearchEnd]:
        ahead, known = deque([element]), {element}
        while ahead:
            name = ahead.popleft()
            entries = self.graph.before(name)
            if not entries:
                yield _SearchEnd(origin=None, link=(None, name))
            for entry in entries:
                passed = self.latest(entry.source)
                if passed is not None and passed.at is not None:
                    yield _SearchEnd(origin=passed, link=(entry.flow, name))
                elif entry.source not in known and (entry.attached or self.graph.is_silent(entry.source)):
                    known.add(entry.source)
                    onward[entry.source] = (entry.flow, name)
                    ahead.append(entry.source)

    def _take_step(
        self, before: PathStep | None, flow: str | None, element: str, since: datetime | None
    ) -> tuple[PathStep, bool]:
        for step in self.steps:
            if step.element == element and step.before is before:
                return step, False
        again = next((one for one in _walk_back(before) if one.element == element), None)
        if again is not None:
            self.steps = [one for one in self.steps if again not in _walk_back(one)]
            flow, before = again.flow, again.before
        step = PathStep(element=element, before=before, flow=flow, since=since)
        self.steps.append(step)
        self.seen.add(element)
        return step, True


def _walk_back(step: PathStep | None) -> Iterator[PathStep]:
    while step is not None:
        yield step
        step = step.before
