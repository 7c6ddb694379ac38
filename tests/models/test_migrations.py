"""The migrations lead from an empty database to the tables that the models declare, and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import Migrate, downgrade, upgrade
from sqlalchemy import inspect

from models import db
from tests.workflows import databases

FOLDER = str(Path(__file__).parents[2] / "migrations")


@pytest.fixture(params=databases.KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app on a database without tables."""
    if request.param == "sqlite":
        yield from _app(f"sqlite:///{tmp_path}/empty.db")
        return
    with databases.server() as running:
        with psycopg.connect(running.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE bare")
        yield from _app(databases.url_of(running, "bare"))


def _app(url: str) -> Iterator[Flask]:
    app = databases.bare_app(url)
    Migrate(app, db, render_as_batch=True)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_up_from_empty_is_what_the_models_declare(empty: Flask) -> None:
    upgrade(directory=FOLDER)
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_down_again_leaves_nothing(empty: Flask) -> None:
    upgrade(directory=FOLDER)
    downgrade(directory=FOLDER, revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
