"""The office of the tests of work list, jobs and worker, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from models import db
from tests.workflows import databases
from tests.workflows.databases import Server
from tests.workflows.office import LEAVE, Office
from workflows import addressees, clock, operations, state_changes
from workflows.background import jobs
from workflows.forms import registry


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    databases.fill(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql: Server) -> Iterator[str]:
    """An empty PostgreSQL database in the newest schema."""
    with postgresql.database() as name:
        databases.fill(postgresql.address(name))
        yield name


@pytest.fixture
def postgresql_url(postgresql: Server, postgresql_template: str) -> Iterator[str]:
    """A copy of it."""
    with postgresql.database(postgresql_template) as name:
        yield postgresql.address(name)


@pytest.fixture(params=databases.KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once of each kind."""
    if request.param == "sqlite":
        return databases.fresh_sqlite(request.getfixturevalue("sqlite_template"), tmp_path)
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def bare_app(database_url: str) -> Iterator[Flask]:
    """An app with models and engine alone, within its context."""
    app = databases.bare_app(database_url)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def registries() -> Iterator[None]:
    """Empty registries; what a test registers is forgotten afterwards."""
    named = (registry._forms, operations._operations)
    listed: tuple[list[Any], ...] = (
        operations._facts,
        addressees._resolvers,
        state_changes._listeners,
        jobs._listeners,
    )
    kept_named, kept_listed = [dict(one) for one in named], [list(one) for one in listed]
    for one in (*named, *listed):
        one.clear()
    yield
    for mapping, before in zip(named, kept_named, strict=True):
        mapping.clear()
        mapping.update(before)  # type: ignore[arg-type]
    for listing, earlier in zip(listed, kept_listed, strict=True):
        listing[:] = earlier


@pytest.fixture
def office(bare_app: Flask, registries: None) -> Office:
    """The office, with the leave request deployed."""
    made = Office(app=bare_app)
    clock.install(bare_app, made)
    made.hire()
    made.deploy(LEAVE.read_bytes())
    return made
