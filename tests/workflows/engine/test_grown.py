"""Diagrams that nobody drew: over each, an instance goes where stock SpiffWorkflow goes."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from models import db
from tests.workflows.engine.growing import grown
from tests.workflows.engine.stock import Stock, stock_clock
from tests.workflows.engine.walking import Walk, prepare
from tests.workflows.engine.world import World
from workflows import engine

DIAGRAMS = range(60)
MOVED = range(100, 130)
LONGEST = 50  # acts


class Stroll(Walk):
    """A walk on which time goes to the next timer and no further, so that no two race."""

    def wake(self, _nothing: None) -> None:
        """Fire the timer that is due first."""
        due = min(wait.due_at for wait in self.world.waits(self.instance) if wait.due_at)
        self.world.watch.at = max(due, self.world.watch.at) + timedelta(milliseconds=1)
        self.stock.wake()
        engine.fire_due_timers(self.instance)


class Moving(Stroll):
    """A walk on which the instance is moved to its own release after each act."""

    def act(self) -> bool:
        """One act, and a move that must change nothing."""
        goes_on = super().act()
        row = self.world.row(self.instance)
        if row.state == "active":
            engine.migrate_instance(self.instance, row.release_id, actor=None)
            db.session.expire_all()
            self.compare("moved")
        return goes_on


@pytest.mark.parametrize("seed", DIAGRAMS)
def test_ours_goes_where_stock_goes(world: World, seed: int) -> None:
    _walk(world, seed, Stroll)


@pytest.mark.parametrize("seed", MOVED)
def test_a_move_to_the_same_release_changes_nothing(world: World, seed: int) -> None:
    _walk(world, seed, Moving)


def _walk(world: World, seed: int, kind: type[Stroll]) -> None:
    trail = grown(seed)
    prepare(world, trail)
    with stock_clock(world.watch):
        stock = Stock(trail.sources, trail.key, trail.services)
        walk = kind(world=world, trail=trail, chance=random.Random(seed), case="walk", stock=stock)
        walk.start()
        while walk.acts < LONGEST and walk.act():
            pass
    assert walk.acts >= 2
