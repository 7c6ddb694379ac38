"""Follows the path of a finding in the engine: the same acts in order, choosing as the path goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, islice, pairwise, product

from models.base.errors import DomainError
from tests.workflows.engine.soundness.playing import Play
from tests.workflows.engine.soundness.sketching import Sketch
from workflows.engine.soundness.walk import Fault, Finding
from workflows.engine.state.specs import Specs

MOST_TRIED = 400  # selections of the ways between two acts
Picks = dict[str, list[list[str]]]  # gateway → the ways that each of its tokens takes


@dataclass(frozen=True, kw_only=True)
class Step:
    """One act, and the gateways that are passed after it."""

    acts: tuple[str, ...]  # one of them; nothing: the start
    gateways: tuple[tuple[str, int], ...]  # each with its place in the path
    picks: tuple[tuple[str, str], ...] = ()  # within a sub-process


def is_reached(drawn: Sketch, known: Specs, finding: Finding) -> bool:
    """Whether the engine comes to where the path says."""
    follower = _Follower(drawn, known, finding)
    return follower.go_on(b"", follower.list_steps())


class _Follower:
    def __init__(self, drawn: Sketch, known: Specs, finding: Finding) -> None:
        self.drawn, self.known, self.finding = drawn, known, finding
        self.ways = dict(drawn.choosing())
        self.events = drawn.events()

    def list_steps(self) -> list[Step]:
        """The path as acts; what is entered last and not done is left out."""
        path = list(self.finding.path)
        if self.finding.fault == Fault.TWICE and path[-1] == self.finding.node and path[-1][0] in "tcpv":
            path.pop()
        starts = [number for number, name in enumerate(path) if self._is_act(path, number)]
        bounds = [(-1, starts[0] if starts else len(path))]
        bounds += list(pairwise([*starts, len(path)]))
        return [self._read_step(path, start, end) for start, end in bounds]

    def _is_act(self, path: list[str], number: int) -> bool:
        name, following = path[number], path[number + 1 : number + 2]
        if any(self.drawn.hung.get(event, ("",))[0] == name for event in following):
            return False  # what happens to it comes next
        return name in self.events or name[0] in "tp"

    def _read_step(self, path: list[str], start: int, end: int) -> Step:
        # Between two acts, tasks are named whose boundary events happen: these pass no flows of theirs.
        passed = (number for number in range(max(start, 0), end) if number == start or path[number][0] != "t")
        gateways = tuple((path[number], number) for number in passed if path[number] in self.ways)
        if start < 0:
            return Step(acts=(), gateways=gateways)
        name = path[start]
        host, _, what = self.drawn.hung.get(name, ("", True, ""))
        inner = self.drawn.inside.get(host if what else name)
        if inner is None:
            return Step(acts=(name,), gateways=gateways)
        tasks = tuple(one for one in inner.names if one[0] == "t")
        picks = tuple((gateway, ways[0 if what else -1]) for gateway, ways in inner.choosing())
        return Step(acts=tasks[:1] if what else tasks, gateways=gateways, picks=picks)

    def go_on(self, content: bytes, steps: list[Step]) -> bool:
        """Whether these steps can be taken from a state, and lead to where the path says."""
        return any(self._take(content, steps, picks) for picks in self._list_picks(steps[0]))

    def _take(self, content: bytes, steps: list[Step], picks: Picks) -> bool:
        step = steps[0]
        tasks = Play(self.known, content).list_acts() if content else []
        numbers = [number for number, (_, name) in enumerate(tasks) if name in step.acts]
        for number in numbers if step.acts else [0]:
            play, left = Play(self.known, content), {name: list(ones) for name, ones in picks.items()}
            play.engine.pick = lambda name, left=left: left[name].pop(0) if left.get(name) else []
            try:
                play.act(*play.list_acts()[number]) if step.acts else play.start()
            except DomainError:
                return True  # the engine stops what goes round for ever
            if self.go_on(play.save(), steps[1:]) if steps[1:] else self._is_there(play):
                return True
        return False

    def _list_picks(self, step: Step) -> Iterator[Picks]:
        """Selections of the ways, those first that the path goes on with."""
        options = [self._list_options(name, number) for name, number in step.gateways]
        for chosen in islice(product(*options), MOST_TRIED):
            picks: Picks = {name: [[way]] for name, way in step.picks}
            for (name, _), ways in zip(step.gateways, chosen, strict=True):
                picks.setdefault(name, []).append(list(ways))
            yield picks

    def _list_options(self, name: str, number: int) -> list[tuple[str, ...]]:
        ahead = self.finding.path[number + 1 :]
        ways = sorted(self.ways[name], key=lambda way: ahead.index(way) if way in ahead else len(ahead))
        if name[0] == "x":
            return [(way,) for way in ways]
        sizes = range(1, len(ways) + 1)
        return [some for size in sizes for some in combinations(ways, size)]

    def _is_there(self, play: Play) -> bool:
        finding = self.finding
        if finding.fault == Fault.STUCK:
            return not play.has_ended and bool(play.count_arrived(finding.node))
        if finding.fault == Fault.TWICE and finding.node[0] in "ao":
            # The join may have fired meanwhile, for one of the two or for each.
            waiting = max(play.count_arrived(finding.node).values(), default=0)
            return waiting + play.engine.record.path.count(finding.node) > 1
        if finding.fault == Fault.TWICE:
            return play.count_open()[finding.node] > 1
        return not play.has_ended
