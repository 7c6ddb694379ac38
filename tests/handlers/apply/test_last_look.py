"""What is looked at once more when the number is given: others may have changed it since it was chosen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.rules import eligibility
from models import db
from models.authorities.plans import PlanSite
from models.base.errors import DomainError
from models.cases.applications import Application, Certificate
from models.cases.credentials import ExamCertificate
from models.cases.refusals import AlreadyHeld, CertificateNotUsable, NoSite, OutsideWindow
from models.processes.instances import ProcessInstance
from tests.handlers.apply.conftest import Applicant, change, of, the_application
from tests.standings import STANDINGS, standing_in
from workflows.clock import LOCAL, now

pytestmark = pytest.mark.found("T2")
Change = Callable[[Application], None]


def refusal(change_before: Change) -> DomainError | None:
    """What stands against the number of a finished application after something has changed."""
    number = the_application(1).id
    with change():
        own = db.session.get_one(Application, number)
        change_before(own)
        db.session.flush()
        db.session.expire_all()
        try:
            eligibility.check_all(own, now())
        except DomainError as found:
            return found
        finally:
            db.session.rollback()
    return None


def exam(application: Application) -> ExamCertificate:
    """The certificate that the application stands on."""
    found = application.exam_certificate
    assert found is not None
    return found


def nothing(application: Application) -> None:
    """Leave it as it is."""


def expire(days: int) -> Change:
    """Let the certificate end some days from today."""

    def act(application: Application) -> None:
        exam(application).valid_until = now().astimezone(LOCAL).date() + timedelta(days=days)

    return act


def change_kind(application: Application) -> None:
    """Let the application be for something else than its certificate."""
    application.subject = "语文"


def use(application: Application) -> None:
    """Let the register say that it is used."""
    exam(application).used = True


def of_another(application: Application) -> None:
    """Let the certificate be somebody else's."""
    application.exam_certificate_id = of(ExamCertificate, 2, subject="数学")


def site_left(application: Application) -> None:
    """Let the site take no part in the plan any more."""
    part = {"plan_id": application.plan_id, "site_id": application.site_id}
    db.session.query(PlanSite).filter_by(**part).delete()


def plan_over(application: Application) -> None:
    """Let the days for applications have ended."""
    application.plan.apply_until = now() - timedelta(minutes=1)


def plan_of_other_kinds(application: Application) -> None:
    """Let the plan take other kinds."""
    application.plan.kinds = [kind for kind in application.plan.kinds if kind != application.kind]


def held(application: Application) -> None:
    """Give the person a certificate of the same kind and subject, years ago."""
    other = Application(
        person_id=1,
        plan_id=application.plan_id,
        authority_id=application.authority_id,
        **standing_in("granted"),
        created_at=now() - timedelta(days=4000),
        revision=1,
        steps=[],
        typed={},
        resume=[],
    )
    db.session.add(other)
    db.session.flush()
    db.session.add(
        Certificate(
            application_id=other.id,
            person_id=1,
            authority_id=application.authority_id,
            number="20153308021000001",
            year=2015,
            serial=1,
            kind=application.kind,
            subject=application.subject or "",
            issued_at=now() - timedelta(days=4000),
        )
    )


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (nothing, None),
        (expire(0), None),  # on its last day it is valid
        (expire(-1), CertificateNotUsable),
        (change_kind, CertificateNotUsable),
        (use, CertificateNotUsable),
        (of_another, CertificateNotUsable),
        (held, AlreadyHeld),
        (site_left, NoSite),
        (plan_over, OutsideWindow),
        (plan_of_other_kinds, OutsideWindow),
    ],
)
def test_what_changed_meanwhile_is_refused(
    applicant: Applicant, stranger: Applicant, before: Change, expected: type[DomainError] | None
) -> None:
    applicant.until("notes")
    found = refusal(before)
    assert (None if found is None else type(found)) == expected


@pytest.mark.parametrize(("state", "kept"), [("granted", True), ("refused", False), (None, False)])
def test_an_ended_case_keeps_its_certificate_only_when_granted(
    applicant: Applicant, state: str | None, kept: bool
) -> None:
    applicant.until("notes")
    with change():
        own = db.session.get_one(Application, the_application(1).id)
        own.standing = STANDINGS[state or own.state]
        own.live_exam_certificate_id = own.exam_certificate_id
        db.session.get_one(ProcessInstance, own.instance_id).state = "completed"
        db.session.flush()
        eligibility.release_ended_cases(1)
        left = db.session.get_one(Application, own.id, populate_existing=True)
        seen = (left.live_person_id, left.live_exam_certificate_id == left.exam_certificate_id)
        db.session.rollback()
    assert seen == (None, kept)
