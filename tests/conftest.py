"""The app on a database of its own for each test: a template is made once and copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from handlers.commands.processes import deploy_folder
from handlers.commands.sample import load_all
from models import db
from settings import Settings

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def template_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty database in the newest schema."""
    folder = tmp_path_factory.mktemp("template")
    app = create_app(_settings(folder))
    with app.app_context():
        db.create_all()
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture(scope="session")
def world_folder(template_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample world in its database, and the library deployed."""
    folder = tmp_path_factory.mktemp("world") / "instance"
    shutil.copytree(template_folder, folder)
    app = create_app(_settings(folder))
    with app.app_context():
        load_all()
        deploy_folder(ROOT / "workflows" / "library")
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture
def settings(template_folder: Path, tmp_path: Path) -> Settings:
    """Settings of an app whose database is a fresh copy of the template."""
    folder = tmp_path / "instance"
    shutil.copytree(template_folder, folder)
    return _settings(folder)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The app, within its context."""
    app = create_app(settings)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(world_folder: Path, tmp_path: Path) -> Iterator[Flask]:
    """The app with the sample world and the library, within its context."""
    folder = tmp_path / "world"
    shutil.copytree(world_folder, folder)
    app = create_app(_settings(folder))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without script."""
    return app.test_client()


def _settings(folder: Path) -> Settings:
    return Settings(instance_path=str(folder), secret_key="only for tests" * 3)
