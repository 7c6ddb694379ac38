"""Random diagrams: whole blocks first, and then most of them with something done to them."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import pairwise

from tests.workflows.engine.soundness.sketching import Sketch

LEAVES = ("task", "task", "wait", "race", "part", "watched", "reminded")
BLOCKS = ("chain", "chain", "choice", "both", "some", "loop")
CHANGES = ("redirect", "drop_join", "change_split", "jump", "interrupt", "remind", "stop")
WHOLE = 0.2  # of the diagrams nothing is done to


@dataclass
class Grower:
    """Grows a sketch of whole blocks, each with one way in and one way out."""

    chance: random.Random
    leaves: tuple[str, ...] = LEAVES
    drawn: Sketch = field(default_factory=lambda: Sketch(flows=[]))
    count: int = 0

    def name(self, letter: str, end: str = "") -> str:
        """A name that nothing else has."""
        self.count += 1
        return f"{letter}{self.count}{end}"

    def link(self, *names: str) -> None:
        """Draw flows from one to the next."""
        self.drawn.flows += pairwise(names)

    def grow(self, depth: int) -> tuple[str, str]:
        """A block: its first node and its last."""
        kind = self.chance.choice(BLOCKS if depth > 0 else self.leaves)
        if kind in self.leaves:
            return getattr(self, f"grow_{kind}")()
        return getattr(self, f"grow_{kind}")(depth - 1)

    def grow_task(self) -> tuple[str, str]:
        """A user task."""
        name = self.name("t")
        return name, name

    def grow_wait(self) -> tuple[str, str]:
        """An event that is waited for."""
        name = self.name("c")
        return name, name

    def grow_race(self) -> tuple[str, str]:
        """A message against a timer."""
        race, one, other, last = self.name("v"), self.name("c", "m"), self.name("c"), self.name("x")
        self.link(race, one, last)
        self.link(race, other, last)
        return race, last

    def grow_part(self) -> tuple[str, str]:
        """A sub-process that may fail."""
        name, last = self.name("p"), self.name("x")
        start, task, which, bad, good = (self.name(letter) for letter in "stxee")
        inner = Sketch(flows=[(start, task), (task, which), (which, bad), (which, good)])
        inner.throws[bad] = "error"
        self.drawn.inside[name] = inner
        self.link(name, last)
        self.lead_away(name, last, what="error")
        return name, last

    def grow_late(self) -> tuple[str, str]:
        """A sub-process that may tell that it is late, and goes on if nobody minds."""
        name, last = self.name("p"), self.name("x")
        start, task, which, late, following, end = (self.name(letter) for letter in "stxmte")
        flows = [
            (start, task),
            (task, which),
            (which, late),
            (late, following),
            (following, end),
            (which, end),
        ]
        self.drawn.inside[name] = Sketch(flows=flows, throws={late: "escalation"})
        self.link(name, last)
        if self.chance.random() < 0.5:
            self.lead_away(name, last, what="escalation")
        else:
            event = self.name("b")
            self.drawn.hung[event] = (name, False, "escalation")
            self.link(event, self.name("t"), self.name("e"))
        return name, last

    def grow_watched(self) -> tuple[str, str]:
        """A task with a deadline."""
        task, last = self.name("t"), self.name("x")
        self.link(task, last)
        self.lead_away(task, last)
        return task, last

    def grow_reminded(self) -> tuple[str, str]:
        """A task with a reminder."""
        task, event = self.name("t"), self.name("b")
        self.drawn.hung[event] = (task, False, "")
        self.link(event, self.name("t"), self.name("e"))
        return task, task

    def lead_away(self, host: str, last: str, what: str = "") -> None:
        """Hang an event on an activity that leads behind it."""
        event = self.name("b")
        self.drawn.hung[event] = (host, True, what)
        self.link(event, self.name("t"), last)

    def grow_chain(self, depth: int) -> tuple[str, str]:
        """One after the other."""
        first, between = self.grow(depth)
        following, last = self.grow(depth)
        self.link(between, following)
        return first, last

    def _split(self, split: str, join: str, depth: int, count: int) -> tuple[str, str]:
        for _ in range(count):
            first, last = self.grow(depth)
            self.link(split, first)
            self.link(last, join)
        return split, join

    def grow_choice(self, depth: int) -> tuple[str, str]:
        """One of two ways."""
        return self._split(self.name("x"), self.name("x"), depth, 2)

    def grow_both(self, depth: int) -> tuple[str, str]:
        """Ways side by side."""
        return self._split(self.name("a"), self.name("a"), depth, self.chance.choice([2, 2, 3]))

    def grow_some(self, depth: int) -> tuple[str, str]:
        """Any of some ways."""
        return self._split(self.name("o"), self.name("o"), depth, 2)

    def grow_loop(self, depth: int) -> tuple[str, str]:
        """Again and again."""
        first, last = self.name("x"), self.name("x")
        inner, end = self.grow(depth)
        self.link(first, inner)
        self.link(end, last, first)
        return first, last


@dataclass
class Breaker:
    """Does something to a sketch, after which it may be sound or not."""

    grower: Grower

    @property
    def chance(self) -> random.Random:
        """What decides."""
        return self.grower.chance

    @property
    def drawn(self) -> Sketch:
        """What is changed."""
        return self.grower.drawn

    def change(self) -> None:
        """One change, if there is anything that it can be made to."""
        getattr(self, self.chance.choice(CHANGES))()

    def _find_target(self) -> str:
        raced = {target for source, target in self.drawn.flows if source[0] == "v"}
        names = [name for name in self.drawn.names if name not in raced | self.drawn.hung.keys()]
        return self.chance.choice([name for name in names if name[0] != "s"])

    def _add_flow(self, source: str, target: str, place: int | None = None) -> None:
        if source != target and (source, target) not in self.drawn.flows:
            self.drawn.flows.insert(len(self.drawn.flows) if place is None else place, (source, target))

    def _choose_flow(self) -> int:
        flows = [number for number, (source, _) in enumerate(self.drawn.flows) if source[0] != "v"]
        return self.chance.choice(flows)

    def redirect(self) -> None:
        """Lead a flow elsewhere."""
        place, target = self._choose_flow(), self._find_target()
        source, before = self.drawn.flows.pop(place)
        self._add_flow(source, target if target != source else before, place)
        if (source, target) != self.drawn.flows[min(place, len(self.drawn.flows) - 1)]:
            self._add_flow(source, before, place)

    def stop(self) -> None:
        """Lead a flow to an end of its own."""
        place = self._choose_flow()
        source, _ = self.drawn.flows.pop(place)
        self.drawn.flows.insert(place, (source, self.grower.name("e")))

    def _rename(self, old: str, new: str) -> None:
        self.drawn.flows = [
            (new if source == old else source, new if target == old else target)
            for source, target in self.drawn.flows
        ]

    def drop_join(self) -> None:
        """Let a parallel or inclusive join pass every token on."""
        joins = [name for name in self.drawn.names if name[0] in "ao" and len(self.drawn.ways(name)) == 1]
        if joins:
            self._rename(self.chance.choice(joins), self.grower.name("x"))

    def change_split(self) -> None:
        """Make a gateway one of another kind."""
        gateways = [name for name in self.drawn.names if name[0] in "aox"]
        if gateways:
            old = self.chance.choice(gateways)
            self._rename(old, self.grower.name(self.chance.choice([one for one in "aox" if one != old[0]])))

    def jump(self) -> None:
        """A choice on a flow, with a way out to anywhere."""
        place, gateway = self._choose_flow(), self.grower.name("x")
        source, target = self.drawn.flows[place]
        self.drawn.flows[place] = (source, gateway)
        elsewhere = self.chance.choice([self._find_target(), self.grower.name("e")])
        self._add_flow(gateway, elsewhere)
        self._add_flow(gateway, target)

    def interrupt(self) -> None:
        """A deadline that leads anywhere."""
        self._hang(interrupting=True)

    def remind(self) -> None:
        """A reminder that leads anywhere."""
        self._hang(interrupting=False)

    def _hang(self, *, interrupting: bool) -> None:
        free = [name for name in self.drawn.names if name[0] == "t"]
        event, target = self.grower.name("b"), self._find_target()
        self.drawn.hung[event] = (self.chance.choice(free), interrupting, "")
        self.grower.link(event, self.chance.choice([target, target, self.grower.name("e")]))


def generate(seed: int, leaves: tuple[str, ...] = LEAVES) -> Sketch:
    """A random diagram."""
    chance = random.Random(seed)
    grower = Grower(chance, leaves)
    block = grower.grow(chance.choice([1, 2, 2, 3]))
    first, end = grower.name("t"), grower.name("e")
    grower.drawn.flows.insert(0, ("s", first))
    grower.link(first, block[0])
    grower.link(block[1], end)
    if chance.random() > WHOLE:
        for _ in range(chance.choice([1, 2, 3])):
            Breaker(grower).change()
    return grower.drawn
