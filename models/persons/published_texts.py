"""Texts that people agree to (用户协议, 隐私说明): each version stays as it was, and who agreed to which."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from models.base.columns import Moment, Word
from models.base.database import Model
from models.persons.people import Person
from models.persons.states import TextKind


class PublishedText(Model):
    """One version of a text; from its moment on it is the one in force, until the next one's."""

    __tablename__ = "published_text"
    __table_args__ = (
        UniqueConstraint("kind", "version"),
        Index("ix_published_text_effective_at", "kind", "effective_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TextKind] = mapped_column(Word(TextKind, 10))
    version: Mapped[int]  # 1, 2, 3 … of its kind
    body: Mapped[str] = mapped_column(Text)  # blocks apart by an empty line: "# " a heading, "- " a list
    changes: Mapped[str] = mapped_column(String(400), default="")  # what is new, for those who agreed before
    effective_at: Mapped[datetime] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Consent(Model):
    """Somebody agreed to a version of a text; rows are only ever added."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("person_id", "text_id"), Index("ix_consent_text", "text_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text_id: Mapped[int] = mapped_column(ForeignKey("published_text.id"))
    agreed_at: Mapped[datetime] = mapped_column(Moment)
    address: Mapped[str] = mapped_column(String(60), default="")


def in_force(moment: datetime) -> ColumnElement[bool]:
    """The condition under which a version is the one in force: the newest of its kind that has begun."""
    later = aliased(PublishedText)
    newer = select(later.id).where(
        later.kind == PublishedText.kind,
        later.effective_at <= moment,
        later.version > PublishedText.version,
    )
    return (PublishedText.effective_at <= moment) & ~newer.exists()


def select_texts_in_force(moment: datetime) -> Select[PublishedText]:
    """The versions in force, 用户协议 first."""
    return select(PublishedText).where(in_force(moment)).order_by(PublishedText.kind.desc())


def select_text_versions(kind: TextKind) -> Select[PublishedText]:
    """All versions of a text, the newest first."""
    return select(PublishedText).where(PublishedText.kind == kind).order_by(PublishedText.version.desc())


def owes_consent(moment: datetime) -> ColumnElement[bool]:
    """Whether a person of the surrounding statement has not agreed to a version in force."""
    given = select(Consent.id).where(Consent.person_id == Person.id, Consent.text_id == PublishedText.id)
    owed = select(PublishedText.id).where(in_force(moment), ~given.correlate(Person, PublishedText).exists())
    return owed.correlate(Person).exists()
