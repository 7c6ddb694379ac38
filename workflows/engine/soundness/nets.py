"""A scope as a plain net: what its nodes do with tokens, and where these go, whoever read it from what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

OWN = "zige."  # how the ids of what is added to a designer's drawing begin
FORK = f"{OWN}out."  # those of gateways that split what flows straight out of an element
RENAMED = f"{OWN}id."  # those of elements whose own id could not be kept


class Kind(StrEnum):
    """What a node does with a token that comes in."""

    PASS = "pass"  # it goes on at once: starts, boundary events that have happened, throwing events
    ACTIVITY = "activity"  # it rests until somebody or something has done its part
    RACE = "race"  # it rests until the first of the events behind it happens
    EXCLUSIVE = "exclusive"
    PARALLEL = "parallel"
    INCLUSIVE = "inclusive"
    END = "end"
    BREAK = "break"  # it ends, and all other tokens of the scope with it


@dataclass(frozen=True, kw_only=True)
class Thrown:
    """An error, escalation or cancellation that travels outward."""

    kind: str
    code: str | None = None  # nothing: any

    def is_heard_by(self, other: Thrown) -> bool:
        """Whether a boundary event that waits for the other one surely hears this one."""
        return self.kind == other.kind and other.code in (None, self.code)

    def may_be_heard_by(self, other: Thrown) -> bool:
        """Whether a boundary event that waits for the other one may hear this one."""
        return self.is_heard_by(other) or (self.kind == other.kind and self.code is None)


@dataclass(frozen=True, kw_only=True)
class Way:
    """A flow out of a node."""

    target: str
    chosen: bool = False  # it has a condition
    default: bool = False


@dataclass(frozen=True, kw_only=True)
class Attached:
    """A boundary event at an activity; what follows it stands in the node of its name."""

    name: str
    interrupting: bool
    caught: Thrown | None = None  # nothing: a timer or message, which may come at any time


@dataclass(frozen=True, kw_only=True)
class Node:
    """One element of a scope."""

    name: str
    kind: Kind
    element: str  # the id that people know it by
    ways: tuple[Way, ...] = ()
    attached: tuple[Attached, ...] = ()
    inner: str | None = None  # the net of the sub-process or called process
    throws: tuple[Thrown, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Net:
    """One process or sub-process."""

    nodes: Mapping[str, Node]
    beginnings: tuple[tuple[str, ...], ...]  # of one of them each node gets a token
    inner: frozenset[str] = field(default=frozenset())  # nets that it needs to know about

    @cached_property
    def hosts(self) -> dict[str, str]:
        """Boundary event → the activity that it is attached to."""
        return {event.name: node.name for node in self.nodes.values() for event in node.attached}

    @cached_property
    def quiet(self) -> frozenset[str]:
        """The boundary events that leave their activity going on."""
        return frozenset(
            event.name for node in self.nodes.values() for event in node.attached if not event.interrupting
        )

    @cached_property
    def inputs(self) -> dict[str, list[tuple[str, int]]]:
        """Node → the flows that lead into it, each as its source and place there."""
        found: dict[str, list[tuple[str, int]]] = {name: [] for name in self.nodes}
        for node in self.nodes.values():
            for place, way in enumerate(node.ways):
                found[way.target].append((node.name, place))
        return found

    def is_join(self, name: str) -> bool:
        """Whether tokens wait here for each other."""
        kind = self.nodes[name].kind
        return kind in (Kind.PARALLEL, Kind.INCLUSIVE) and len(self.inputs[name]) > 1

    def is_fork(self, name: str) -> bool:
        """Whether flows lead straight out of an activity or event, in a release by a gateway put there."""
        node = self.nodes.get(name)
        return name.startswith(FORK) or (node is not None and node.kind in (Kind.ACTIVITY, Kind.PASS))

    def reached(self, names: Iterable[str], *, quiet: bool = False, without: str = "") -> set[str]:
        """The nodes that a token at these comes to, they included; through quiet events only when told."""
        found: set[str] = set()
        ahead = [name for name in names if name != without]
        while ahead:
            name = ahead.pop()
            if name not in found:
                found.add(name)
                node = self.nodes[name]
                nexts = [way.target for way in node.ways]
                nexts += [event.name for event in node.attached if quiet or event.interrupting]
                ahead += [one for one in nexts if one != without]
        return found

    @cached_property
    def harmless(self) -> frozenset[str]:
        """Nodes from which a token only comes to its end: there it does not matter how many there are."""
        resting = {
            name
            for name, node in self.nodes.items()
            if node.kind in (Kind.ACTIVITY, Kind.RACE) or self.is_join(name)
        }
        before: dict[str, set[str]] = {name: set() for name in self.nodes}
        for name in self.nodes:
            for source, _ in self.inputs[name]:
                before[name].add(source)
        found, ahead = set(resting), list(resting)
        while ahead:
            for name in before[ahead.pop()] - found:
                found.add(name)
                ahead.append(name)
        return frozenset(self.nodes) - found


def is_added(name: str) -> bool:
    """Whether a node is no element of the designer's."""
    return name.startswith(OWN) and not name.startswith(RENAMED)


def build_net(nodes: Iterable[Node], beginnings: Iterable[Iterable[str]]) -> Net:
    """A net of these nodes, without those that nothing leads to: the engine does not even read them."""
    begun = tuple(tuple(one) for one in beginnings)
    drawn = Net(nodes={node.name: node for node in nodes}, beginnings=begun)
    reached = drawn.reached((name for one in begun for name in one), quiet=True)
    named = {name: node for name, node in drawn.nodes.items() if name in reached}
    inner = frozenset(node.inner for node in named.values() if node.inner is not None)
    return Net(nodes=named, beginnings=begun, inner=inner)
