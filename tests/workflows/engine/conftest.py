"""The world of the engine tests: models, engine and a clock that stands, without handlers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from models import database, db
from tests.workflows.engine.world import Watch, World
from workflows import addressees, clock, operations, publicstate


def _app(folder: Path) -> Flask:
    app = Flask("engine")
    app.config.update(
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder}/engine.db", TEST_CLOCK=False, CLAIM_MINUTES=30
    )
    database.install(app)
    return app


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty database in the newest schema."""
    folder = tmp_path_factory.mktemp("engine")
    app = _app(folder)
    with app.app_context():
        db.create_all()
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture
def engine_app(empty_database: Path, tmp_path: Path) -> Iterator[Flask]:
    """An app with models and engine alone, within its context."""
    folder = tmp_path / "instance"
    shutil.copytree(empty_database, folder)
    app = _app(folder)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(engine_app: Flask) -> Iterator[World]:
    """A world on a fresh database; what a test registers is forgotten afterwards."""
    watch = Watch()
    clock.install(engine_app, watch)
    registries = (operations._operations, operations._facts, addressees._resolvers, publicstate._listeners)
    before = [registry.copy() for registry in registries]
    for registry in registries:
        registry.clear()
    yield World(watch=watch)
    for registry, content in zip(registries, before, strict=True):
        registry.clear()
        _put_back(registry, content)


def _put_back(registry: object, content: object) -> None:
    if isinstance(registry, dict):
        registry.update(content)
    else:
        registry.extend(content)
