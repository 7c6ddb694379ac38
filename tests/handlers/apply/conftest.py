"""A small world for applicants: sample authorities with plans, two people, and a browser for each."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from werkzeug.test import TestResponse

from domain import outside
from domain.diagrams.folders import read_folder
from domain.diagrams.lint_environment import build_environment
from domain.sample import places
from handlers.entry.access import COOKIE
from models import db
from models.authorities.places import Region
from models.base.database import writing
from models.cases.applications import Application
from models.cases.credentials import Diploma, Enrolment, ExamCertificate, PutonghuaCertificate
from models.persons.people import Person, SignIn
from models.processes.instances import WorkItem
from simulator.running import RunningSimulator, running_simulator
from tests import stores
from tests.stores import Store
from workflows import engine
from workflows.clock import now

LIBRARY = Path(__file__).parents[3] / "workflows" / "library"
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
PEOPLE = (("郑雨桐", "330802200403120024"), ("胡月", "330802199901010016"))
RESUME = (
    ("2016年9月", "2019-06", "衢州市实验学校"),
    ("2019.9", "2022-06", "衢州第二中学"),
    ("202209", "至今", "衢州学院"),
)


@contextmanager
def change() -> Iterator[None]:
    """A writing transaction of the test itself."""
    db.session.rollback()
    token = writing.set(True)
    try:
        yield
        db.session.commit()
    finally:
        db.session.rollback()
        writing.reset(token)


def picture(width: int, height: int, form: str = "JPEG") -> io.BytesIO:
    """A white picture with a stroke of ink."""
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).line((40, 40, width - 60, height - 60), fill="black", width=8)
    target = io.BytesIO()
    image.save(target, form)
    target.seek(0)
    return target


@dataclass
class Applicant:
    """Somebody at a browser without script."""

    client: FlaskClient
    id: int
    pages: list[TestResponse] = field(default_factory=list)

    def open(self, address: str) -> str:
        """The text of a page."""
        answer = self.client.get(f"/apply/{address}")
        assert answer.status_code == 200, (address, answer.status_code, answer.headers.get("Location"))
        return answer.get_data(as_text=True)

    def send(self, step: str, **answers: Any) -> TestResponse:
        """Send the form of a step."""
        data = {"go": "next", **answers}
        return self.client.post(f"/apply/{step}", data=data, content_type="multipart/form-data")

    def start(self, site: str = places.CAMPUS, kind: str = "junior") -> TestResponse:
        """Find a site and begin."""
        page = self.open(f"search?province=330000&city=330800&kind={kind}")
        before = page[: page.index(f"：{site_label(page, site)}")]
        place = re.findall(r'name="place" value="(\d+)"', before)[-1]
        return self.client.post("/apply/start", data={"place": place, "kind": kind})

    def agree(self) -> TestResponse:
        """Step 1."""
        found = re.search(r'name="version" value="(\w+)"', self.open("agreement"))
        assert found
        return self.send("agreement", version=found[1], agree="true", consent="true")

    def identify(self, **other: Any) -> TestResponse:
        """Step 2."""
        answers = {
            "exam_route": "national_exam",
            "exam_certificate": of(ExamCertificate, self.id, subject="数学"),
            "putonghua": of(PutonghuaCertificate, self.id, level="2A"),
            "at_school": "yes",
            "enrolment": of(Enrolment, self.id, status="注册学籍"),
        }
        return self.send("identity", **{**answers, **other})

    def choose(self, **other: Any) -> TestResponse:
        """Step 3."""
        answers = {
            "basis": "school",
            "province": "330000",
            "city": "330800",
            "county": "330802",
            "street": "九华北大道78号8幢412室",
            "authority": 1,
            "site": 1,
        }
        return self.send("authority", **{**answers, **other})

    def draw(self) -> None:
        """The pictures of step 4."""
        files = {
            "photo": (picture(295, 413), "我.jpg"),
            "signature_photo": (picture(600, 300, "PNG"), "签.png"),
        }
        assert self.send("details", do="upload", **files).status_code == 303

    def detail(self, **other: Any) -> TestResponse:
        """Step 4 without its pictures."""
        return self.send("details", **{**DETAILS, **other})

    def acts(self) -> dict[str, Callable[[], TestResponse]]:
        """Step → the form that leads to it."""
        return {
            "agreement": self.start,
            "identity": self.agree,
            "authority": self.identify,
            "details": self.choose,
            "check": self._finish_details,
            "notes": lambda: self.send("check"),
            "undertaking": lambda: self.send("notes"),
            "reminder": lambda: self.send("undertaking", answer="agree"),
        }

    def until(self, step: str) -> None:
        """Go on until a step is open."""
        for name, act in self.acts().items():
            answer = act()
            assert answer.status_code in {302, 303}, (name, errors(answer))
            assert answer.headers["Location"].endswith(f"/apply/{name}"), (name, answer.headers["Location"])
            if name == step:
                return

    def _finish_details(self) -> TestResponse:
        self.draw()
        return self.detail()


DETAILS = {
    "political_status": "03",
    "household_place": "浙江省衢州市柯城区",
    "birth_place": "浙江省衢州市",
    "mailing_address": "浙江省衢州市柯城区九华北大道78号",
    "postcode": "324000",
    "phone": "13805700126",
    "major_category": "normal",
    "employer": "无",
    "occupation": "student",
    "professional_title": "none",
    "delivery": "pickup",
} | {
    f"resume.{row}.{name}": value
    for row, (since, until, where) in enumerate(RESUME)
    for name, value in {
        "from": since,
        "until": until,
        "organisation": where,
        "post": "学生",
        "witness": "余建华",
    }.items()
}


def site_label(page: str, site: str) -> str:
    """How the button of a site is told apart: authority and site."""
    found = re.search(rf"：(\S+　{re.escape(site)})<", page)
    assert found, site
    return found[1]


def errors(answer: TestResponse) -> str:
    """The error summary of a page as text."""
    found = re.search(r'<div class="errors".*?</div>', answer.get_data(as_text=True), re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found[0]) if found else ""


def of(model: Any, person: int, **values: Any) -> int:
    """The id of a person's record."""
    number: int = db.session.query(model.id).filter_by(person_id=person, **values).limit(1).scalar()
    return number


def the_application(person: int) -> Application:
    """The newest application of a person, read anew."""
    db.session.rollback()
    return db.session.query(Application).filter_by(person_id=person).order_by(Application.id.desc()).first()


def open_elements(person: int) -> list[str]:
    """The user tasks that wait for a person, read anew."""
    db.session.rollback()
    query = db.session.query(WorkItem.element).filter_by(assignee_id=person, state="open")
    return [element for (element,) in query]


@pytest.fixture(scope="session")
def town(template: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A database with regions, authorities, plans, people and the library of processes."""

    def fill() -> None:
        fill_town()
        engine.deploy_files(sources(), by=None, environment=build_environment())

    with stores.filled(template, tmp_path_factory.mktemp("town") / "instance", fill) as store:
        yield store


@pytest.fixture
def world(app: Flask, town: Store) -> None:
    """The app's database has what `town` has."""


@pytest.fixture
def registers(app: Flask) -> Iterator[RunningSimulator]:
    """The simulator, in reach of the app."""
    with running_simulator() as running:
        app.extensions["settings"] = replace(app.extensions["settings"], simulator_url=running.url)
        outside.install(app)
        yield running


@pytest.fixture
def applicant(app: Flask, world: None) -> Applicant:
    """The first person at a browser."""
    return sign_in(app, 1)


@pytest.fixture
def stranger(app: Flask, world: None) -> Applicant:
    """Somebody else at a browser."""
    return sign_in(app, 2)


def sources() -> dict[str, bytes]:
    """The library, file by file."""
    return read_folder(LIBRARY)


def sign_in(app: Flask, person: int) -> Applicant:
    """A person at a browser."""
    token = f"token of {person}"
    with change():
        db.session.add(
            SignIn(
                token_hash=hashlib.sha256(token.encode()).hexdigest(),
                person_id=person,
                created_at=now(),
                last_seen_at=now(),
                expires_at=now() + timedelta(hours=8),
            )
        )
    client = app.test_client()
    client.set_cookie(COOKIE, token)
    return Applicant(client=client, id=person)


def fill_town() -> None:
    """Regions, authorities with plans, and two people with their records."""
    for code, name, level, parent in REGIONS:
        db.session.add(Region(code=code, name=name, level=level, parent_code=parent))
    db.session.flush()
    places.load_places(now())
    for number, (name, document) in enumerate(PEOPLE, start=1):
        db.session.add(_person(number, name, document))
        db.session.flush()
        db.session.add_all(_records(number))


def _person(number: int, name: str, document: str) -> Person:
    return Person(
        id=number,
        kind="applicant",
        login=document,
        name=name,
        password_hash="-",
        mobile="13805700126",
        document_kind="resident_id",
        document_number=document,
        sex="female",
        birth_date=date(2004, 3, 12),
        ethnicity="01",
        verification="verified",
        verified_at=now(),
        created_at=now(),
    )


def _records(person: int) -> list[Any]:
    today, at = now().date(), now()
    return [
        _exam(person, "junior", "数学", today + timedelta(days=400)),
        _exam(person, "primary", "语文", today - timedelta(days=30)),
        _exam(person, "primary", "英语", today + timedelta(days=300), used=True),
        _exam(person, "kindergarten", "幼儿园", today + timedelta(days=300)),
        _exam(person, "junior", "语文", today + timedelta(days=300), route="normal_student"),
        _putonghua(person, "2A", "verified"),
        _putonghua(person, "2B", "manual"),
        _putonghua(person, "3A", "verified"),
        _enrolment(person, "注册学籍", "synced"),
        _enrolment(person, "休学", "manual"),
        Diploma(
            person_id=person,
            source="verified",
            number=f"D{person}",
            school="衢州学院",
            major="数学与应用数学",
            level="21",
            study_form="full_time",
            graduated_on=date(2025, 6, 20),
            created_at=at,
        ),
    ]


def _exam(person: int, kind: str, subject: str, until: date, **more: Any) -> ExamCertificate:
    route = more.pop("route", "national_exam")
    number = f"{person}-{kind}-{subject}"
    return ExamCertificate(
        person_id=person,
        route=route,
        number=number,
        kind=kind,
        subject=subject,
        valid_until=until,
        synced_at=now(),
        **more,
    )


def _putonghua(person: int, level: str, source: str) -> PutonghuaCertificate:
    return PutonghuaCertificate(
        person_id=person, source=source, number=f"P{level}", level=level, score=85.0, created_at=now()
    )


def _enrolment(person: int, status: str, source: str) -> Enrolment:
    return Enrolment(
        person_id=person,
        source=source,
        school="衢州学院",
        major="数学与应用数学（师范）",
        level="21",
        study_form="full_time",
        status=status,
        expected_graduation=date(2027, 6, 20),
        created_at=now(),
    )
