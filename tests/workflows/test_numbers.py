"""Certificate numbers: twenty deciders at once, some of whom take their decision back."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier

import pytest
from flask import Flask

from domain.cases import certificates
from models import db
from models.authorities.places import Authority, Region
from models.authorities.plans import Plan
from models.base.database import writing
from models.cases.applications import Application, Certificate, CertificateCounter
from models.persons.people import Person
from workflows.operations import OperationCall

NOON = datetime(2026, 12, 31, 4, tzinfo=UTC)
NEW_YEAR = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # half past midnight of 2027 in Shanghai
DECIDERS = 20
KINDS = ("kindergarten", "primary", "junior")


@pytest.fixture
def cases(bare_app: Flask) -> list[int]:
    """Forty applications: twenty at each of two authorities, all kinds and both sexes."""
    writing.set(True)
    db.session.add(Region(code="330802", name="柯城区", level="county"))
    db.session.flush()
    for code in ("33901", "33902"):
        _authority(code)
    db.session.commit()
    found = [key for (key,) in db.session.query(Application.id).order_by(Application.id)]
    db.session.rollback()
    writing.set(None)
    return found


def _authority(code: str) -> None:
    authority = Authority(name=f"机构{code}", level="county", region_code="330802", certificate_code=code)
    db.session.add(authority)
    db.session.flush()
    window = {"apply_from": NOON, "apply_until": NOON, "confirm_from": NOON, "confirm_until": NOON}
    plan = Plan(authority_id=authority.id, batch="2026年下半年", **window)
    db.session.add(plan)
    db.session.flush()
    for number in range(DECIDERS):
        person = Person(
            kind="applicant",
            login=f"{code}-{number}",
            name="某人",
            password_hash="",
            sex="male" if number % 2 else "female",
            birth_date=date(2000, 1, 1),
            created_at=NOON,
        )
        db.session.add(person)
        db.session.flush()
        case = Application(person_id=person.id, plan_id=plan.id, authority_id=authority.id, created_at=NOON)
        case.kind, case.subject = KINDS[number % 3], "数学"
        db.session.add(case)


def decide(app: Flask, case: int, at: datetime = NOON, *, keep: bool = True) -> str:
    """Give a number in a transaction of its own, and keep it or take it back."""
    with app.app_context():
        token = writing.set(True)
        call = OperationCall(instance_id=0, business_key=f"application:{case}", actor=None, now=at, data={})
        number = certificates.assign_number(call, case)
        (db.session.commit if keep else db.session.rollback)()
        db.session.remove()
        writing.reset(token)
        return number


@pytest.mark.manual("R7")
def test_twenty_deciders_leave_no_gap_and_no_double(bare_app: Flask, cases: list[int]) -> None:
    own, ready = cases[:DECIDERS], Barrier(DECIDERS)

    def act(place: int) -> None:
        ready.wait(30)
        decide(bare_app, own[place], keep=place % 4 != 0)

    with ThreadPoolExecutor(DECIDERS) as deciders:
        list(deciders.map(act, range(DECIDERS)))
    rows = db.session.query(Certificate).order_by(Certificate.serial).all()
    assert [row.serial for row in rows] == list(range(1, 16))
    assert len({row.number for row in rows}) == 15
    assert all(re.fullmatch(r"202633901[123][12]0000\d\d", row.number) for row in rows)
    assert db.session.query(CertificateCounter.last).scalar() == 15


def test_kind_and_sex_share_one_series(bare_app: Flask, cases: list[int]) -> None:
    numbers = [decide(bare_app, case) for case in cases[:3]]
    assert numbers == ["20263390112000001", "20263390121000002", "20263390132000003"]


def test_each_authority_and_each_local_year_begins_anew(bare_app: Flask, cases: list[int]) -> None:
    assert decide(bare_app, cases[0])[-6:] == "000001"
    assert decide(bare_app, cases[DECIDERS])[4:9] + decide(bare_app, cases[1])[-6:] == "33902000002"
    next_year = decide(bare_app, cases[2], NEW_YEAR)
    assert (next_year[:4], next_year[-6:]) == ("2027", "000001")


def test_a_case_gets_its_number_once(bare_app: Flask, cases: list[int]) -> None:
    assert decide(bare_app, cases[0]) == decide(bare_app, cases[0])
    assert decide(bare_app, cases[1])[-6:] == "000002"
