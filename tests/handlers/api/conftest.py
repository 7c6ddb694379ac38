"""The people of the API's tests, with the leave request deployed."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.handlers.api.calling import Caller, hire

LEAVE = Path(__file__).parents[2] / "processes" / "leave_request.bpmn"


@pytest.fixture
def people(app: Flask) -> dict[str, Caller]:
    """Everybody, by login."""
    return hire(app)


@pytest.fixture
def leave(people: dict[str, Caller]) -> dict[str, Caller]:
    """Everybody, with the leave request deployed."""
    assert people["designer"].deploy(LEAVE.read_bytes(), names=("leave_request.bpmn",)).status_code == 201
    return people
