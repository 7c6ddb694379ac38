"""Playing every game of one scope from a beginning, and what is found on the way.

Choices are all taken: what is found is a way in which they could fall, and the path says which one.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from enum import StrEnum

from workflows.engine.soundness.board import Board, Move, State
from workflows.engine.soundness.nets import is_added

STAYS = -1  # the branch of a token beside which others appear
MOST_TOKENS = 8  # at one place: more, and they pile up


class Fault(StrEnum):
    """What can be wrong with a scope, or be meant otherwise."""

    STUCK = "stuck"  # tokens are left, and nothing can happen any more
    TWICE = "twice"  # a second token comes to where one still is
    REPEATED = "repeated"  # the same behind flows straight out of an activity: meant so, or not
    ENDLESS = "endless"  # something can always happen, but no end can be reached any more
    NOWHERE = "nowhere"  # who completes an activity finds no flow out of it, but boundary events that have
    UNPROVED = "unproved"  # there are more states than were looked at


HARMLESS = (Fault.REPEATED, Fault.NOWHERE)  # every way comes to its end all the same


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One fault, at a node, with the nodes that lead to it."""

    fault: Fault
    node: str
    path: tuple[str, ...]  # ids of elements in order, the node's own last
    cause: str = ""  # the node at which the tokens parted


@dataclass(kw_only=True)
class Walk:
    """What one walk has seen."""

    findings: list[Finding] = field(default_factory=list)
    states: int = 0
    complete: bool = True
    completes: bool = False  # some end was reached that throws nothing
    taken: set[str] = field(default_factory=set)  # nodes that have made a move
    entered: dict[str, tuple[str, ...]] = field(default_factory=dict)  # activity → a path into it


class Walker:
    """A walk over the states of a board, the nearest first."""

    def __init__(
        self, board: Board, start: State, *, prefix: tuple[str, ...] = (), most: int, lenient: bool = False
    ) -> None:
        self.board, self.start, self.prefix, self.most = board, start, prefix, most
        self.lenient = lenient  # tokens that have doubled already, in a case that moves, are let be
        self.before: dict[State, tuple[State, Move] | None] = {start: None}
        self.after: dict[State, list[State]] = {}
        self.seen = Walk()

    def walk(self) -> Walk:
        """Walk to the end, to the first doubled token, or to the bound."""
        ahead = deque([self.start])
        while ahead:
            state = ahead.popleft()
            self.after[state] = []
            if self._has_ended(state):
                continue
            if self._find_doubled(state):
                ahead.clear()
            elif not self._spread(state, ahead):
                break
        self.seen.completes = self.seen.completes or self._has_ended(self.start)
        self.seen.states = len(self.before)
        if self.seen.complete and not self._has_fault(Fault.STUCK, Fault.TWICE):
            self._find_endless()
        if not self.seen.complete and not self._has_fault(Fault.STUCK, Fault.TWICE):
            self._add(Fault.UNPROVED, "", self.prefix)
        return self.seen

    def _spread(self, state: State, ahead: deque[State]) -> bool:
        following = self.after[state]
        for move in self.board.list_moves(state):
            found = move.apply(state)
            following.append(found)
            self.seen.taken.add(move.node)
            if self._has_ended(found) and not self.board.is_thrown(move):
                self.seen.completes = True
            if found not in self.before:
                if len(self.before) >= self.most:
                    self.seen.complete = False
                    return False
                self.before[found] = (state, move)
                ahead.append(found)
                self._note_entered(found, move)
        if not following:
            self._find_stuck(state)
        return True

    def _has_ended(self, state: State) -> bool:
        return not state or all(place in self.board.signs for place in state)

    def _has_fault(self, *faults: Fault) -> bool:
        return any(found.fault in faults for found in self.seen.findings)

    def _add(self, fault: Fault, node: str, path: tuple[str, ...], cause: str = "") -> None:
        if all((one.fault, one.node) != (fault, node) for one in self.seen.findings):
            self.seen.findings.append(Finding(fault=fault, node=node, path=path, cause=cause))

    def _note_entered(self, state: State, move: Move) -> None:
        for place in move.given:
            name = self.board.where[place]
            if self.board.resting.get(name) == place and name not in self.seen.entered:
                path = self.path_to(state)
                for one in self.board.chains.get(name, (name,)):
                    self.seen.entered[one] = path
                    path = (*path, self.board.net.nodes[one].element)

    # Doubled tokens.

    def _find_doubled(self, state: State) -> bool:
        """Whether a doubled token ends the walk."""
        if len(set(state)) == len(state):
            return False
        board = self.board
        for place, count in Counter(state).items():
            name = board.where[place]
            resting = board.resting.get(name) == place
            if count < 2 or not (resting or place in board.waiting or count > MOST_TOKENS):
                continue
            cause, meant = self._find_parting(state, place)
            if count > MOST_TOKENS or place in board.waiting or not (meant or self.lenient):
                self._add(Fault.TWICE, name, self._path_with(state, name), cause)
                return True
            if not self.lenient:
                self._add(Fault.REPEATED, name, self._path_with(state, name), cause)
        return False

    def _find_parting(self, state: State, place: int) -> tuple[str, bool]:
        """Where two tokens of one place parted, and whether that was at the flows of an activity or event."""
        origins = _Origins(self.start, self.board.signs)
        for number, move in enumerate(self._list_moves_to(state)):
            origins.follow(number, move)
        one, other = origins.held[place][:2]
        for first, second in zip(one, other, strict=False):
            if first != second:
                goes_on = STAYS in (first.branch, second.branch)
                return first.node, self.board.net.is_fork(first.node) and not goes_on
        return "", False

    # Deadlocks.

    def _find_stuck(self, state: State) -> None:
        tokens = [place for place in state if place not in self.board.signs]
        names = list(dict.fromkeys(self.board.where[place] for place in tokens))
        net = self.board.net
        missing = {
            name: {
                net_input[0]
                for net_input, place in zip(net.inputs[name], self.board.list_inputs(name), strict=True)
                if place not in state
            }
            for name in names
        }
        ahead = {name: net.reached(way.target for way in net.nodes[name].ways) for name in names}
        blocked = {
            (one, other) for one in names for other in names if one != other and missing[one] & ahead[other]
        }
        for name in names:
            if all((name, other) not in blocked or (other, name) in blocked for other in names):
                self._add(Fault.STUCK, name, self._path_with(state, name))

    # Ways that never end.

    def _find_endless(self) -> None:
        back: dict[State, list[State]] = {}
        for state, following in self.after.items():
            for one in following:
                back.setdefault(one, []).append(state)
        ahead = [state for state in self.after if self._has_ended(state)]
        good = set(ahead)
        while ahead:
            for state in back.get(ahead.pop(), []):
                if state not in good:
                    good.add(state)
                    ahead.append(state)
        lost = next((state for state in self.after if state not in good), None)
        if lost is not None and lost:
            name = self.board.where[lost[0]]
            self._add(Fault.ENDLESS, name, self._path_with(lost, name))

    # Paths.

    def _list_moves_to(self, state: State) -> list[Move]:
        found = []
        step = self.before[state]
        while step is not None:
            state, move = step
            found.append(move)
            step = self.before[state]
        return found[::-1]

    def path_to(self, state: State) -> tuple[str, ...]:
        """The elements that lead to a state."""
        moves = (move for move in self._list_moves_to(state) if not is_added(move.node))
        return (*self.prefix, *(one for move in moves for one in move.log))

    def _path_with(self, state: State, name: str) -> tuple[str, ...]:
        return (*self.path_to(state), *([] if is_added(name) else [self.board.net.nodes[name].element]))


@dataclass(frozen=True, kw_only=True)
class _Parting:
    """One branch of a move that made several tokens of one."""

    move: int
    node: str
    branch: int  # or that of the token which stays


class _Origins:
    """Where each token of a state parted from the others, as the moves of a path are made again."""

    def __init__(self, start: State, signs: frozenset[int]) -> None:
        self.signs = signs  # what is no token
        self.held: dict[int, list[tuple[_Parting, ...]]] = {}
        for number, place in enumerate(start):
            self.held.setdefault(place, []).append((_Parting(move=-1, node="", branch=number),))

    def follow(self, number: int, move: Move) -> None:
        """Make a move."""
        given = [place for place in move.given if place not in self.signs]
        if move.beside >= 0:
            base = self.held[move.beside].pop(0)
            given.insert(0, move.beside)
        else:
            base = _find_common([self.held[place].pop(0) for place in move.taken if place not in self.signs])
        for branch, place in enumerate(given, STAYS if move.beside >= 0 else STAYS + 1):
            parting = _Parting(move=number, node=move.node, branch=branch)
            self.held.setdefault(place, []).append((*base, parting) if len(given) > 1 else base)


def _find_common(origins: list[tuple[_Parting, ...]]) -> tuple[_Parting, ...]:
    common: list[_Parting] = []
    for level in zip(*origins, strict=False):
        if any(one != level[0] for one in level):
            break
        common.append(level[0])
    return tuple(common)
