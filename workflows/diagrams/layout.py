"""What a BPMN file draws of a process: frames, figures and flows, each with its place, as plain values.

A file may draw nothing, or not everything: then a place is None, and only the outline can be shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

SCOPES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle of the drawing, in its units."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A pool or a lane."""

    id: str
    kind: str  # participant | lane
    name: str
    box: Box
    upright: bool = False  # its title stands above, not at the left


@dataclass(frozen=True, kw_only=True)
class Figure:
    """An event, activity or gateway."""

    id: str
    kind: str  # the BPMN element: userTask, exclusiveGateway, …
    name: str
    box: Box | None = None
    label: Box | None = None
    lane: str = ""  # the name of the innermost lane
    within: str | None = None  # the sub-process around it
    host: str | None = None  # the activity that a boundary event stands on
    calls: str | None = None  # the key of the process that a call activity calls
    only_for: str | None = None  # the sort of case that alone comes here
    trigger: str = ""  # of an event: message, timer, error, …
    interrupting: bool = True
    purpose: str = ""  # of a timer beside an activity: deadline | reminder
    time: str = ""  # of a timer: its expression
    repeated: str = ""  # parallel | sequential | loop
    role: str = ""  # of a user task


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """A sequence flow."""

    id: str
    name: str
    source: str
    target: str
    points: tuple[Point, ...] = ()
    label: Box | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """One process as its file draws it."""

    key: str
    name: str
    frames: tuple[Frame, ...]
    figures: tuple[Figure, ...]
    arrows: tuple[Arrow, ...]

    @cached_property
    def by_id(self) -> dict[str, Figure]:
        """The figures by their ids."""
        return {figure.id: figure for figure in self.figures}

    @property
    def drawn(self) -> bool:
        """Whether there is anything to look at."""
        return any(figure.box for figure in self.figures)

    def around(self, element: str) -> list[str]:
        """The sub-processes around an element, the outermost first."""
        found: list[str] = []
        inner = self.by_id[element].within
        while inner is not None:
            found.insert(0, inner)
            inner = self.by_id[inner].within
        return found
