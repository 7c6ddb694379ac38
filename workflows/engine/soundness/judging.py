"""Judging scopes: each is walked once, those that it holds or calls before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from workflows.engine.soundness.board import Board
from workflows.engine.soundness.nets import Kind, Net, Node, Thrown
from workflows.engine.soundness.outcomes import UNKNOWN, Insides, Outcomes
from workflows.engine.soundness.regions import Region, find_region
from workflows.engine.soundness.walk import HARMLESS, Fault, Finding, Walk, Walker

MOST_STATES = 5_000  # of one scope


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What was found out about a scope."""

    findings: tuple[Finding, ...] = ()
    states: int = 0
    outcomes: Outcomes = UNKNOWN

    @property
    def is_proved(self) -> bool:
        """Whether every state was looked at, and nothing is wrong."""
        return not any(found.fault not in HARMLESS for found in self.findings)


class Judge:
    """Walks scopes as they are asked for, and remembers."""

    def __init__(
        self, nets: Mapping[str, Net], *, most: int = MOST_STATES, left: Callable[[], int] | None = None
    ) -> None:
        self.nets = nets
        self.most = most
        self.left = left or (lambda: most)  # how many states may still be looked at
        self.known: dict[str, Verdict] = {}

    def judge(self, key: str) -> Verdict:
        """The verdict on a scope."""
        waiting = [key]
        begun: set[str] = set()
        while waiting:
            name = waiting[-1]
            ahead = [
                one
                for one in self.nets[name].inner
                if one in self.nets and one not in self.known and one not in begun
            ]
            begun.add(name)
            if ahead:
                waiting += ahead
            else:
                waiting.pop()
                if name not in self.known:
                    self.known[name] = self._judge_net(self.nets[name])
        return self.known[key]

    def find_insides(self, net: Net) -> Insides:
        """What is known of the scopes that a net holds or calls."""
        return Insides({key: self.known[key].outcomes for key in net.inner if key in self.known})

    def _judge_net(self, net: Net) -> Verdict:
        insides, found = self.find_insides(net), _Found()
        regions: list[tuple[Region, tuple[str, ...]]] = [
            (find_region(net, one), ()) for one in net.beginnings
        ]
        for number, (region, prefix) in enumerate(regions):  # it grows meanwhile
            board = Board(net, insides, begun=region.begun, joined=region.joined)
            found.add(self._walk(board, prefix, found.states), beside=number >= len(net.beginnings))
            regions += [
                (find_region(net, [name]), (*found.entered[host], net.nodes[host].element))
                for name, host in _list_apart(board, region, found)
            ]
        found.add(Walk(findings=list(_list_nowhere(net, insides, found.entered))), beside=True)
        return found.sum_up(net, insides)

    def _walk(self, board: Board, prefix: tuple[str, ...], states: int) -> Walk:
        start = tuple(sorted(board.begun.values()))
        most = max(1, min(self.most - states, self.left()))
        return Walker(board, start, prefix=prefix, most=most).walk()


@dataclass(kw_only=True)
class _Found:
    """What the walks of one scope have found together."""

    findings: dict[tuple[Fault, str], Finding] = field(default_factory=dict)
    states: int = 0
    completes: bool = False
    entered: dict[str, tuple[str, ...]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    begun: set[str] = field(default_factory=set)  # quiet events

    def add(self, walk: Walk, *, beside: bool) -> None:
        """Add a walk; what runs beside the main way does not bring the scope to its end."""
        for one in walk.findings:
            self.findings.setdefault((one.fault, one.node), one)
        self.states += walk.states
        self.completes = self.completes or (walk.completes and not beside)
        self.entered = {**walk.entered, **self.entered}
        self.taken |= walk.taken

    def sum_up(self, net: Net, insides: Insides) -> Verdict:
        """The verdict; what is wrong within a scope is told there, and not at those that call it."""
        wrong = any(fault not in HARMLESS for fault, _ in self.findings)
        passed = set(net.nodes) if wrong else self.taken | self.entered.keys()
        thrown = frozenset(one for name in passed for one in _list_thrown(net.nodes[name], insides))
        outcomes = Outcomes(completes=self.completes or wrong, thrown=thrown)
        return Verdict(findings=tuple(self.findings.values()), states=self.states, outcomes=outcomes)


def _list_apart(board: Board, region: Region, found: _Found) -> Iterator[tuple[str, str]]:
    for name in region.apart:
        host = board.net.nodes[board.net.hosts[name]]
        event = next(one for one in host.attached if one.name == name)
        if name not in found.begun and host.name in found.entered and board.insides.may_happen(event, host):
            found.begun.add(name)
            yield name, host.name


def _list_nowhere(net: Net, insides: Insides, entered: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    """Activities that only boundary events lead out of, though they may be completed."""
    for name, path in entered.items():
        node = net.nodes[name]
        led_out = any(net.nodes[event.name].ways for event in node.attached)
        if led_out and not node.ways and insides.can_complete(node):
            yield Finding(fault=Fault.NOWHERE, node=name, path=(*path, node.element))


def _list_thrown(node: Node, insides: Insides) -> Iterator[Thrown]:
    if node.kind == Kind.ACTIVITY:
        yield from (one for one in insides.list_uncaught(node) if one.kind != "cancel")
    else:
        yield from node.throws
