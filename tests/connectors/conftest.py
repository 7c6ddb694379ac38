"""A simulator of its own for each test, and the clients that ask it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from connectors.registers import DocumentHolder
from simulator.running import RunningSimulator, running_simulator
from simulator.seed import PEOPLE

C = TypeVar("C")


@pytest.fixture
def simulator() -> Iterator[RunningSimulator]:
    """A fresh simulator on a free port."""
    with running_simulator() as running:
        yield running


@pytest.fixture
def simulator_url(simulator: RunningSimulator) -> str:
    """Where the simulator is."""
    return simulator.url


@pytest.fixture
def reach(simulator: RunningSimulator) -> Callable[[type[C]], C]:
    """Make a client of the given class."""
    return lambda client: client(simulator.url, simulator.key, 5.0)  # type: ignore[call-arg]


@pytest.fixture
def holder() -> Callable[[str], DocumentHolder]:
    """The holder of a name in the seed."""

    def find(name: str) -> DocumentHolder:
        person = next(person for person in PEOPLE if person.name == name)
        return DocumentHolder(
            document_kind=person.document_kind, document_number=person.document_number, name=name
        )

    return find
