"""Random walks: saved, pruned and restored at every step, an instance goes where stock SpiffWorkflow goes."""

from __future__ import annotations

import pytest

from tests.workflows.engine.trails import TRAILS
from tests.workflows.engine.walking import prepare, walk_for
from tests.workflows.engine.world import World


@pytest.mark.parametrize("name", TRAILS)
def test_ours_goes_where_stock_goes(world: World, name: str) -> None:
    trail = TRAILS[name]
    prepare(world, trail)
    assert walk_for(world, trail, acts=50) >= 50
