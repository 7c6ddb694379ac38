"""Random diagrams that leave out what need not be drawn: starts, ends, gateways behind tasks and events."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.workflows.engine.soundness.generating import LEAVES, Breaker, Grower, generate
from tests.workflows.engine.soundness.sketching import Sketch

BARE_LEAVES = (*LEAVES, "late", "late")
BARE_CHANGES = ("start", "begin", "end", "fork", "fork", "unfold")
BARE_NAMES = 500  # the numbers of names below are taken


@dataclass
class Barer(Breaker):
    """Leaves out of a sketch what need not be drawn, which may change what it means."""

    def bare(self) -> None:
        """One change, if there is anything that it can be made to."""
        getattr(self, f"bare_{self.chance.choice(BARE_CHANGES)}")()

    def bare_start(self) -> None:
        """Begin wherever nothing leads to."""
        self.drawn.flows = [flow for flow in self.drawn.flows if flow[0] != "s"]

    def bare_begin(self) -> None:
        """One more task that nothing leads to."""
        self.grower.link(self.grower.name("t"), self._find_target())

    def bare_end(self) -> None:
        """End where no flow leads out."""
        hung = {target for source, target in self.drawn.flows if source[0] == "b"}
        ends = [name for name in self.drawn.names if name[0] == "e" and name not in hung]
        if ends:
            end = self.chance.choice(ends)
            self.drawn.flows = [flow for flow in self.drawn.flows if flow[1] != end or flow[0] == "s"]

    def bare_fork(self) -> None:
        """One more flow straight out of a task or event."""
        source = self.chance.choice([name for name in self.drawn.names if name[0] in "tcb"])
        self._add_flow(source, self.chance.choice([self._find_target(), self.grower.name("e")]))
        self._maybe_choose(source)

    def bare_unfold(self) -> None:
        """A task splits in the place of the gateway behind it."""
        splits = [
            (source, gateway)
            for source, gateway in self.drawn.flows
            if source[0] == "t" and gateway[0] in "ao" and len(self.drawn.ways(source)) == 1
            if [target for _, target in self.drawn.flows].count(gateway) == 1
        ]
        if splits:
            source, gateway = self.chance.choice(splits)
            self.drawn.flows.remove((source, gateway))
            self._rename(gateway, source)
            if gateway[0] == "o":
                self._maybe_choose(source)

    def _maybe_choose(self, task: str) -> None:
        if self.chance.random() < 0.6:
            self.drawn.forks[task] = self.chance.random() < 0.5


def generate_bare(seed: int) -> Sketch:
    """A random diagram that leaves out what need not be drawn."""
    drawn = generate(seed, BARE_LEAVES)
    grower = Grower(random.Random(-seed), drawn=drawn, count=BARE_NAMES)
    for _ in range(grower.chance.choice([1, 2, 2, 3])):
        Barer(grower).bare()
    return drawn
