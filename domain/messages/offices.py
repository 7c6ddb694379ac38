"""The two sorts of office that write to applicants, who speaks for them, and what they are told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from domain.notices import case_notices
from domain.wording import dates
from models import db
from models.authorities.places import find_place_name
from models.base import codes
from models.cases.threads import Thread
from models.listing import claims
from models.persons.people import Person, Post


def writer_roles(office: str) -> tuple[str, ...]:
    """The roles that write for an office."""
    return codes.WRITERS[office.partition(":")[0]]


def find_sender(thread: Thread) -> tuple[int | None, str]:
    """Whose the answers are, and in which role; a sender who has left leaves them to the colleagues."""
    roles = writer_roles(thread.office)
    held = select(Post.role).join(Person, Person.id == Post.person_id)
    held = held.where(claims.matches_place(thread.office))
    own = held.where(
        Person.id == thread.opened_by, Person.disabled_at.is_(None), claims.matches_place(thread.office)
    )
    found = set(db.session.scalars(own))
    role = next((role for role in roles if role in found), None)
    return (thread.opened_by, role) if role else (None, roles[0])


def notify_applicant(thread: Thread, occasion: str, at: datetime) -> None:
    """A notice about a thread to its applicant; what is written in it is not told."""
    until = dates.format_deadline(thread.reply_until)
    office = find_place_name(thread.office)
    case_notices.notify_about_thread(
        thread, thread.application.person_id, occasion, at, office=office, reply_until=until
    )


def notify_sender(thread: Thread, occasion: str, at: datetime) -> None:
    """A notice to whoever opened a thread, or to the colleagues of somebody who has left."""
    sender, role = find_sender(thread)
    colleagues = select(Post.person_id).join(Person, Person.id == Post.person_id)
    colleagues = colleagues.where(claims.matches_place(thread.office))
    there = colleagues.where(
        Post.role == role, claims.matches_place(thread.office), Person.disabled_at.is_(None)
    )
    told = [sender] if sender else db.session.scalars(there.distinct().order_by(Post.person_id)).all()
    for person in told:
        case_notices.notify_about_thread(thread, person, occasion, at, title=thread.title)
