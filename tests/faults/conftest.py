"""What the faults share: the outside, and settings that lead to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from settings import Settings
from simulator.running import RunningSimulator, running_simulator


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    """The registers and channels outside."""
    with running_simulator() as running:
        yield running


@pytest.fixture
def world_settings(world_settings: Settings, simulator: RunningSimulator) -> Settings:
    """The sample world, with its ways to the outside."""
    return replace(world_settings, simulator_url=simulator.url)
