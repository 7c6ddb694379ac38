"""The main stages of a process as a list: what was done, where the tokens are, what comes next."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from workflows.diagrams.layout import SCOPES, Figure, Layout
from workflows.diagrams.process_graph import ProcessGraph
from workflows.diagrams.token_progress import ProcessProgress

MAIN = SCOPES | {"callActivity", "userTask", "manualTask", "task", "receiveTask"}


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One stage and how far it is."""

    figure: Figure
    state: str  # done | here | ahead | again: done once, and ahead again | end: the process ended here
    since: datetime | None = None
    at: datetime | None = None  # the last event in it

    @property
    def name(self) -> str:
        """What it is called."""
        return self.figure.name or self.figure.id


def list_stages(layout: Layout, place: ProcessProgress) -> list[Stage]:
    """The stages in the order of the way: done, here, and those that lie ahead as a rule.

    Ahead is what the flows lead to; boundary events and waits for something unusual lead elsewhere.
    """
    done = [_build_stage(layout, place, one, "done") for one in place.done if one != place.end]
    here = [_build_stage(layout, place, one, "here") for one in _innermost_elements(layout, place)]
    here += [_build_stage(layout, place, place.end, "end")] if place.end else []
    known = {*place.done, *place.here}
    ahead = [one for one in _walk_ahead(layout, place) if one not in known]
    coming = [_build_stage(layout, place, one, "again" if one in place.before else "ahead") for one in ahead]
    return [*(one for one in done if one.figure.kind in MAIN), *here, *coming]


def _innermost_elements(layout: Layout, place: ProcessProgress) -> list[str]:
    """The elements that hold a token; no sub-process around them."""
    around = {scope for one in place.here for scope in layout.around(one)}
    return [figure.id for figure in layout.figures if figure.id in place.here - around]


def _walk_ahead(layout: Layout, place: ProcessProgress) -> Iterator[str]:
    graph, known = ProcessGraph(layout), set(place.here)
    ahead = deque(one for one in place.here)
    while ahead:
        for arrow in graph.after(ahead.popleft()):
            figure = layout.by_id[arrow.target]
            if figure.id not in known and figure.kind != "receiveTask":
                known.add(figure.id)
                ahead.append(figure.id)
                if figure.kind in MAIN:
                    yield figure.id


def _build_stage(layout: Layout, place: ProcessProgress, element: str, state: str) -> Stage:
    return Stage(
        figure=layout.by_id[element],
        state=state,
        since=place.since.get(element),
        at=place.at.get(element),
    )
