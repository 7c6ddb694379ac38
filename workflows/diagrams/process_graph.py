"""How the elements of one process lead to each other, and which of them a token passes without a trace."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from workflows.diagrams.layout import SCOPES, Arrow, Figure, Layout

# Elements at which a token waits: nothing comes past them without an event.
WAITING = frozenset({"userTask", "manualTask", "task", "receiveTask", "eventBasedGateway"})
HEARD = frozenset({"message", "timer"})  # boundary events that leave an event; errors are caught in silence
JOINING = frozenset({"parallelGateway", "inclusiveGateway"})


@dataclass(frozen=True, kw_only=True)
class Predecessor:
    """A way into an element: over a flow, or from the activity on which a boundary event stands."""

    source: str
    flow: str | None
    attached: bool = False


class ProcessGraph:
    """One process; `waiting_calls` are its call activities whose processes wait for somebody."""

    def __init__(self, layout: Layout, waiting_calls: frozenset[str] = frozenset()) -> None:
        self.layout = layout
        self._waiting_calls = waiting_calls

    def before(self, element: str) -> tuple[Predecessor, ...]:
        """The ways into an element; into the start of a sub-process lead those into the sub-process."""
        figure = self.layout.by_id[element]
        if figure.host in self.layout.by_id:
            return (Predecessor(source=str(figure.host), flow=None, attached=True),)
        entries = tuple(
            Predecessor(source=arrow.source, flow=arrow.id) for arrow in self._flows_into.get(element, ())
        )
        inner_start = figure.within is not None and figure.kind == "startEvent"
        return self.before(figure.within) if inner_start and figure.within and not entries else entries

    def after(self, element: str) -> tuple[Arrow, ...]:
        """The flows out of an element."""
        return tuple(self._flows_out_of.get(element, ()))

    def is_silent(self, element: str) -> bool:
        """Whether a token may pass an element without an event."""
        return element not in self._elements_with_events

    def only_way(self, element: str) -> tuple[str, str] | None:
        """The one flow that leads on, with its target, where a token passes that in silence."""
        arrows = self.after(element)
        if len(arrows) != 1:
            return None
        target = self.layout.by_id[arrows[0].target]
        joins = target.kind in JOINING and len(self._flows_into[target.id]) > 1
        return None if joins or not self.is_silent(target.id) else (arrows[0].id, target.id)

    def attached_to(self, element: str) -> tuple[Figure, ...]:
        """The boundary events of an activity."""
        return tuple(figure for figure in self.layout.figures if figure.host == element)

    @cached_property
    def _elements_with_events(self) -> frozenset[str]:
        found = {figure.id for figure in self.layout.figures if self._waits_at(figure)}
        around = {scope for element in found for scope in self.layout.around(element)}
        return frozenset(found | around | self._waiting_calls)

    def _waits_at(self, figure: Figure) -> bool:
        if figure.kind == "boundaryEvent":
            return figure.trigger in HEARD
        if figure.kind == "intermediateCatchEvent":
            # Behind an event-based gateway it is the gateway that waits and is named.
            kinds = {self.layout.by_id[arrow.source].kind for arrow in self._flows_into.get(figure.id, ())}
            return "eventBasedGateway" not in kinds
        return figure.kind in WAITING

    @cached_property
    def _flows_into(self) -> dict[str, list[Arrow]]:
        return self._group_flows("target")

    @cached_property
    def _flows_out_of(self) -> dict[str, list[Arrow]]:
        return self._group_flows("source")

    def _group_flows(self, end: str) -> dict[str, list[Arrow]]:
        found: dict[str, list[Arrow]] = {}
        for arrow in self.layout.arrows:
            if arrow.source in self.layout.by_id and arrow.target in self.layout.by_id:
                found.setdefault(getattr(arrow, end), []).append(arrow)
        return found


def waits_somewhere(layout: Layout) -> bool:
    """Whether something in a process waits, calls left aside."""
    graph = ProcessGraph(layout)
    return any(not graph.is_silent(figure.id) for figure in layout.figures if figure.kind not in SCOPES)
