"""Where the asking of a register about a person stands, and the teacher certificates that one has told of."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.columns import Moment, Word
from models.base.database import Model


class SyncState(StrEnum):
    """Where the asking stands."""

    ASKING = "asking"  # a job asks, or waits to ask again
    ANSWERED = "answered"  # the register has answered, be it that it knows nothing
    FAILED = "failed"  # no try is left; the person, or the next sign-in, asks again


class SyncProblem(StrEnum):
    """Why the last question has no answer."""

    NONE = ""
    BUSY = "busy"  # asked too often; it said when to ask again
    UNAVAILABLE = "unavailable"  # down, too slow, or failing
    MALFORMED = "malformed"  # it answers something that nobody understands
    PENDING = "pending"  # it has taken the question and not answered yet
    REFUSED = "refused"  # it will never answer this question


class RegisterSync(Model):
    """The asking of one register about one person; its row keeps anybody from asking twice at once."""

    __tablename__ = "register_sync"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    register: Mapped[str] = mapped_column(String(20), primary_key=True)
    state: Mapped[SyncState] = mapped_column(Word(SyncState, 10))
    problem: Mapped[SyncProblem] = mapped_column(Word(SyncProblem, 12), default=SyncProblem.NONE)
    differs: Mapped[str] = mapped_column(
        String(80), default=""
    )  # which of our words the register has otherwise
    round: Mapped[int] = mapped_column(default=0)  # how often it was asked for
    tries: Mapped[int] = mapped_column(default=0)  # questions of this round that had no answer
    asked_at: Mapped[datetime] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    next_at: Mapped[datetime | None] = mapped_column(Moment)  # of the next try, after one without an answer

    @property
    def job_key(self) -> str:
        """The key of the job that asks."""
        return f"records:{self.person_id}:{self.register}:{self.round}:{self.tries}"


class ToldCertificate(Model):
    """A teacher certificate as the register of certificates told of it."""

    __tablename__ = "told_certificate"
    __table_args__ = (UniqueConstraint("person_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    number: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(60))
    authority: Mapped[str] = mapped_column(String(100))
    granted_on: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(10))  # valid | revoked | lost


def select_syncs(person_id: int) -> Select[RegisterSync]:
    """How the asking of each register about a person stands."""
    return select(RegisterSync).where(RegisterSync.person_id == person_id)


def select_told_certificates(person_id: int) -> Select[ToldCertificate]:
    """The teacher certificates of a person that the register has told of."""
    return select(ToldCertificate).where(ToldCertificate.person_id == person_id)
