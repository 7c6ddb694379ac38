"""The world of the engine tests: models, engine and a clock that stands, without handlers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from models import db
from tests import stores
from tests.stores import Store
from tests.workflows import databases
from tests.workflows.engine.world import Watch, World
from workflows import addressees, clock, operations, state_changes


@pytest.fixture
def engine_app(template: Store, tmp_path: Path) -> Iterator[Flask]:
    """An app with models and engine alone, within its context."""
    with stores.copied(template, tmp_path / "engine") as store:
        app = databases.bare_app(store.url or f"sqlite:///{store.folder}/zige.db")
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def world(engine_app: Flask) -> Iterator[World]:
    """A world on a fresh database; what a test registers is forgotten afterwards."""
    watch = Watch()
    clock.install(engine_app, watch)
    registries = (operations._operations, operations._facts, addressees._resolvers, state_changes._listeners)
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
