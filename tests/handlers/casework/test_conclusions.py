"""What a conclusion leaves behind, whatever the diagram does with its answer; nothing here is committed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.cases import certificates, decisions
from models import db
from models.base.database import writing
from models.cases.applications import Application, Certificate, RegisterAnswer
from models.processes.instances import Job
from tests.handlers.casework.conftest import World
from tests.handlers.casework.test_limits import call, case
from workflows.clock import now

__all__ = ["case"]
pytestmark = pytest.mark.found("T2")


@pytest.fixture
def own(world: World, case: int) -> Iterator[Application]:
    """The application under review, in a transaction that is taken back."""
    writing.set(True)
    yield db.session.get_one(Application, world.application)
    db.session.rollback()
    writing.set(None)


def released() -> list[str]:
    """What the registers of exam certificates are to be told."""
    return [job.parameters["act"] for job in db.session.query(Job).filter_by(operation="exams.mark")]


def test_a_number_is_given_once(own: Application) -> None:
    first = certificates.assign_number(call(now()), own.id)
    assert certificates.assign_number(call(now()), own.id) == first
    assert [one.serial for one in db.session.query(Certificate)] == [1]


@pytest.mark.parametrize("decision", ["granted", "refused"])
def test_only_a_refusal_gives_the_exam_certificate_back(own: Application, decision: str) -> None:
    reserved = own.live_exam_certificate_id
    assert reserved is not None
    decisions.record_decision(call(now()), own.id, decision)
    db.session.refresh(own)
    refused = decision == "refused"
    assert own.decided_at is not None
    assert (own.live_exam_certificate_id, own.live_person_id is None) == (
        (None, True) if refused else (reserved, False)
    )
    assert released() == (["release"] if refused else [])


def test_answers_are_old_once_they_are_to_be_asked_again(own: Application) -> None:
    answer = {"register": "offence", "finding": "clear", "request_key": "a", "answered_at": now()}
    db.session.add(RegisterAnswer(application_id=own.id, **answer))
    db.session.flush()
    assert decisions.request_recheck(call(now()), own.id) == "recheck"
    db.session.expire_all()
    answers = db.session.query(RegisterAnswer).filter_by(application_id=own.id)
    assert {one.stale for one in answers} == {True}
