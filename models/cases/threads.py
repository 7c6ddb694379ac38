"""留言: threads between an office and an applicant, their messages, and who has read them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, Text, UniqueConstraint, and_, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import business_keys
from models.base.columns import Moment, Word
from models.base.database import Model
from models.cases.applications import Application
from models.cases.states import ThreadOutcome
from models.persons.files import StoredFile
from models.persons.people import Person
from translations import gettext, lazy_gettext

OUTCOMES = {
    ThreadOutcome.DELIVERED: lazy_gettext("已送达"),
    ThreadOutcome.ANSWERED: lazy_gettext("已答复"),
    ThreadOutcome.UNANSWERED: lazy_gettext("逾期未回复"),
    ThreadOutcome.CLOSED: lazy_gettext("已关闭"),
}


class Thread(Model):
    """One matter that an office writes to an applicant about; its course is an instance of `messaging`."""

    __tablename__ = "thread"
    __table_args__ = (
        UniqueConstraint("key"),
        UniqueConstraint("instance_id"),
        Index("ix_thread_application", "application_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80))  # of the form or step that opened it
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    office: Mapped[str] = mapped_column(String(40))  # site:3, authority:1
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # nobody: a process asked
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))  # the one that waits
    title: Mapped[str] = mapped_column(String(60))
    reply_wanted: Mapped[bool]
    reply_until: Mapped[datetime | None] = mapped_column(Moment)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[ThreadOutcome | None] = mapped_column(Word(ThreadOutcome, 20))  # once it has ended
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    closing_reason: Mapped[str] = mapped_column(String(200), default="")

    application: Mapped[Application] = relationship()
    messages: Mapped[list[ThreadMessage]] = relationship(back_populates="thread", order_by="ThreadMessage.id")

    @property
    def business_key(self) -> str:
        """What its process instance is called."""
        return business_keys.write_key(business_keys.THREAD, self.id)

    @property
    def is_by_applicant(self) -> bool:
        """Whether the applicant began it."""
        return bool(self.messages) and self.messages[0].by_applicant

    @property
    def is_unanswered(self) -> bool:
        """Whether the applicant began it and no office has written in it yet."""
        return bool(self.messages) and all(one.by_applicant for one in self.messages)

    @property
    def word(self) -> str:
        """Where it stands."""
        if self.outcome:
            return OUTCOMES[self.outcome]
        if self.is_unanswered:
            return gettext("等待答复")
        return (
            gettext("等待回复") if self.messages and not self.messages[-1].by_applicant else gettext("已回复")
        )


class ThreadMessage(Model):
    """One message of a thread; it is never changed."""

    __tablename__ = "thread_message"
    __table_args__ = (
        UniqueConstraint("key"),
        Index("ix_thread_message_thread", "thread_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80))
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_applicant: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(Moment)

    thread: Mapped[Thread] = relationship(back_populates="messages")
    author: Mapped[Person | None] = relationship()
    attachments: Mapped[list[Attachment]] = relationship(order_by="Attachment.id")


class Attachment(Model):
    """A file that came with a message."""

    __tablename__ = "thread_attachment"
    __table_args__ = (UniqueConstraint("message_id", "file_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("thread_message.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))

    file: Mapped[StoredFile] = relationship()


class ThreadReading(Model):
    """Up to which message a person has read a thread."""

    __tablename__ = "thread_reading"

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    message_id: Mapped[int]


def select_threads(application_id: int) -> Select[Thread]:
    """The threads about an application, the newest first; one whose course has not begun is nobody's yet."""
    return (
        select(Thread)
        .where(Thread.application_id == application_id, Thread.instance_id.is_not(None))
        .order_by(Thread.id.desc())
    )


def select_unread(person_id: int, *, by_applicant: bool) -> Select[int, int, int]:
    """Threads with messages of the other side that a person has not read: thread, application, how many."""
    own = and_(ThreadReading.thread_id == Thread.id, ThreadReading.person_id == person_id)
    return (
        select(Thread.id, Thread.application_id, func.count(ThreadMessage.id))
        .join(ThreadMessage, ThreadMessage.thread_id == Thread.id)
        .outerjoin(ThreadReading, own)
        .where(Thread.instance_id.is_not(None), ThreadMessage.by_applicant == by_applicant)
        .where(ThreadMessage.id > func.coalesce(ThreadReading.message_id, 0))
        .group_by(Thread.id, Thread.application_id)
    )


def select_message_file(application_id: int, file_id: int) -> Select[StoredFile, Thread]:
    """A file that came with a message about an application, and the thread of the message."""
    return (
        select(StoredFile, Thread)
        .join(Attachment, Attachment.file_id == StoredFile.id)
        .join(ThreadMessage, ThreadMessage.id == Attachment.message_id)
        .join(Thread, Thread.id == ThreadMessage.thread_id)
        .where(Thread.application_id == application_id, StoredFile.id == file_id)
    )
