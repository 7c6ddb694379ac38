"""A person's new name: what is not confirmed yet takes it, what is confirmed keeps the one before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from domain.cases import registration, revisions
from models import db
from models.cases.applications import Application
from models.cases.states import Standing
from models.persons.people import Person
from models.persons.states import IdentityOutcome
from translations import gettext, join_facts, office_language
from workflows.operations import OperationCall


def carry_checked_name(check: Any, call: OperationCall) -> None:
    """A new name has passed the real-name check, or has not."""
    if check.outcome != IdentityOutcome.REFUSED:
        carry_new_name(check.person, check.person_id, call.now)


def carry_new_name(person: Person, actor: int, at: datetime) -> None:
    """Let the application that is not confirmed show the new name, as a change that its office is told of."""
    unconfirmed = select(Application.id).where(
        Application.live_person_id == person.id, Application.standing == Standing.CONFIRMING
    )
    found = db.session.scalar(unconfirmed)
    if found is None:
        return
    application = revisions.lock_application(found)
    before = revisions.take_snapshot(application)
    with office_language():
        label = join_facts((gettext("身份信息"), gettext("姓名")), revisions.OF_RECORD)
    before[label] = (application.particulars or {}).get("name", before[label])
    application.particulars = registration.collect_particulars(person)
    revisions.save_revision(application, before, actor=actor, at=at)


def keep_handed_over_name(person: Person) -> None:
    """The cases of an account that was handed over are its new holder's, under their name."""
    own = select(Application).where(
        Application.person_id == person.id, Application.registration_number.is_not(None)
    )
    for application in db.session.scalars(own):
        application.particulars = (application.particulars or {}) | {"name": person.name}
