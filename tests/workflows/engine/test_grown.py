"""Diagrams that nobody drew: over each, an instance goes where stock SpiffWorkflow goes."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from tests.workflows.engine.growing import grown
from tests.workflows.engine.stock import Stock, stock_clock
from tests.workflows.engine.walking import Walk, prepare
from tests.workflows.engine.world import World
from workflows import engine

DIAGRAMS = range(60)
LONGEST = 50  # acts


class Stroll(Walk):
    """A walk on which time goes to the next timer and no further, so that no two race."""

    def wake(self, _nothing: None) -> None:
        """Fire the timer that is due first."""
        due = min(wait.due_at for wait in self.world.waits(self.instance) if wait.due_at)
        self.world.watch.at = max(due, self.world.watch.at) + timedelta(milliseconds=1)
        self.stock.wake()
        engine.fire_due(self.instance)


@pytest.mark.parametrize("seed", DIAGRAMS)
def test_ours_goes_where_stock_goes(world: World, seed: int) -> None:
    trail = grown(seed)
    prepare(world, trail)
    with stock_clock(world.watch):
        stock = Stock(trail.sources, trail.key, trail.services)
        walk = Stroll(world=world, trail=trail, chance=random.Random(seed), case="walk", stock=stock)
        walk.start()
        while walk.acts < LONGEST and walk.act():
            pass
    assert walk.acts >= 2
