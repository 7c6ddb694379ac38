"""A small world for the reviewers' side: two sites, two authorities, staff with posts, one case."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from domain.diagrams.folders import read_folder
from domain.diagrams.lint_environment import build_registered_environment
from handlers.entry.access import COOKIE
from models import db
from models.authorities.places import Authority, Region, Site
from models.authorities.plans import Plan, PlanMaterial
from models.base import codes
from models.base.database import writing
from models.cases.applications import Application, RegistrationCounter
from models.cases.credentials import Diploma, ExamCertificate, PutonghuaCertificate
from models.persons.people import Person, Post, SignIn
from models.processes.instances import WorkItem
from tests import stores
from tests.standings import standing_in
from tests.stores import Store
from workflows import engine
from workflows.clock import now

LIBRARY = Path(__file__).parents[3] / "workflows" / "library"
DIAGRAMS = Path(__file__).parent / "diagrams"
NUMBER = "330802200403120024"
MATERIALS = (("identity", "身份证件"), ("diploma", "学历证书"), ("medical", "体检合格证明"))
SignedIn = Callable[[str], FlaskClient]

# login → posts; two places of each sort, so that a wrong place can be tried.
STAFF: dict[str, tuple[tuple[str, str | None], ...]] = {
    "clerk": (("site.clerk", "site:1"),),
    "clerk2": (("site.clerk", "site:1"),),
    "other_clerk": (("site.clerk", "site:2"),),
    "supervisor": (("site.supervisor", "site:1"),),
    "both": (("site.clerk", "site:1"), ("site.supervisor", "site:1")),
    "officer": (("check.officer", "authority:1"),),
    "officer2": (("check.officer", "authority:1"),),
    "check_supervisor": (("check.supervisor", "authority:1"),),
    "first": (("authority.first", "authority:1"),),
    "second": (("authority.second", "authority:1"), ("authority.first", "authority:1")),
    "decider": (("authority.decide", "authority:1"),),
    "other_first": (("authority.first", "authority:2"),),
    "certificates": (("certificate.clerk", "authority:1"),),
    "other_certificates": (("certificate.clerk", "authority:2"),),
    "secretary": (("expert.officer", "authority:1"),),
    "expert": (("expert", "authority:1"),),
    "expert2": (("expert", "authority:1"),),
    "other_expert": (("expert", "authority:2"),),
    "chair": (("expert.chair", "authority:1"),),
    "designer": (("process.designer", None),),
    "employee": (("employee", None),),
    "manager": (("manager", None),),
}


@dataclass
class World:
    """Ids of what the tests talk about."""

    application: int = 0
    people: dict[str, int] = field(default_factory=dict)

    def start(self, process: str, **variables: object) -> int:
        """Start one process for the case and give back the id of its instance."""
        writing.set(True)
        instance = engine.start_instance(
            process,
            business_key=f"application:{self.application}",
            variables={"application": self.application, **variables},
            actor=None,
        )
        db.session.flush()
        db.session.get_one(Application, self.application).instance_id = instance.id
        instance_id = instance.id
        db.session.commit()
        writing.set(None)
        return instance_id


_made = World()


@pytest.fixture(scope="session")
def office(template: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A database with the small world and the library."""

    def fill() -> None:
        _make(_made)
        engine.deploy_files(_sources(), by=None, environment=_environment())

    with stores.filled(template, tmp_path_factory.mktemp("office") / "instance", fill) as store:
        yield store


@pytest.fixture
def world(app: Flask, office: Store) -> World:
    """What is in the app's database."""
    return deepcopy(_made)


@pytest.fixture
def signed_in(app: Flask, world: World) -> SignedIn:
    """A browser in which somebody of the world is signed in."""

    def sign_in(login: str) -> FlaskClient:
        token = f"token of {login}"
        row = SignIn(
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            person_id=world.people[login],
            created_at=now(),
            last_seen_at=now(),
            expires_at=now() + timedelta(hours=8),
        )
        writing.set(True)
        if not db.session.query(SignIn).filter_by(token_hash=row.token_hash).count():
            db.session.add(row)
        db.session.commit()
        writing.set(None)
        client = app.test_client()
        client.set_cookie(COOKIE, token)
        return client

    return sign_in


def the_item(element: str, *states: str) -> WorkItem:
    """The newest item of an element, read anew."""
    db.session.rollback()
    query = db.session.query(WorkItem).filter_by(element=element).order_by(WorkItem.id.desc())
    return query.filter(WorkItem.state.in_(states or ("open", "claimed"))).first() or pytest.fail(element)


def _sources() -> dict[str, bytes]:
    return {**read_folder(LIBRARY), **{file.name: file.read_bytes() for file in DIAGRAMS.glob("*.bpmn")}}


def _environment() -> engine.Environment:
    """Everything that is registered, and the two roles of the leave request."""
    roles = frozenset({*codes.ROLES, "employee", "manager"})
    return replace(build_registered_environment(), roles=roles, production=False)


def _make(world: World) -> None:
    moment = now()
    db.session.add(Region(code="330802", name="柯城区", level="county"))
    db.session.flush()
    for number in (1, 2):
        db.session.add(
            Authority(
                id=number,
                name=f"第{number}教育局",
                level="county",
                region_code="330802",
                certificate_code=f"3390{number}",
            )
        )
        db.session.add(Site(id=number, name=f"第{number}确认点"))
    db.session.flush()
    for login, posts in STAFF.items():
        person = _person(login, moment)
        person.posts = [Post(role=role, place=place) for role, place in posts]
        db.session.add(person)
        db.session.flush()
        world.people[login] = person.id
    world.application = _application(moment).id


def _person(login: str, moment: datetime) -> Person:
    return Person(kind="staff", login=login, name=f"员工{login}", password_hash="none", created_at=moment)


def _application(moment: datetime) -> Application:
    plan = Plan(
        authority_id=1,
        batch="2026年下半年",
        apply_from=moment - timedelta(days=20),
        apply_until=moment - timedelta(days=5),
        confirm_from=moment - timedelta(days=3),
        confirm_until=moment + timedelta(days=10),
        kinds=["junior"],
        materials=[
            PlanMaterial(position=place, key=key, name=name) for place, (key, name) in enumerate(MATERIALS)
        ],
    )
    person = Person(
        kind="applicant",
        login=NUMBER,
        name="郑雨桐",
        password_hash="none",
        document_kind="resident_id",
        document_number=NUMBER,
        sex="female",
        birth_date=date(2004, 3, 12),
        ethnicity="01",
        verification="verified",
        created_at=moment,
    )
    db.session.add_all([plan, person])
    db.session.flush()
    papers = _credentials(person.id, moment)
    application = Application(
        person_id=person.id,
        live_person_id=person.id,
        live_exam_certificate_id=papers["exam_certificate_id"],
        plan_id=plan.id,
        authority_id=1,
        site_id=1,
        **standing_in("pending_confirmation"),
        revision=1,
        registration_number="2611000001",
        registered_at=moment - timedelta(days=6),
        created_at=moment - timedelta(days=6),
        exam_route="national_exam",
        kind="junior",
        subject="数学",
        delivery="pickup",
        particulars={"name": "郑雨桐"},
        **papers,
    )
    db.session.add_all([application, RegistrationCounter(period="2611", last=1)])
    db.session.flush()
    return application


def _credentials(person_id: int, moment: datetime) -> dict[str, int]:
    exam = ExamCertificate(
        person_id=person_id,
        route="national_exam",
        number="20263300000001",
        kind="junior",
        subject="数学",
        valid_until=date(2029, 6, 30),
        synced_at=moment,
    )
    spoken = PutonghuaCertificate(
        person_id=person_id,
        source="verified",
        number="3326001000001",
        level="2A",
        score=89.4,
        created_at=moment,
    )
    diploma = Diploma(
        person_id=person_id,
        source="manual",
        number="114881202605000001",
        school="衢州学院",
        major="数学与应用数学",
        level="21",
        study_form="full_time",
        created_at=moment,
    )
    db.session.add_all([exam, spoken, diploma])
    db.session.flush()
    return {"exam_certificate_id": exam.id, "putonghua_id": spoken.id, "diploma_id": diploma.id}
