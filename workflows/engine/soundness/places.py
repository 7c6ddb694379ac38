"""The places at which the tokens of a scope can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from workflows.engine.soundness.nets import Kind, Net, Node
from workflows.engine.soundness.outcomes import Insides

MOST_KEPT = 8  # ways of a node whose selections are kept: there are 2^8


class Places:
    """The places of a net as numbers, and where a token may go from each node."""

    def __init__(
        self,
        net: Net,
        insides: Insides,
        *,
        begun: Iterable[str] = (),
        joined: frozenset[str] = frozenset(),
    ) -> None:
        self.net = net
        self.insides = insides
        self.joined = joined  # quiet events whose ways are walked together with this one
        self.where: list[str] = []  # place → the node at which, or before which, its token is
        self.flying: set[int] = set()  # tokens under way
        self.resting: dict[str, int] = {}
        self.marks: dict[str, int] = {}
        self.waiting: set[int] = set()  # before a join
        self.flows: dict[tuple[str, int], int] = {}
        self.begun: dict[str, int] = {}
        self._number_places(begun)
        self._choices: dict[str, tuple[tuple[int, ...], ...]] = {}
        self.joins = {name: self.list_inputs(name) for name in net.nodes if net.is_join(name)}
        self.signs = frozenset(self.marks.values())
        self.chains: dict[str, tuple[str, ...]] = (
            self._find_chains() if self.begun else {}
        )  # tokens elsewhere may rest within a chain

    def _number_places(self, begun: Iterable[str]) -> None:
        for name in begun:
            self.begun[name] = self._add_place(name)
        self.flying.update(self.begun.values())
        for name, node in self.net.nodes.items():
            for number, way in enumerate(node.ways):
                place = self.flows[name, number] = self._add_place(way.target)
                (self.waiting if self.net.is_join(way.target) else self.flying).add(place)
        for name, node in self.net.nodes.items():
            if node.kind in (Kind.ACTIVITY, Kind.RACE):
                self.resting[name] = self._add_place(name)
        for name in self.joined:
            self.marks[name] = self._add_place(name)

    def _find_chains(self) -> dict[str, tuple[str, ...]]:
        """Activities in a row: a token in the first stands for one in any of them.

        So a part of four branches with five tasks each has 2^4 states and not 6^4.
        """
        plain = {
            node.name: node
            for node in self.net.nodes.values()
            if node.kind == Kind.ACTIVITY and self.insides.is_plain(node)
        }
        after = {
            name: node.ways[0].target
            for name, node in plain.items()
            if len(node.ways) == 1 and not node.ways[0].chosen
        }
        after = {
            name: other
            for name, other in after.items()
            if other in plain and len(self.net.inputs[other]) == 1
        }
        followers = set(after.values())
        chains = {}
        for name in plain.keys() - followers:
            chain = [name]
            while chain[-1] in after:
                chain.append(after[chain[-1]])
            chains[name] = tuple(chain)
        return chains

    def _add_place(self, name: str) -> int:
        self.where.append(name)
        return len(self.where) - 1

    def list_inputs(self, name: str) -> tuple[int, ...]:
        """The places of the flows into a node."""
        return tuple(self.flows[flow] for flow in self.net.inputs[name])

    # Where a token may go from a node: each choice is the places that get one.

    def list_choices(self, name: str) -> Iterable[tuple[int, ...]]:
        """The choices of a node."""
        node = self.net.nodes[name]
        if len(node.ways) > MOST_KEPT:
            return self._list_choices(node)
        if name not in self._choices:
            self._choices[name] = tuple(self._list_choices(node))
        return self._choices[name]

    def _list_choices(self, node: Node) -> Iterator[tuple[int, ...]]:
        places = [self.flows[node.name, number] for number in range(len(node.ways))]
        if node.kind in (Kind.END, Kind.BREAK) or not places:
            yield ()
        elif node.kind == Kind.PARALLEL:
            yield tuple(places)
        elif node.kind in (Kind.EXCLUSIVE, Kind.RACE):
            yield from ((place,) for place in places)
        else:
            yield from self._list_selections(node, places)

    def _list_selections(self, node: Node, places: list[int]) -> Iterator[tuple[int, ...]]:
        numbered = list(zip(node.ways, places, strict=True))
        always = [place for way, place in numbered if not way.chosen and not way.default]
        chosen = [place for way, place in numbered if way.chosen and not way.default]
        default = [place for way, place in numbered if way.default]
        for size in range(len(chosen) + 1):
            for some in combinations(chosen, size):
                if found := (*always, *some):
                    yield found
        if default and not always:
            yield tuple(default)
