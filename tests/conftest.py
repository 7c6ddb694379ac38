"""The app of the process on a database of its own for each test: a template is made once and copied."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from domain import checking
from handlers.commands.processes import deploy_folder
from handlers.commands.sample import load_all
from models import db
from settings import Settings
from tests import shared_app, stores
from tests.renaming import Names, rename_library
from tests.stores import Store
from tests.workflows import databases
from tests.workflows.databases import Server

ROOT = Path(__file__).resolve().parents[1]
ONCE = ("map", "launcher", "journeys")  # folders: about pages, processes and browsers, whatever the database
CHECKED = (  # tables that `flask check` reads
    *("definition", "release", "process_instance", "work_item", "job", "wait", "duty", "application"),
    *("certificate", "certificate_counter", "registration_counter", "stored_file", "material", "notice"),
    *("thread", "thread_attachment", "act", "account_request", "enrolment"),
    *("material_page", "skill_certificate", "identity_check"),
)
WITH_PROCESSES = ("faults", "launcher", "journeys")  # folders whose tests have other processes write
FILLED = ("office", "town", "sample_town")  # worlds of the folders: templates made once a session
server = pytest.StashKey[ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    """Start the run's PostgreSQL server where the run is on PostgreSQL."""
    gc.set_threshold(50_000, 20, 100)  # as in `gunicorn.conf.py`: an eighth of the run otherwise
    stores.write_in_memory()
    config.stash[server] = ExitStack()
    stores.start(config.stash[server])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop it and leave nothing behind."""
    config.stash[server].close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what another database makes no difference to, or what runs on both anyway."""
    if not stores.ON_POSTGRESQL:
        return
    chosen = [
        item for item in items if "template" in getattr(item, "fixturenames", ()) and _is_for_both(item)
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


def _is_for_both(item: pytest.Item) -> bool:
    folder = item.path.relative_to(ROOT / "tests").parts[0]
    return folder not in ONCE or item.get_closest_marker("both_databases") is not None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """The PostgreSQL server of the run, or one of this process where the run is on SQLite."""
    if stores.ON_POSTGRESQL:
        yield stores.server()
        return
    with databases.server() as running:
        yield running


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """An empty database in the newest schema."""
    with stores.fresh(tmp_path_factory.mktemp("template") / "instance") as store:
        with shared_app.running(store.settings):
            db.create_all()
        yield store


WRITTEN_BY_FORMS = frozenset({"decision", "finding"})  # besides an operation's results; a form's names stay


@pytest.fixture(scope="session")
def world_template(template: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample world, and the library deployed."""

    def fill() -> None:
        load_all()
        deploy_folder(ROOT / "workflows" / "library")

    with stores.filled(template, tmp_path_factory.mktemp("world") / "instance", fill) as store:
        yield store


@pytest.fixture(scope="session")
def renamed_template(
    template: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Store, Names]]:
    """The sample world with a library in which every name of its designers is another one."""
    folder = tmp_path_factory.mktemp("library")
    names = rename_library(ROOT / "workflows" / "library", folder, kept_variables=WRITTEN_BY_FORMS)

    def fill() -> None:
        load_all()
        deploy_folder(folder)

    with stores.filled(template, tmp_path_factory.mktemp("renamed") / "instance", fill) as store:
        yield store, names


@pytest.fixture
def settings(request: pytest.FixtureRequest, template: Store, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an app on a copy of the world that the test asks for, else of the empty database."""
    asked = next((name for name in FILLED if name in request.fixturenames), "template")
    with stores.copied(request.getfixturevalue(asked), tmp_path / "instance") as store:
        yield store.settings


@pytest.fixture
def world_settings(world_template: Store, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an app whose database is a fresh copy of the sample world."""
    with stores.copied(world_template, tmp_path / "world") as store:
        yield store.settings


@pytest.fixture
def app(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The app, within its context; afterwards nothing in its database may be impossible."""
    yield from _running(settings, request.node)


@pytest.fixture
def world(world_settings: Settings, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The app with the sample world and the library; afterwards nothing in it may be impossible."""
    yield from _running(world_settings, request.node)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without script."""
    return app.test_client()


def _running(settings: Settings, test: pytest.Item) -> Iterator[Flask]:
    with shared_app.running(settings) as app:
        yield app
        db.session.rollback()
        found = _impossible(test)
    assert found == []


def _impossible(test: pytest.Item) -> list[checking.ImpossibleState]:
    """What `flask check` finds, less what the test makes by hand."""
    made = test.get_closest_marker("corrupts")
    if (made and not made.args) or not _may_have_changed(test):
        return []
    return [one for one in checking.list_impossible_states() if not made or one.check not in made.args]


def _may_have_changed(test: pytest.Item) -> bool:
    # What is sound stays so where nothing was written that a check reads; looking costs a tenth of the run.
    by_others = test.path.relative_to(ROOT / "tests").parts[0] in WITH_PROCESSES
    return by_others or not shared_app.written().isdisjoint({*CHECKED, shared_app.UNKNOWN})
