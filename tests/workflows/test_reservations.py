"""An exam certificate belongs to one live application: two at once, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from domain.cases import exam_reservations, registration
from models import db
from models.authorities.places import Authority, Region
from models.authorities.plans import Plan
from models.base.database import writing
from models.base.errors import DomainError
from models.cases.applications import Application
from models.cases.credentials import ExamCertificate
from models.cases.refusals import CertificateNotUsable, HasLiveApplication
from models.persons.people import Person
from workflows import clock
from workflows.operations import OperationCall

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)


@pytest.fixture
def cases(bare_app: Flask) -> list[int]:
    """Three drafts: the first two are one person's, the first and the third stand on one certificate."""
    clock.install(bare_app, lambda: NOON)
    writing.set(True)
    db.session.add(Region(code="330802", name="柯城区", level="county"))
    db.session.flush()
    authority = Authority(name="柯城区教育局", level="county", region_code="330802", certificate_code="33901")
    people = [
        Person(kind="applicant", login=name, name=name, password_hash="", created_at=NOON)
        for name in ("一", "二")
    ]
    db.session.add_all([authority, *people])
    db.session.flush()
    window = {"apply_from": NOON, "apply_until": NOON, "confirm_from": NOON, "confirm_until": NOON}
    plan = Plan(authority_id=authority.id, batch="2026年下半年", **window)
    db.session.add(plan)
    own = [_certificate(people[0].id, number) for number in ("甲", "乙")]
    db.session.flush()
    made = [
        Application(
            person_id=person.id,
            exam_certificate_id=certificate.id,
            plan_id=plan.id,
            authority_id=authority.id,
            created_at=NOON,
        )
        for person, certificate in ((people[0], own[0]), (people[0], own[1]), (people[1], own[0]))
    ]
    db.session.add_all(made)
    db.session.commit()
    found = [one.id for one in made]
    db.session.rollback()
    writing.set(None)
    return found


def _certificate(person: int, number: str) -> ExamCertificate:
    row = ExamCertificate(
        person_id=person,
        route="national_exam",
        number=number,
        kind="junior",
        subject="数学",
        valid_until=date(2029, 6, 30),
        synced_at=NOON,
    )
    db.session.add(row)
    return row


def reserve(application: int) -> None:
    """Make an application live, as giving the number does."""
    case = db.session.get_one(Application, application)
    case.live_person_id, case.live_exam_certificate_id = case.person_id, case.exam_certificate_id
    registration.flush_or_refuse()
    exam_reservations.reserve_certificate(_call(application), application)


def _call(application: int) -> OperationCall:
    return OperationCall(
        instance_id=0, business_key=f"application:{application}", actor=None, now=NOON, data={}
    )


def at_once(app: Flask, *acts: Any) -> list[str]:
    """Run acts in threads that start together; what became of each."""
    barrier = Barrier(len(acts))

    def run(act: Any) -> str:
        with app.app_context():
            writing.set(True)
            barrier.wait()
            try:
                act()
                db.session.commit()
                return "done"
            except DomainError as refusal:
                db.session.rollback()
                return refusal.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(pool.map(run, acts))


def test_two_applications_at_once_cannot_stand_on_one_certificate(bare_app: Flask, cases: list[int]) -> None:
    found = at_once(bare_app, lambda: reserve(cases[0]), lambda: reserve(cases[2]))
    assert found == sorted(["done", CertificateNotUsable.code])
    live = select(Application.id).where(Application.live_exam_certificate_id.is_not(None))
    assert len(list(db.session.scalars(live))) == 1


def test_one_person_cannot_make_two_applications_at_once(bare_app: Flask, cases: list[int]) -> None:
    found = at_once(bare_app, lambda: reserve(cases[0]), lambda: reserve(cases[1]))
    assert found == sorted(["done", HasLiveApplication.code])


def test_a_certificate_changed_to_by_two_at_once_goes_to_one(bare_app: Flask, cases: list[int]) -> None:
    with_other = cases[1]

    def change() -> None:
        case = db.session.get_one(Application, with_other)
        case.exam_certificate_id = db.session.get_one(Application, cases[2]).exam_certificate_id
        exam_reservations.move_reservation(case, NOON)

    found = at_once(bare_app, change, lambda: reserve(cases[2]))
    assert found == sorted(["done", CertificateNotUsable.code])


def test_set_back_and_a_new_application_at_once_leave_one(bare_app: Flask, cases: list[int]) -> None:
    found = at_once(
        bare_app,
        lambda: exam_reservations.restore_reservation(_call(cases[0]), cases[0]),
        lambda: reserve(cases[2]),
    )
    assert found in (
        sorted(["done", CertificateNotUsable.code]),
        sorted(["done", exam_reservations.CertificateTaken.code]),
    )
