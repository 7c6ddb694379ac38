"""Step 7 sent several times at one moment: one number, one reservation, the same page for every window."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from domain import checking
from handlers.entry.access import COOKIE
from models import db
from models.cases.applications import Application
from models.processes.instances import WorkItem
from tests.handlers.apply.conftest import Applicant, the_application

WINDOWS = 4


def all_at_once(app: Flask, tokens: list[str]) -> list[tuple[int, str]]:
    """The undertaking agreed to in many windows at the same moment; status and where each was led."""
    ready = Barrier(len(tokens))

    def send(token: str) -> tuple[int, str]:
        client = app.test_client()
        client.set_cookie(COOKIE, token)
        ready.wait()
        answer = client.post("/apply/undertaking", data={"go": "next", "answer": "agree"})
        return answer.status_code, answer.headers.get("Location", "")

    db.session.remove()
    with ThreadPoolExecutor(len(tokens)) as windows:
        return list(windows.map(send, tokens))


@pytest.mark.manual("W8")
def test_one_person_in_many_windows_gets_one_number(app: Flask, applicant: Applicant) -> None:
    applicant.until("undertaking")
    answers = all_at_once(app, ["token of 1"] * WINDOWS)
    assert {status for status, _ in answers} == {303}, answers
    row = the_application(1)
    assert row.registration_number is not None
    assert row.live_person_id == 1
    assert row.live_exam_certificate_id == row.exam_certificate_id
    assert db.session.query(Application).filter_by(person_id=1).count() == 1
    done = db.session.query(WorkItem).filter_by(form_key="registration/undertaking", state="done")
    assert done.count() == 1
    db.session.rollback()
    assert checking.list_impossible_states() == []


@pytest.mark.manual("W8")
def test_two_people_at_one_moment_get_numbers_without_a_gap(
    app: Flask, applicant: Applicant, stranger: Applicant
) -> None:
    for person in (applicant, stranger):
        person.until("undertaking")
    answers = all_at_once(app, ["token of 1", "token of 2"] * 2)
    assert {status for status, _ in answers} == {303}, answers
    numbers = sorted(the_application(person).registration_number or "" for person in (1, 2))
    assert [number[-6:] for number in numbers] == ["000001", "000002"]
    db.session.rollback()
    assert checking.list_impossible_states() == []
