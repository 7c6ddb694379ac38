"""An application and what is filled in for it, checked and decided on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, String, Text, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.authorities.places import Authority, Site
from models.authorities.plans import Plan
from models.base import business_keys
from models.base.columns import Json, Moment, Word
from models.base.database import Model
from models.cases.credentials import (
    Degree,
    Diploma,
    Enrolment,
    ExamCertificate,
    PutonghuaCertificate,
    SkillCertificate,
)
from models.cases.states import MaterialVerdict, RegisterFinding, Standing
from models.persons.files import StoredFile
from models.persons.people import Person
from models.processes.instances import ProcessInstance


class Application(Model):
    """One person's application under one plan.

    Until it has a registration number it is a draft of the wizard and appears in no list.
    """

    __tablename__ = "application"
    __table_args__ = (
        # One live application a person; one live application an exam certificate.
        UniqueConstraint("live_person_id"),
        UniqueConstraint("live_exam_certificate_id"),
        UniqueConstraint("registration_number"),
        UniqueConstraint("instance_id"),
        Index("ix_application_person", "person_id"),
        Index("ix_application_authority_standing", "authority_id", "standing"),
        Index("ix_application_site_standing", "site_id", "standing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    live_person_id: Mapped[int | None]  # = person_id from the number until it lapses, is withdrawn or refused
    live_exam_certificate_id: Mapped[int | None]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("site.id"))
    # The public state, written by the process only: its name, what it counts as, and the set of states that
    # says what it is called and allows. Before the process has begun there is none.
    state: Mapped[str] = mapped_column(String(40), default="")
    standing: Mapped[Standing] = mapped_column(Word(Standing, 12), default=Standing.DRAFT)
    states_sha256: Mapped[str | None] = mapped_column(String(64))
    revision: Mapped[int] = mapped_column(default=0)
    steps: Mapped[Any] = mapped_column(Json, default=list)  # wizard steps that are filled in and valid
    typed: Mapped[Any] = mapped_column(Json, default=dict)  # step -> typed there, not yet accepted
    registration_number: Mapped[str | None] = mapped_column(String(10))
    registered_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    # step 1
    agreed_at: Mapped[datetime | None] = mapped_column(Moment)
    agreed_from: Mapped[str | None] = mapped_column(String(60))  # address
    agreement_version: Mapped[str | None] = mapped_column(String(64))  # sha256 of the text agreed to
    agreed_texts: Mapped[Any | None] = mapped_column(Json)  # the numbers of 用户协议 and 隐私说明

    # step 2
    exam_route: Mapped[str | None] = mapped_column(String(20))
    exam_certificate_id: Mapped[int | None] = mapped_column(ForeignKey("exam_certificate.id"))
    putonghua_id: Mapped[int | None] = mapped_column(ForeignKey("putonghua_certificate.id"))
    at_school: Mapped[bool | None]
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("enrolment.id"))
    diploma_id: Mapped[int | None] = mapped_column(ForeignKey("diploma.id"))
    degree_id: Mapped[int | None] = mapped_column(ForeignKey("degree.id"))
    skill_certificate_id: Mapped[int | None] = mapped_column(ForeignKey("skill_certificate.id"))

    # step 3
    kind: Mapped[str | None] = mapped_column(String(24))
    subject: Mapped[str | None] = mapped_column(String(60))
    region_code: Mapped[str | None] = mapped_column(String(6))
    basis: Mapped[str | None] = mapped_column(String(20))  # household | residence | school | military | hkmt
    street: Mapped[str | None] = mapped_column(String(200))

    # step 4, the fields of the application form
    political_status: Mapped[str | None] = mapped_column(String(2))  # GB/T 4762
    household_place: Mapped[str | None] = mapped_column(String(60))
    birth_place: Mapped[str | None] = mapped_column(String(60))
    mailing_address: Mapped[str | None] = mapped_column(String(100))
    postcode: Mapped[str | None] = mapped_column(String(6))
    phone: Mapped[str | None] = mapped_column(String(20))
    major_category: Mapped[str | None] = mapped_column(String(20))  # normal | other
    employer: Mapped[str | None] = mapped_column(String(60))
    occupation: Mapped[str | None] = mapped_column(String(20))
    professional_title: Mapped[str | None] = mapped_column(String(20))
    delivery: Mapped[str | None] = mapped_column(String(10))  # pickup | post
    delivery_address: Mapped[str | None] = mapped_column(String(200))
    resume: Mapped[Any] = mapped_column(Json, default=list)  # rows {from, until, organisation, post, witness}
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    undertaking_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    undertaken_at: Mapped[datetime | None] = mapped_column(Moment)

    # what the person's data were when the number was given; a later change of name shows as a difference
    particulars: Mapped[Any | None] = mapped_column(Json)

    # confirmation and decision
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    declined_at: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)  # the legal limit of the decision
    paused_days: Mapped[int] = mapped_column(default=0, server_default="0")  # working days it stood still
    decided_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship()
    plan: Mapped[Plan] = relationship()
    authority: Mapped[Authority] = relationship()
    site: Mapped[Site | None] = relationship()
    instance: Mapped[ProcessInstance | None] = relationship()
    exam_certificate: Mapped[ExamCertificate | None] = relationship()
    putonghua: Mapped[PutonghuaCertificate | None] = relationship()
    enrolment: Mapped[Enrolment | None] = relationship()
    diploma: Mapped[Diploma | None] = relationship()
    degree: Mapped[Degree | None] = relationship()
    skill_certificate: Mapped[SkillCertificate | None] = relationship()
    photo: Mapped[StoredFile | None] = relationship(foreign_keys=[photo_id])
    undertaking: Mapped[StoredFile | None] = relationship(foreign_keys=[undertaking_id])

    @property
    def business_key(self) -> str:
        """The key under which its process runs."""
        return business_keys.write_key(business_keys.CASE, self.id)

    @property
    def applicant_name(self) -> str:
        """The name that it goes by: once it is confirmed, a later one of the person changes nothing."""
        if self.standing in (Standing.DRAFT, Standing.CONFIRMING):
            return self.person.name
        return str((self.particulars or {}).get("name") or self.person.name)

    def finish_step(self, step: str) -> None:
        """Count a step as filled in and valid; what was typed there has become its answers."""
        if step not in self.steps:
            self.steps = [*self.steps, step]
        self.forget_typed(step)

    def reopen_steps(self, *steps: str) -> None:
        """Mark steps as no longer valid; their answers stay."""
        self.steps = [step for step in self.steps if step not in steps]

    def keep_typed(self, step: str, values: dict[str, Any]) -> None:
        """Keep what was typed at a step that was left unfinished."""
        self.typed = {**(self.typed or {}), step: values}

    def forget_typed(self, step: str) -> None:
        """Drop what was typed at a step and not accepted."""
        self.typed = {name: values for name, values in (self.typed or {}).items() if name != step}


def select_drafts(person_id: int) -> Select[Application]:
    """The unfinished applications of a person; there is at most one."""
    return select(Application).where(
        Application.person_id == person_id,
        Application.registration_number.is_(None),
        Application.ended_at.is_(None),
        Application.standing == Standing.DRAFT,
    )


def select_registered(person_id: int) -> Select[Application]:
    """The applications of a person that have a number, the newest first."""
    return (
        select(Application)
        .where(Application.person_id == person_id, Application.registration_number.is_not(None))
        .order_by(Application.id.desc())
    )


def select_held_exams(person_id: int) -> Select[int | None]:
    """The exam certificates that applications of a person hold."""
    held = Application.live_exam_certificate_id
    return select(held).where(Application.person_id == person_id, held.is_not(None))


def select_by_number(number: str) -> Select[Application]:
    """Registered applications by their number or the document number of their holder, the newest first."""
    return (
        select(Application)
        .join(Person, Person.id == Application.person_id)
        .where(Application.registration_number.is_not(None))
        .where(or_(Application.registration_number == number, Person.document_number == number))
        .order_by(Application.id.desc())
    )


class RegistrationCounter(Model):
    """The last number given in a series, by the beginning of its numbers: YYMM."""

    __tablename__ = "registration_counter"

    period: Mapped[str] = mapped_column(String(4), primary_key=True)
    last: Mapped[int]


class MaterialFinding(Model):
    """What the clerk found of one material in one round."""

    __tablename__ = "material_finding"
    __table_args__ = (UniqueConstraint("application_id", "round", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    round: Mapped[int]
    key: Mapped[str] = mapped_column(String(40))
    verdict: Mapped[MaterialVerdict] = mapped_column(Word(MaterialVerdict, 12))
    reason: Mapped[str] = mapped_column(String(400), default="")


class Opinion(Model):
    """A written act of staff on an application: at the desk, in review, or the decision."""

    __tablename__ = "opinion"
    __table_args__ = (Index("ix_opinion_application", "application_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    stage: Mapped[str] = mapped_column(
        String(20)
    )  # confirmation | return | check | first | second | decision
    verdict: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text, default="")
    round: Mapped[int] = mapped_column(default=1)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    person: Mapped[Person] = relationship()


class RegisterAnswer(Model):
    """What an outside register answered about an application, kept with the raw answer."""

    __tablename__ = "register_answer"
    __table_args__ = (Index("ix_register_answer_application", "application_id", "register"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    register: Mapped[str] = mapped_column(
        String(30)
    )  # offence | criminal_record | restriction | certificate_history
    finding: Mapped[RegisterFinding] = mapped_column(Word(RegisterFinding, 12))
    request_key: Mapped[str] = mapped_column(String(120))
    raw: Mapped[str] = mapped_column(Text, default="")
    by_hand: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime] = mapped_column(Moment)
    stale: Mapped[bool] = mapped_column(default=False)


class Certificate(Model):
    """A teacher's certificate that Zige gave a number to."""

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("authority_id", "year", "serial"),
        UniqueConstraint("application_id"),
        Index("ix_certificate_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    number: Mapped[str] = mapped_column(String(17))
    year: Mapped[int]
    serial: Mapped[int]
    kind: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(60))
    issued_at: Mapped[datetime] = mapped_column(Moment)
    spoiled: Mapped[int] = mapped_column(default=0)  # blank certificates spoiled in printing
    printed_at: Mapped[datetime | None] = mapped_column(Moment)
    handed_over_at: Mapped[datetime | None] = mapped_column(Moment)
    handed_over_to: Mapped[str | None] = mapped_column(String(120))
    tracking_number: Mapped[str | None] = mapped_column(String(40))
    archive_number: Mapped[str | None] = mapped_column(String(40))

    application: Mapped[Application] = relationship()
    person: Mapped[Person] = relationship()
    authority: Mapped[Authority] = relationship()


class CertificateCounter(Model):
    """The last serial that an authority gave in a year; its row lock orders the deciders."""

    __tablename__ = "certificate_counter"

    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
