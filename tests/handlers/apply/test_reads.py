"""A page of the wizard asks for nothing twice, and a form that is sent reads its step as seldom as it can."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, text

from domain.rules import eligibility
from models import db
from models.base.database import read_lasting, read_once
from models.cases.refusals import AlreadyHeld
from tests import reads
from tests.handlers.apply.conftest import Applicant, change, the_application
from workflows import clock

STEPS = ("agreement", "identity", "authority", "details", "check", "notes", "undertaking", "reminder")


@pytest.mark.parametrize("step", STEPS)
def test_a_step_asks_for_nothing_twice(applicant: Applicant, step: str) -> None:
    applicant.until(step)
    with reads.counted() as found:
        applicant.open(step)
    assert reads.repeated(found) == []
    assert reads.reads_of(found, "work_item", "process_instance") == {"work_item": 1, "process_instance": 0}
    assert reads.loads_of(found, "application") == 0  # with its step


@pytest.mark.parametrize(
    "page", ["", "/details", "/change", "/change/details", "/materials", "/withdraw", "/messages"]
)
def test_no_page_of_an_application_asks_for_anything_twice(applicant: Applicant, page: str) -> None:
    applicant.until("reminder")
    own = the_application(1).id
    applicant.send("reminder")
    with reads.counted() as found:
        assert applicant.client.get(f"/apply/applications/{own}{page}").status_code == 200
    assert reads.repeated(found) == []


@pytest.mark.parametrize(
    "page", ["", "particulars", "schooling", "degrees", "enrolment", "putonghua", "email"]
)
def test_no_page_of_the_personal_centre_asks_for_anything_twice(applicant: Applicant, page: str) -> None:
    with reads.counted() as found:
        assert applicant.client.get(f"/profile/{page}").status_code == 200
    assert reads.repeated(found) == []


def test_a_step_that_is_sent_is_read_once_and_then_the_next_one(applicant: Applicant) -> None:
    applicant.until("authority")
    with reads.counted() as found:
        assert applicant.choose().status_code == 303
    assert reads.reads_of(found, "work_item") == {"work_item": 2}
    assert reads.loads_of(found, "application") == 0  # with its step


def test_a_refused_step_is_read_before_and_after_it_is_kept(applicant: Applicant) -> None:
    applicant.until("authority")
    with reads.counted() as found:
        assert applicant.choose(basis="").status_code == 422
    assert reads.reads_of(found, "work_item") == {"work_item": 2}
    # Before, after the rules that were tried on what could be read are undone, and after the commit.
    assert reads.loads_of(found, "application") == 1


def test_what_was_read_once_is_read_again_after_a_change(applicant: Applicant) -> None:
    applicant.start()
    asked: list[int] = []

    def ask() -> int:
        asked.append(db.session.scalar(text("SELECT 1")))
        return len(asked)

    with change():
        assert [read_once(("a", 1), ask), read_once(("a", 1), ask), read_once(("a", 2), ask)] == [1, 1, 2]
        the_application(1).street = "九华北大道"
        assert read_once(("a", 1), ask) == 3  # what waits to be written counts as written
        assert read_once(("a", 1), ask) == 3
    assert read_once(("a", 1), ask) == 4  # another transaction
    db.session.rollback()
    assert read_once(("a", 1), ask) == 5


def test_what_no_request_writes_is_read_again_in_another_transaction_alone(applicant: Applicant) -> None:
    applicant.start()
    asked: list[int] = []

    def ask() -> int:
        asked.append(db.session.scalar(text("SELECT 1")))
        return len(asked)

    with change():
        assert [read_lasting(("a", 1), ask), read_lasting(("a", 2), ask)] == [1, 2]
        the_application(1).street = "九华北大道"
        before = read_lasting(("a", 1), ask)
        db.session.flush()
        assert read_lasting(("a", 1), ask) == before
    assert read_lasting(("a", 1), ask) == before + 1
    db.session.rollback()
    assert read_lasting(("a", 1), ask) == before + 2


def test_what_decides_is_not_what_a_page_has_read_before(applicant: Applicant) -> None:
    applicant.start()
    own = the_application(1)
    given = {"application_id": own.id, "person_id": own.person_id, "authority_id": own.authority_id}
    given |= {"number": "1", "year": 2026, "serial": 1, "kind": "junior", "subject": "数学"}
    person = own.person_id
    with change():
        assert eligibility.list_held_qualifications(person) == set()
        # As another transaction may have given it meanwhile: nothing in the session knows of it.
        table = db.metadata.tables["certificate"]
        db.session.execute(insert(table).values(given | {"issued_at": clock.now(), "spoiled": 0}))
        with pytest.raises(AlreadyHeld):
            eligibility.check_held(person, "junior", "数学")
        eligibility.check_held(person, "junior", "语文")
        db.session.rollback()
