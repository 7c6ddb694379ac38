"""The rules of the token game: every move that the engine could make with the tokens of one scope.

A state is the sorted tuple of the places that hold a token, each as a number. Tokens that are under way are
moved first, as the engine does it; then joins fire; only then somebody does something. What the engine reads
from data, here each outcome is possible.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from workflows.engine.soundness.nets import Attached, Kind, Node
from workflows.engine.soundness.places import Places

State = tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One move: the node that makes it, what people see of it, the tokens it takes and gives."""

    node: str
    log: tuple[str, ...]
    taken: tuple[int, ...]
    given: tuple[int, ...]
    beside: int = -1  # the place whose token stays, beside which the new ones appear
    breaks: bool = False  # all tokens of the scope are gone

    def apply(self, state: State) -> State:
        """The state after the move."""
        if self.breaks:
            return ()
        left = list(state)
        for place in self.taken:
            left.remove(place)
        left += self.given
        left.sort()
        return tuple(left)


class Board(Places):
    """The places of a net, and the moves between them."""

    def list_moves(self, state: State) -> Iterator[Move]:
        """What may happen next."""
        under_way = next((place for place in state if place in self.flying), None)
        if under_way is not None:
            yield from self._move_on(under_way)
            return
        joins = [*self._joins_at(state, Kind.PARALLEL), *sorted(self._joins_at(state, Kind.INCLUSIVE))]
        for name in joins:
            fire = self._fire_parallel if self.net.nodes[name].kind == Kind.PARALLEL else self._fire_inclusive
            found = list(fire(name, state))
            if found:
                yield from found
                return
        for place in dict.fromkeys(state):
            name = self.where[place]
            if self.resting.get(name) == place:
                yield from self._act(self.net.nodes[name], state)

    def _joins_at(self, state: State, kind: Kind) -> list[str]:
        found = dict.fromkeys(self.where[place] for place in state if place in self.waiting)
        return [name for name in found if self.net.nodes[name].kind == kind]

    def _move_on(self, place: int) -> Iterator[Move]:
        name = self.where[place]
        node = self.net.nodes[name]
        if name in self.resting:
            yield Move(node=name, log=(), taken=(place,), given=(self.resting[name],))
        elif node.kind == Kind.BREAK:
            yield Move(node=name, log=(node.element,), taken=(place,), given=(), breaks=True)
        else:
            for given in self.list_choices(name):
                yield Move(node=name, log=(node.element,), taken=(place,), given=given)

    def _fire_parallel(self, name: str, state: State) -> Iterator[Move]:
        places = self.joins[name]
        if set(places) <= set(state):
            log = (self.net.nodes[name].element,)
            for given in self.list_choices(name):
                yield Move(node=name, log=log, taken=places, given=given)

    def _fire_inclusive(self, name: str, state: State) -> Iterator[Move]:
        arrived = frozenset(place for place in self.joins[name] if place in state)
        if self._is_more_coming(name, state, arrived):
            return
        log = (self.net.nodes[name].element,)
        for given in self.list_choices(name):
            yield Move(node=name, log=log, taken=tuple(sorted(arrived)), given=given)

    def _act(self, node: Node, state: State) -> Iterator[Move]:
        place = self.resting[node.name]
        taken = (place, *self._list_spent(node, state, place))
        log: tuple[str, ...] = (node.element,)
        if node.kind == Kind.RACE:
            for way in node.ways:
                target = self.net.nodes[way.target]
                for given in self.list_choices(way.target):
                    yield Move(node=target.name, log=(*log, target.element), taken=taken, given=given)
            return
        if self.insides.can_complete(node):
            chain = self.chains.get(node.name, (node.name,))
            done = tuple(self.net.nodes[name].element for name in chain)
            for given in self.list_choices(chain[-1]):
                yield Move(node=chain[-1], log=done, taken=taken, given=given)
        for event in node.attached:
            if self.insides.may_happen(event, node):
                yield from self._happen(event, (place, taken), state)
        if self.insides.list_breaking(node):
            yield Move(node=node.name, log=log, taken=taken, given=(), breaks=True)

    def _happen(self, event: Attached, host: tuple[int, tuple[int, ...]], state: State) -> Iterator[Move]:
        place, taken = host
        name = self.net.nodes[event.name].element
        hosted = self.net.nodes[self.where[place]].element
        for given in self.list_choices(event.name):
            if event.interrupting:
                yield Move(node=event.name, log=(hosted, name), taken=taken, given=given)
            elif event.name in self.marks and self.marks[event.name] not in state:
                mark = self.marks[event.name]
                yield Move(node=event.name, log=(hosted, name), taken=(), given=(*given, mark), beside=place)

    def _list_spent(self, node: Node, state: State, place: int) -> list[int]:
        if not self.marks or state.count(place) > 1:
            return []
        marks = (self.marks.get(event.name) for event in node.attached)
        return [mark for mark in marks if mark is not None and mark in state]

    def is_thrown(self, move: Move) -> bool:
        """Whether the scope is left by an error or cancellation."""
        node = self.net.nodes[move.node]
        return move.breaks and (node.kind == Kind.ACTIVITY or bool(node.throws))

    # Inclusive joins wait for a token that can still come in where none is (BPMN 2.0, 13.4.3).

    def _is_more_coming(self, name: str, state: State, arrived: frozenset[int]) -> bool:
        brings = self._brings[name]
        for place in dict.fromkeys(state):
            if place in arrived or place in self.signs:
                continue
            for source in self._list_sources(place, state):
                reached = brings.get(source, frozenset())
                if reached - arrived and not reached & arrived:
                    return True
        return False

    def _list_sources(self, place: int, state: State) -> Iterator[str]:
        """The nodes that a token at rest may go on from."""
        name = self.where[place]
        yield name
        for event in self.net.nodes[name].attached:
            if self.marks.get(event.name, -1) not in state:
                yield event.name

    @cached_property
    def _brings(self) -> dict[str, dict[str, frozenset[int]]]:
        names = [name for name in self.joins if self.net.nodes[name].kind == Kind.INCLUSIVE]
        return {name: self._find_bringing(name) for name in names}

    def _find_bringing(self, join: str) -> dict[str, frozenset[int]]:
        """Node → the inputs of a join that a token which leaves it can come to, without passing the join."""
        found: dict[str, set[int]] = {}
        for flow in self.net.inputs[join]:
            seen, ahead = set(), [flow[0]]
            while ahead:
                name = ahead.pop()
                if name not in seen and name != join:
                    seen.add(name)
                    ahead += self._before[name]
                elif name == join:
                    seen.add(name)
            for name in seen:
                found.setdefault(name, set()).add(self.flows[flow])
        return {name: frozenset(places) for name, places in found.items()}

    @cached_property
    def _before(self) -> dict[str, list[str]]:
        """Node → those whose tokens come to it, boundary events at the same time as their activities."""
        hosts, inputs = self.net.hosts, self.net.inputs
        return {name: [source for source, _ in inputs[hosts.get(name, name)]] for name in inputs}
