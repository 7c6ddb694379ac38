"""What the sample site says: the first questions and texts, which the sample people have agreed to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from domain.site import agreed_texts, first_questions, first_texts
from models import db
from models.authorities.places import Authority
from models.persons.people import Person
from models.persons.states import PersonKind


def load_guidance(now: datetime) -> None:
    """Add what is missing; addresses of offices are invented."""
    first_questions.load_first_questions(now)
    first_texts.load_first_texts(now)
    for office in db.session.scalars(select(Authority).where(Authority.email == "")):
        office.email = f"zixun{office.region_code}@edu.example"
    known = [one.id for one in agreed_texts.list_in_force(now)]
    for person in db.session.scalars(select(Person.id).where(Person.kind == PersonKind.APPLICANT)):
        agreed_texts.record_consent(person, known, moment=now, address="")
