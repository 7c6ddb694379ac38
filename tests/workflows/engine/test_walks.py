"""Random walks: saved, pruned and restored at every step, an instance goes where stock SpiffWorkflow goes."""

from __future__ import annotations

import pytest

from tests.workflows.engine.trails import TRAILS
from tests.workflows.engine.walking import prepare, walk
from tests.workflows.engine.world import World


@pytest.mark.parametrize("name", TRAILS)
def test_ours_goes_where_stock_goes(world: World, name: str) -> None:
    trail = TRAILS[name]
    prepare(world, trail)
    acts = sum(walk(world, trail, seed, longest=25) for seed in range(6))
    assert acts >= 6
