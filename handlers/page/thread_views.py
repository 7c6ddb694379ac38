"""A thread as its readers see it, and marking what they have been shown as read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, g, url_for
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError

from domain.messages import threads
from domain.reach.principal import Principal
from models import db
from models.authorities import places
from models.base.database import read_once, write_transaction
from models.cases.applications import Application
from models.cases.threads import (
    Thread,
    ThreadMessage,
    ThreadReading,
    select_threads,
    select_unread,
)
from models.persons.files import StoredFile
from models.persons.states import PersonKind
from translations import gettext
from workflows.clock import now


@dataclass(frozen=True, kw_only=True)
class ThreadReader:
    """Who reads: one of the two sides, at a moment."""

    person_id: int
    is_applicant: bool
    file_endpoint: str
    now: datetime


def install(app: Flask) -> None:
    """Tell the header of every page how many messages its reader has not seen."""
    app.context_processor(_header_context)


def applicant_reader(person_id: int) -> ThreadReader:
    """An applicant as the reader of what offices wrote."""
    return ThreadReader(person_id=person_id, is_applicant=True, file_endpoint="apply.message_file", now=now())


def list_threads(application_id: int, reader: ThreadReader) -> list[dict[str, Any]]:
    """The threads of an application as somebody sees them, the newest first."""
    return [describe_thread(one, reader) for one in _read_threads(application_id)]


def _read_threads(application_id: int) -> tuple[Thread, ...]:
    query = select_threads(application_id)
    return read_once(("threads", application_id), lambda: tuple(db.session.scalars(query)))


def describe_thread(thread: Thread, reader: ThreadReader) -> dict[str, Any]:
    """Everything that a page shows of a thread."""
    seen = threads.last_read_message(thread, reader.person_id)
    overdue = thread.outcome is None and threads.is_overdue(thread, reader.now)
    last = thread.messages[-1]
    return {
        "id": thread.id,
        "title": thread.title,
        "word": gettext("逾期未回复") if overdue else thread.word,
        "open": thread.reply_wanted and thread.outcome is None and not overdue,
        "awaited": thread.outcome is None and not overdue and not last.by_applicant,
        "until": thread.reply_until,
        "outcome": "unanswered" if overdue else thread.outcome,
        "by_applicant": thread.is_by_applicant,
        "unanswered": thread.outcome is None and thread.is_unanswered,
        "reason": thread.closing_reason,
        "office": places.find_place_name(thread.office),
        "last": last.id,
        "unread": sum(_is_new(one, reader, seen) for one in thread.messages),
        "messages": [_describe_message(one, thread, reader, seen) for one in thread.messages],
    }


def count_unread(applicant: int, application: int | None = None) -> int:
    """How many messages of offices an applicant has not read, about one application or all."""
    rows = select_unread(applicant, by_applicant=False)
    rows = rows.join(Application, Application.id == Thread.application_id)
    rows = rows.where(Application.person_id == applicant)
    found = read_once(("unread", applicant), lambda: db.session.execute(rows).all())
    return sum(number for _, about, number in found if application in (None, about))


def has_threads(application: int) -> bool:
    """Whether anything was written to the applicant."""
    return bool(_read_threads(application))


def mark_read(found: Iterable[dict[str, Any]], reader: ThreadReader) -> None:
    """What was shown is read; a message that came meanwhile is not."""
    fresh = [one for one in found if one["unread"]]
    if not fresh:
        return
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    with write_transaction():
        for one in fresh:
            row = {"thread_id": one["id"], "person_id": reader.person_id, "message_id": one["last"]}
            keys = ["thread_id", "person_id"]
            new = dialect.insert(ThreadReading).values(**row)
            again = new.on_conflict_do_update(index_elements=keys, set_={"message_id": one["last"]})
            db.session.execute(again)


def _describe_message(one: ThreadMessage, thread: Thread, reader: ThreadReader, seen: int) -> dict[str, Any]:
    return {
        "who": _author_name(one, thread, reader),
        "mine": one.by_applicant == reader.is_applicant,
        "text": one.text,
        "when": one.sent_at,
        "unread": _is_new(one, reader, seen),
        "files": [_describe_file(held.file, thread, reader) for held in one.attachments],
    }


def _author_name(one: ThreadMessage, thread: Thread, reader: ThreadReader) -> str:
    # Applicants correspond with an office; which of its people wrote is told inside it.
    if one.by_applicant:
        return gettext("我") if reader.is_applicant else thread.application.person.name
    office = places.find_place_name(thread.office)
    return office if reader.is_applicant or one.author is None else f"{office} {one.author.name}"


def _is_new(one: ThreadMessage, reader: ThreadReader, seen: int) -> bool:
    return one.id > seen and one.by_applicant != reader.is_applicant


def _describe_file(file: StoredFile, thread: Thread, reader: ThreadReader) -> dict[str, Any]:
    address = url_for(reader.file_endpoint, application_id=thread.application_id, file_id=file.id)
    return {"name": file.name, "size": file.size, "url": address}


def _header_context() -> dict[str, int]:
    principal = g.get("principal")
    if principal is None or principal.kind != PersonKind.APPLICANT:
        return {}
    try:
        return {"unread_messages": count_unread(principal.person_id)}
    except OperationalError:  # the page that says so has this header too
        return {}


def staff_reader(principal: Principal) -> ThreadReader:
    """A member of staff as the reader of what applicants answered."""
    person = principal.person_id
    return ThreadReader(person_id=person, is_applicant=False, file_endpoint="casework.thread_file", now=now())
