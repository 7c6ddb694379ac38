"""What happens between two people's acts: changes after verdicts, waiting for a supervisor, times that have passed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from models import db
from models.database import writing
from tests.handlers.casework import test_online as online
from tests.handlers.casework.conftest import SignedIn, World, the_item
from tests.handlers.casework.test_online import BAD, day, judge, send_in, the_case
from workflows import clock
from workflows.worker import Worker

uploading, waiting, clerk = online.uploading, online.waiting, online.clerk


def passes(app: Flask, **delta: float) -> None:
    """Let time pass, and the worker do what is due."""
    writing.set(True)
    clock.advance(timedelta(**delta))
    db.session.commit()
    writing.set(None)
    Worker(app=app).run_once()
    db.session.rollback()


@pytest.mark.manual("R4", "Q8")
def test_an_applicant_does_not_lose_the_days_that_the_supervisor_took(
    app: Flask, waiting: World, clerk: FlaskClient, signed_in: SignedIn
) -> None:
    judge(clerk, *BAD, correct_until=day(3))
    send_in(signed_in("applicant"), unchanged="true")
    clerk.post(f"/work/tasks/{the_item('review_materials').id}/claim")
    judge(clerk, *BAD, correct_until=day(3))
    item, supervisor = the_item("approve_return").id, signed_in("supervisor")
    passes(app, days=4)
    supervisor.post(f"/work/tasks/{item}/claim")
    supervisor.post(
        f"/work/tasks/{item}", data={"act": "submit", "return_allowed": "true", "reason": "确有必要"}
    )
    passes(app, hours=1)
    assert the_item("replace_materials").state == "open"
    assert the_case(waiting).ended_at is None
