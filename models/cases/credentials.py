"""What a person has earned: exam certificates, Putonghua, schooling, degrees, vocational skill."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import (
    Date,
    ForeignKey,
    Index,
    Numeric,
    Select,
    String,
    UniqueConstraint,
    exists,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.base.columns import Moment, Word
from models.base.database import Model
from models.cases.states import RecordSource

SYNCED = text("source = 'synced'")


class ExamCertificate(Model):
    """An exam certificate (合格证明) or a normal-student certificate, as its register gave it; read-only."""

    __tablename__ = "exam_certificate"
    __table_args__ = (UniqueConstraint("route", "number"), Index("ix_exam_certificate_person", "person_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    route: Mapped[str] = mapped_column(String(20))  # national_exam | normal_student
    number: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(60))
    school: Mapped[str] = mapped_column(String(100), default="")
    issued_on: Mapped[date | None] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)
    used: Mapped[bool] = mapped_column(default=False)
    synced_at: Mapped[datetime] = mapped_column(Moment)


class PutonghuaCertificate(Model):
    """A Putonghua certificate: verified by its register, entered by hand, or exempt."""

    __tablename__ = "putonghua_certificate"
    __table_args__ = (UniqueConstraint("person_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    source: Mapped[RecordSource] = mapped_column(Word(RecordSource, 10))
    number: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(4))  # 1A … 3B
    score: Mapped[float | None] = mapped_column(Numeric(4, 1, asdecimal=False))
    tested_on: Mapped[date | None] = mapped_column(Date)
    issuer: Mapped[str] = mapped_column(String(100), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)


class Enrolment(Model):
    """Enrolment (学籍) of somebody still at school: synchronised once, or entered by hand."""

    __tablename__ = "enrolment"
    __table_args__ = (
        Index("ix_enrolment_person", "person_id"),
        # The register of students is asked once in a lifetime.
        Index("uq_enrolment_synced", "person_id", unique=True, sqlite_where=SYNCED, postgresql_where=SYNCED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    source: Mapped[RecordSource] = mapped_column(Word(RecordSource, 10))
    school: Mapped[str] = mapped_column(String(100))
    major: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(4))  # GB/T 4658
    study_form: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))  # 注册学籍 …
    entered_on: Mapped[date | None] = mapped_column(Date)
    expected_graduation: Mapped[date | None] = mapped_column(Date)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)


class Diploma(Model):
    """A diploma (学历证书)."""

    __tablename__ = "diploma"
    __table_args__ = (UniqueConstraint("person_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    source: Mapped[RecordSource] = mapped_column(Word(RecordSource, 10))
    number: Mapped[str] = mapped_column(String(40))
    school: Mapped[str] = mapped_column(String(100))
    major: Mapped[str] = mapped_column(String(100))
    level: Mapped[str] = mapped_column(String(4))
    study_form: Mapped[str] = mapped_column(String(20))
    graduated_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(Moment)


class Degree(Model):
    """A degree (学位证书)."""

    __tablename__ = "degree"
    __table_args__ = (UniqueConstraint("person_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    source: Mapped[RecordSource] = mapped_column(Word(RecordSource, 10))
    number: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    school: Mapped[str] = mapped_column(String(100))
    awarded_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(Moment)


class SkillCertificate(Model):
    """A certificate of vocational skill (其他证书), for those who teach practice at vocational schools."""

    __tablename__ = "skill_certificate"
    __table_args__ = (UniqueConstraint("person_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    source: Mapped[RecordSource] = mapped_column(Word(RecordSource, 10), default=RecordSource.MANUAL)
    number: Mapped[str] = mapped_column(String(40))
    occupation: Mapped[str] = mapped_column(String(60))
    level: Mapped[str] = mapped_column(String(4))  # of skill, 5 the lowest
    issuer: Mapped[str] = mapped_column(String(100))
    issued_on: Mapped[date | None] = mapped_column(Date)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))  # the page with the particulars
    created_at: Mapped[datetime] = mapped_column(Moment)


Record = TypeVar(
    "Record", ExamCertificate, PutonghuaCertificate, Enrolment, Diploma, Degree, SkillCertificate
)


def select_records(model: type[Record], person_id: int) -> Select[Record]:
    """A person's records of one sort, in the order in which they came."""
    return select(model).where(model.person_id == person_id).order_by(model.id)


def select_exam_certificates(person_id: int) -> Select[ExamCertificate]:
    """A person's exam certificates; the one that is valid longest comes first."""
    own = select(ExamCertificate).where(ExamCertificate.person_id == person_id)
    return own.order_by(ExamCertificate.valid_until.desc(), ExamCertificate.id)


def select_putonghua(person_id: int) -> Select[PutonghuaCertificate]:
    """A person's Putonghua certificates, the newest first."""
    own = select(PutonghuaCertificate).where(PutonghuaCertificate.person_id == person_id)
    return own.order_by(PutonghuaCertificate.id.desc())


def select_whether_held(person_id: int, groups: Iterable[Iterable[Any]]) -> Select[Any]:
    """Of each group of records, whether a person has any: one row for all groups."""
    asked: list[Any] = [or_(*(exists().where(one.person_id == person_id) for one in own)) for own in groups]
    return select(*asked)
