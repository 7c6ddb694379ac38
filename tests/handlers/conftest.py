"""What public pages and the personal centre share: sample world, simulator, somebody at a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from domain import outside
from domain.diagrams.folders import read_folder
from domain.diagrams.lint_environment import build_environment
from domain.sample import guidance, people, places
from handlers.entry import access
from models import db
from models.authorities.places import Region
from models.base.database import writing
from models.persons.people import Person
from simulator.running import RunningSimulator, running_simulator
from tests import stores
from tests.handlers import pagecheck
from tests.stores import Store
from workflows import clock, engine
from workflows.background.worker import Worker
from workflows.clock import now

RULES = Path(__file__).parents[2] / "workflows" / "library" / "rules"
REGIONS = (
    ("330000", "浙江省", "province", None),
    ("330800", "衢州市", "city", "330000"),
    ("330802", "柯城区", "county", "330800"),
    ("330803", "衢江区", "county", "330800"),
    ("330825", "龙游县", "county", "330800"),
    ("330881", "江山市", "county", "330800"),
    ("330700", "金华市", "city", "330000"),
    ("330702", "婺城区", "county", "330700"),
)


@contextmanager
def writes() -> Iterator[None]:
    """A writing transaction of the test itself."""
    db.session.rollback()
    token = writing.set(True)
    try:
        yield
        db.session.commit()
    finally:
        db.session.rollback()
        writing.reset(token)


def work(app: Flask, *, later: timedelta = timedelta()) -> None:
    """What workers do in the meantime, at once or some time later."""
    if later:
        with writes():
            clock.advance_clock(later)
    db.session.rollback()
    Worker(app=app).run_once()
    db.session.rollback()


@dataclass(frozen=True, kw_only=True)
class Browser:
    """Somebody, signed in or not, at a browser without script; every page is inspected."""

    client: FlaskClient
    person_id: int = 0

    def open(self, address: str) -> str:
        """The text of a page."""
        answer = self.client.get(address)
        assert answer.status_code == 200, (address, answer.status_code, answer.headers.get("Location"))
        return words(answer)

    def send(self, address: str, **answers: Any) -> TestResponse:
        """Send a form; a page that comes back is inspected too."""
        answer = self.client.post(address, data=answers)
        if answer.status_code != 303:
            words(answer)
        return answer

    def own(self, model: Any, **values: Any) -> Any:
        """The person's newest record, read anew."""
        db.session.rollback()
        found = select(model).filter_by(person_id=self.person_id, **values).order_by(model.id.desc())
        return db.session.scalars(found).first()

    @property
    def person(self) -> Person:
        """The person, read anew."""
        db.session.rollback()
        return db.session.get_one(Person, self.person_id)


def words(answer: TestResponse) -> str:
    """The text of an answer, once nothing is wrong with its page."""
    page = answer.get_data(as_text=True)
    assert pagecheck.faults(page) == []
    return page


def errors(answer: TestResponse) -> str:
    """The error summary of a page."""
    found = re.search(r'<div class="errors".*?</div>', words(answer), re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found[0]) if found else ""


@pytest.fixture(scope="session")
def sample_town(template: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A database with regions, authorities, plans, the sample people and the decision tables."""

    def fill() -> None:
        for code, name, level, parent in REGIONS:
            db.session.add(Region(code=code, name=name, level=level, parent_code=parent))
        db.session.flush()
        places.load_places(now())
        people.load_people(now())
        guidance.load_guidance(now())
        sources = {file.name: file.read_bytes() for file in RULES.glob("*.dmn")}
        states = RULES.parent / "accreditation"
        sources |= {file: (states / file).read_bytes() for file in ("states.json", "notices.json")}
        identity = read_folder(RULES.parent / "identity")
        sources |= {f"identity/{file}": content for file, content in identity.items()}
        engine.deploy_files(sources, by=None, environment=build_environment())

    with stores.filled(template, tmp_path_factory.mktemp("town") / "instance", fill) as store:
        yield store


@pytest.fixture
def sample_world(app: Flask, sample_town: Store) -> None:
    """The app's database has what `sample_town` has."""


@pytest.fixture
def simulator(app: Flask) -> Iterator[RunningSimulator]:
    """The registers, SMS and mail, in reach of the app."""
    with running_simulator() as running:
        app.extensions["settings"] = replace(app.extensions["settings"], simulator_url=running.url)
        outside.install(app)
        yield running


@pytest.fixture
def visitor(client: FlaskClient, sample_world: None) -> Browser:
    """Somebody who is not signed in."""
    return Browser(client=client)


@pytest.fixture
def sign_in(app: Flask, sample_world: None, simulator: RunningSimulator) -> Callable[[str], Browser]:
    """Signs a sample person in by name."""

    def enter(name: str) -> Browser:
        with app.test_request_context(), writes():
            person_id = db.session.execute(select(Person.id).where(Person.name == name)).scalar_one()
            cookie = access.sign_in(Response(), person_id).headers["Set-Cookie"]
        client = app.test_client()
        client.set_cookie(access.COOKIE, cookie.partition("=")[2].partition(";")[0])
        return Browser(client=client, person_id=person_id)

    return enter
