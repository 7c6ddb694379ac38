"""Particulars that are missing are asked for at the first sign-in and before step 1; then the way goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from domain.sample.people import PASSWORD
from models import db
from models.authorities.places import Authority
from models.authorities.plans import Plan, PlanSite
from models.cases.applications import Application
from models.persons.people import Person
from tests.handlers.conftest import Browser, words, writes

SignIn = Callable[[str], Browser]
BORN = {"birth_date-year": "1999", "birth_date-month": "7", "birth_date-day": "15"}
# Each kind of document with what only its holder can tell, as the manual has it.
LACKING: dict[str, tuple[str, tuple[str, ...], dict[str, Any]]] = {
    "resident_id": ("郑雨桐", ("ethnicity",), {"ethnicity": "01"}),
    "hkm_pass": (
        "李嘉欣",
        ("sex", "birth_date", "ethnicity", "local_id_number"),
        {"sex": "female", "ethnicity": "01", "local_id_number": "Z683365(5)", **BORN},
    ),
    "tw_pass": (
        "林雅婷",
        ("sex", "birth_date", "ethnicity", "local_id_number"),
        {"sex": "female", "ethnicity": "01", "local_id_number": "A223456781", **BORN},
    ),
    "residence_permit": (
        "何婉仪",
        ("sex", "birth_date", "ethnicity", "local_id_number", "pass_number"),
        {
            "sex": "female",
            "ethnicity": "01",
            "local_id_number": "Y4172083",
            "pass_number": "H87654321",
            **BORN,
        },
    ),
}


def take_away(name: str, fields: tuple[str, ...]) -> str:
    """Leave a person without some particulars; answers how they sign in."""
    with writes():
        person = db.session.scalars(select(Person).where(Person.name == name)).one()
        for one in fields:
            setattr(person, one, None)
        return person.login


@pytest.mark.manual("C0")
@pytest.mark.usefixtures("simulator")
@pytest.mark.parametrize("kind", LACKING)
def test_the_first_page_after_signing_in_asks_what_is_missing(visitor: Browser, kind: str) -> None:
    name, fields, answers = LACKING[kind]
    login = take_away(name, fields)
    signed = {"login": login, "password": PASSWORD, "next": "/apply/guide"}
    answer = visitor.send("/account/sign-in", **signed)
    assert answer.headers["Location"] == "/profile/particulars?next=/apply/guide"
    page = visitor.open(answer.headers["Location"])
    assert "还没有填写完整" in page
    for field in fields:
        assert f'name="{field}' in page
    refused = visitor.send("/profile/particulars", next="/apply/guide")
    assert refused.status_code == 422
    assert words(refused).count('class="error"') == len(fields)
    done = visitor.send("/profile/particulars", next="/apply/guide", **answers)
    assert done.headers["Location"] == "/apply/guide"


@pytest.mark.manual("C0")
@pytest.mark.usefixtures("simulator")
def test_who_lacks_nothing_goes_where_they_wanted(visitor: Browser) -> None:
    login = take_away("郑雨桐", ())
    answer = visitor.send("/account/sign-in", login=login, password=PASSWORD, next="/apply/guide")
    assert answer.headers["Location"] == "/apply/guide"


def a_place() -> int:
    """A site of a plan that is open."""
    found = select(PlanSite.id).join(Plan).join(Authority).where(Authority.name == "柯城区教育局")
    number: int = db.session.scalars(found.order_by(PlanSite.id)).first() or 0
    return number


@pytest.mark.manual("C0", "W0")
def test_nobody_begins_before_and_one_comes_back_to_the_site(sign_in: SignIn) -> None:
    browser = sign_in("郑雨桐")
    take_away("郑雨桐", ("ethnicity",))
    place = a_place()
    answer = browser.send("/apply/start", place=place, kind="junior")
    back = f"/apply/start?place%3D{place}%26kind%3Djunior"
    assert answer.headers["Location"] == f"/profile/particulars?next={back}"
    assert browser.own(Application) is None
    assert "报名前请先补全：民族" in browser.open(answer.headers["Location"])
    address = f"/apply/start?place={place}&kind=junior"
    done = browser.send("/profile/particulars", ethnicity="01", next=address)
    assert done.headers["Location"] == address
    page = browser.open(address)
    assert "柯城区教育局" in page
    assert "初级中学教师资格" in page
    assert f'name="place" value="{place}"' in page
    assert browser.client.get("/apply/start?place=999999&kind=junior").headers["Location"] == "/apply/search"
    assert browser.client.get(f"/apply/start?place={place}&kind=none").headers["Location"] == "/apply/search"
