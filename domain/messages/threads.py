"""留言: opening threads, writing into them, reading and closing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from domain.outside import uploads
from domain.outside.uploads import Upload
from models import db
from models.base.business_keys import THREAD
from models.base.errors import DomainError
from models.cases.applications import Application
from models.cases.states import OVER_STANDINGS, Standing, ThreadOutcome
from models.cases.threads import Attachment, Thread, ThreadMessage, ThreadReading
from models.processes.instances import ProcessInstance
from translations import lazy_gettext
from workflows import engine, working_days
from workflows.definitions import contents
from workflows.worklist import TransactionTaken

MOST_BEGUN = 3  # threads of one applicant that wait for an answer
ANSWER, CLOSE = "thread.answer", "thread.close"  # what the course of a thread waits for


class ThreadEnded(DomainError):
    """A thread that takes no more messages."""

    code = "thread_ended"
    sentence = lazy_gettext("这条留言已经结束，不能再写。")


class ReplyOverdue(ThreadEnded):
    """A thread whose time to reply is over."""

    sentence = lazy_gettext("已过回复期限，不能再回复。")


class CaseOver(DomainError):
    """A case that has ended takes no more messages."""

    code = "case_over"
    sentence = lazy_gettext("这件申请已经办结，不能再留言。")


class TooManyThreads(DomainError):
    """An applicant who has several questions that nobody has answered yet."""

    code = "too_many_threads"
    sentence = lazy_gettext(
        "您已有 %(most)s 条留言在等待答复，请等答复后再写新的；可以在原来的留言里补充。", most=MOST_BEGUN
    )


@dataclass(frozen=True, kw_only=True)
class NewMessage:
    """What somebody writes into a thread; the key tells a form that was sent twice."""

    key: str
    author: int | None
    text: str
    files: Sequence[Upload] = ()


@dataclass(frozen=True, kw_only=True)
class NewThread:
    """What a new thread is about, from which office, and until when an answer is wanted."""

    application: int
    office: str
    title: str
    reply_until: datetime | None = None
    asked_by: int | None = None  # the instance of the process that asks
    by_applicant: bool = False  # the applicant asks the office


def reply_limit(at: datetime, days: int) -> datetime:
    """The midnight after so many working days."""
    return working_days.add_working_days(at, days) + timedelta(seconds=1)


def start_thread(matter: NewThread, letter: NewMessage, at: datetime) -> Thread:
    """Open a thread and start its course; the same form again is the same thread."""
    thread = open_thread(matter, letter, at)
    if thread.instance_id is None and thread.outcome is None:
        start_process(thread)
    return thread


def open_thread(matter: NewThread, letter: NewMessage, at: datetime) -> Thread:
    """A thread with its first message, whose course is begun by `start_process`."""
    db.session.flush()
    # An application that ends takes its threads along: it must not end between the look and the row.
    case = db.session.get_one(Application, matter.application, with_for_update=True, populate_existing=True)
    known = db.session.scalar(select(Thread).where(Thread.key == letter.key))
    if known is not None:
        if (known.application_id, known.opened_by) != (case.id, letter.author):
            raise TransactionTaken
        return known
    if case.standing in OVER_STANDINGS:
        raise CaseOver
    thread = Thread(
        key=letter.key,
        application_id=case.id,
        office=matter.office,
        opened_by=letter.author,
        asked_by=matter.asked_by,
        title=matter.title,
        reply_wanted=matter.reply_until is not None or matter.by_applicant,
        reply_until=matter.reply_until,
        opened_at=at,
    )
    db.session.add(thread)
    db.session.flush()
    add_message(thread, letter, at, by_applicant=matter.by_applicant)
    return thread


def ask_office(case: Application, title: str, letter: NewMessage, at: datetime) -> Thread:
    """The applicant begins a thread with the office that has the case; so many may be open at once."""
    db.session.get_one(Application, case.id, with_for_update=True, populate_existing=True)
    begun = select(func.count()).select_from(Thread)
    begun = begun.where(Thread.application_id == case.id, Thread.opened_by == case.person_id)
    waiting = begun.where(Thread.outcome.is_(None), Thread.key != letter.key)
    if (db.session.scalar(waiting) or 0) >= MOST_BEGUN:
        raise TooManyThreads
    matter = NewThread(application=case.id, office=find_office(case), title=title, by_applicant=True)
    return start_thread(matter, letter, at)


def find_office(case: Application) -> str:
    """Whom an applicant writes to: the site until the application is confirmed, then the authority."""
    at_site = case.standing == Standing.CONFIRMING and case.site_id is not None
    return f"site:{case.site_id}" if at_site else f"authority:{case.authority_id}"


def start_process(thread: Thread) -> None:
    """Start the course of a thread: notify, wait, remind, end."""
    started = engine.start_instance(
        contents.get_service(THREAD).entry,
        business_key=thread.business_key,
        variables={
            "thread": thread.id,
            "application": thread.application_id,
            "reply_wanted": thread.reply_wanted,
            "reply_until": thread.reply_until.isoformat() if thread.reply_until else "",
            "by_process": thread.asked_by is not None,
            "by_applicant": thread.is_by_applicant,
        },
        actor=thread.opened_by,
    )
    thread.instance_id = started.id
    db.session.flush()


def add_message(
    thread: Thread, letter: NewMessage, at: datetime, *, by_applicant: bool = False
) -> ThreadMessage:
    """Add a message with its files."""
    message = ThreadMessage(
        key=letter.key,
        thread_id=thread.id,
        author_id=letter.author,
        by_applicant=by_applicant,
        text=letter.text,
        sent_at=at,
    )
    db.session.add(message)
    db.session.flush()
    for upload in letter.files:
        kept = uploads.add_upload_row(upload, letter.author or 0, at)
        db.session.add(Attachment(message_id=message.id, file_id=kept))
    db.session.flush()
    db.session.expire(thread, ["messages"])
    return message


def add_answer(thread_id: int, letter: NewMessage, at: datetime) -> None:
    """The applicant answers; while the answer is being read, further messages are added to it."""
    thread = lock_thread(thread_id)
    if _is_written(thread, letter):
        return
    if thread.outcome == ThreadOutcome.UNANSWERED:
        raise ReplyOverdue
    if thread.outcome is not None or not thread.reply_wanted:
        raise ThreadEnded
    awaited = engine.is_awaited(thread.instance_id, ANSWER)
    if awaited and is_overdue(thread, at):
        raise ReplyOverdue
    message = add_message(thread, letter, at, by_applicant=True)
    if awaited:
        payload = {"thread": thread.id, "message": message.id}
        engine.perform_act(thread.instance_id, ANSWER, payload, actor=letter.author)


def close_thread(thread_id: int, reason: str, *, actor: int | None) -> None:
    """End a thread before its time."""
    thread = lock_thread(thread_id)
    if thread.outcome is not None:
        raise ThreadEnded
    thread.closing_reason = reason
    payload = {"thread": thread.id, "reason": reason}
    engine.perform_act(thread.instance_id, CLOSE, payload, actor=actor)


def lock_thread(thread_id: int) -> Thread:
    """The thread as it is now, locked until the transaction ends."""
    # Its instance comes first, as in every step of it, or the two could wait for each other.
    instance = db.session.scalar(select(Thread.instance_id).where(Thread.id == thread_id))
    if instance is not None:
        db.session.execute(select(ProcessInstance.id).where(ProcessInstance.id == instance).with_for_update())
    return db.session.get_one(Thread, thread_id, with_for_update=True, populate_existing=True)


def is_overdue(thread: Thread, at: datetime) -> bool:
    """Whether the time to answer is over, also before the worker has come to it."""
    last = thread.messages[-1] if thread.messages else None
    unanswered = last is None or not last.by_applicant
    return unanswered and thread.reply_until is not None and thread.reply_until <= at


def last_read_message(thread: Thread, person_id: int) -> int:
    """Up to which message a person has read a thread."""
    mark = db.session.get(ThreadReading, (thread.id, person_id))
    return mark.message_id if mark else 0


def _is_written(thread: Thread, letter: NewMessage) -> bool:
    known = db.session.scalar(select(ThreadMessage).where(ThreadMessage.key == letter.key))
    if known is not None and (known.thread_id, known.author_id) != (thread.id, letter.author):
        raise TransactionTaken
    return known is not None
