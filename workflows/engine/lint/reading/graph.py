"""A scope as a graph: which node every way leads through, and which nodes lie on circles.

Times are near linear: a rule that walks the graph once for each gateway took minutes for large diagrams.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

Steps = Mapping[str, Collection[str]]
Count = Callable[[int], None]  # told how many steps were taken


class Dominators:
    """The tree in which a node stands below the nearest one that every way to it leads through.

    Cooper, Harvey and Kennedy, A Simple, Fast Dominance Algorithm (2001).
    """

    def __init__(self, steps: Steps, starts: Collection[str], count: Count, *, without: str = "") -> None:
        self._count = count
        self.order = _reverse_postorder(steps, starts, without, count)  # parents before children
        self._place = {name: place for place, name in enumerate(self.order, start=1)}
        before: list[list[int]] = [[] for _ in range(len(self.order) + 1)]
        for name in starts:
            if name in self._place:
                before[self._place[name]].append(0)
        for name in self.order:
            for following in steps.get(name, ()):
                if following in self._place:
                    before[self._place[following]].append(self._place[name])
        self._above = self._solve_tree(before)

    def _solve_tree(self, before: list[list[int]]) -> list[int]:
        above = [-1] * len(before)
        above[0], changed = 0, True
        while changed:
            changed = False
            self._count(len(before))
            for place in range(1, len(before)):
                found = -1
                for other in before[place]:
                    if above[other] >= 0:
                        found = other if found < 0 else self._find_meeting(above, found, other)
                if above[place] != found:
                    above[place], changed = found, True
        return above

    def _find_meeting(self, above: list[int], one: int, other: int) -> int:
        steps = 0
        while one != other:
            steps += 1
            if one > other:
                one = above[one]
            else:
                other = above[other]
        self._count(steps)
        return one

    def __contains__(self, name: str) -> bool:
        return name in self._place

    def above(self, name: str) -> str | None:
        """The node right above in the tree; nothing above the first."""
        place = self._above[self._place[name]]
        return self.order[place - 1] if place else None

    def meeting(self, one: str, other: str) -> str | None:
        """The lowest node at or above both; nothing when only the beginning is."""
        place = self._find_meeting(self._above, self._place[one], self._place[other])
        return self.order[place - 1] if place else None

    def intervals(self) -> dict[str, tuple[int, int]]:
        """Each node's number in a walk down the tree, and the last number below it."""
        below: list[list[int]] = [[] for _ in self._above]
        for place in range(len(self._above) - 1, 0, -1):
            below[self._above[place]].append(place)
        numbers: dict[str, tuple[int, int]] = {}
        sizes = [1] * len(self._above)
        for place in range(len(self._above) - 1, 0, -1):
            sizes[self._above[place]] += sizes[place]
        stack, number = below[0][:], 0
        while stack:
            place = stack.pop()
            numbers[self.order[place - 1]] = (number, number + sizes[place] - 1)
            number += 1
            stack += below[place]
        return numbers


def _reverse_postorder(steps: Steps, starts: Iterable[str], without: str, count: Count) -> list[str]:
    seen = {without}
    left: list[str] = []
    stack: list[tuple[str, Iterable[str]]] = []
    for start in starts:
        if start not in seen:
            seen.add(start)
            stack.append((start, iter(steps.get(start, ()))))
        while stack:
            ahead = stack[-1][1]
            following = next((one for one in ahead if one not in seen), None)
            if following is None:
                left.append(stack.pop()[0])
            else:
                seen.add(following)
                stack.append((following, iter(steps.get(following, ()))))
    count(2 * len(left))
    return left[::-1]


def rank_nodes(steps: Steps, count: Count) -> tuple[dict[str, int], frozenset[str]]:
    """Numbers that grow along every way and are shared within a circle; the nodes on circles."""
    finder = _CircleFinder(steps)
    for name in steps:
        if name not in finder.numbers:
            finder.visit(name)
    count(3 * len(finder.numbers))
    return {name: -number for name, number in finder.parts.items()}, frozenset(finder.circles)


class _CircleFinder:
    """Tarjan's strongly connected components, without recursion; the last parts are found first."""

    def __init__(self, steps: Steps) -> None:
        self.steps = steps
        self.numbers: dict[str, int] = {}
        self.lowest: dict[str, int] = {}
        self.parts: dict[str, int] = {}
        self.circles: set[str] = set()
        self._open: list[str] = []
        self._found = 0

    def visit(self, start: str) -> None:
        stack = [self._enter_node(start)]
        while stack:
            name, ahead = stack[-1]
            for following in ahead:
                if following not in self.numbers:
                    stack.append(self._enter_node(following))
                    break
                if following not in self.parts:
                    self.lowest[name] = min(self.lowest[name], self.numbers[following])
            else:
                stack.pop()
                self._leave_node(name, stack[-1][0] if stack else None)

    def _enter_node(self, name: str) -> tuple[str, Iterable[str]]:
        self.numbers[name] = self.lowest[name] = len(self.numbers)
        self._open.append(name)
        return name, iter(self.steps.get(name, ()))

    def _leave_node(self, name: str, caller: str | None) -> None:
        if caller is not None:
            self.lowest[caller] = min(self.lowest[caller], self.lowest[name])
        if self.lowest[name] == self.numbers[name]:
            place = _last_index(self._open, name)
            part = self._open[place:]
            del self._open[place:]
            self._found += 1
            self.parts.update(dict.fromkeys(part, self._found))
            if len(part) > 1 or name in self.steps.get(name, ()):
                self.circles.update(part)


def _last_index(names: list[str], name: str) -> int:
    place = len(names) - 1
    while names[place] != name:
        place -= 1
    return place
