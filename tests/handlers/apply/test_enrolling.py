"""同步学籍 in the second step while something else happens: kept once, chosen, and only about whom it is."""

from __future__ import annotations

import pytest
from flask import Flask

from handlers.entry.access import COOKIE
from models import db
from models.cases.credentials import Enrolment
from models.persons.people import Person
from simulator.running import RunningSimulator
from tests.handlers.account.test_verifying import Waiting
from tests.handlers.apply.conftest import Applicant, change, errors
from tests.handlers.conftest import Browser
from tests.handlers.test_limits import side_by_side

HOLDER = ("郑雨桐", "330802200403120023")


@pytest.fixture
def at_second_step(applicant: Applicant, registers: RunningSimulator) -> Applicant:
    """Somebody whom the register of students knows, and who has not asked it."""
    with change():
        person = db.session.get_one(Person, 1)
        person.name, person.document_number = HOLDER
        db.session.query(Enrolment).filter_by(person_id=1).delete()
    applicant.until("identity")
    return applicant


def synced() -> list[Enrolment]:
    """What was synchronised of the person."""
    db.session.rollback()
    return db.session.query(Enrolment).filter_by(person_id=1, source="synced").all()


@pytest.mark.manual("W2.4")
def test_of_several_clicks_at_once_one_is_kept_and_it_stays_chosen(
    app: Flask, at_second_step: Applicant
) -> None:
    def click() -> int:
        client = app.test_client()
        client.set_cookie(COOKIE, "token of 1")
        answer = client.post("/apply/identity", data={"do": "sync", "at_school": "yes"})
        assert answer.status_code == 303 or "学籍已经同步过" in errors(answer)
        return answer.status_code

    found = side_by_side(app, click, times=4)
    assert sorted(found) == [303, 422, 422, 422]
    (kept,) = synced()
    page = at_second_step.open("identity")
    assert f'name="enrolment" value="{kept.id}" checked' in page
    assert 'value="sync"' not in page


@pytest.mark.found("A1")
@pytest.mark.parametrize(
    "changes",
    [{"name": "别人"}, {"document_number": None}],
    ids=["handed over", "number freed"],
)
def test_an_answer_about_the_former_holder_is_not_kept(
    app: Flask, at_second_step: Applicant, registers: RunningSimulator, changes: dict[str, str | None]
) -> None:
    waiting = Waiting(app, registers, "enrolment")
    browser = Browser(client=at_second_step.client)
    waiting.ask("/apply/identity", {"do": "sync", "at_school": "yes", "putonghua": "exempt"}, browser=browser)
    with change():
        for name, value in changes.items():
            setattr(db.session.get_one(Person, 1), name, value)
    (answer,) = waiting.answers()
    assert answer.status_code == 422
    assert "姓名或者证件号码有变化" in errors(answer)
    assert synced() == []
    assert 'name="at_school" value="yes" checked' in answer.text, "what was typed stays"
