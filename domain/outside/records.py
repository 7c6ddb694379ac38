"""A person's records from the outside registers, in two halves: `ask_…` speaks with a register and touches
no database, `keep_…` writes what came into the caller's transaction.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, TypeVar

from flask_babel import lazy_gettext
from sqlalchemy import select

from connectors import registers as asking
from domain import outside
from models import db
from models.applications import Certificate
from models.credentials import Degree, Diploma, Enrolment, ExamCertificate, PutonghuaCertificate
from models.database import writing
from models.errors import DomainError, NotFound
from models.people import Person
from workflows.clock import LOCAL, now

Holder = asking.Holder
R = TypeVar("R")


class RegisterDown(DomainError):
    """A register that gives no answer."""

    code = "unavailable"
    status = 503
    sentence = lazy_gettext("核验库暂时无法连接，已填内容没有丢失，请稍后重试。")


class AlreadySynced(DomainError):
    """The enrolment was synchronised before; it succeeds once."""

    code = "already_synced"
    sentence = lazy_gettext("学籍已经同步过，不能再次同步；信息有误的，请用“补充数据”填写。")


class HolderChanged(DomainError):
    """A person whose name or number was changed while a register was asked about them."""

    code = "holder_changed"
    sentence = lazy_gettext("核验期间，您的姓名或者证件号码有变化，核验结果没有保存，请重新核验。")


@dataclass(frozen=True, kw_only=True)
class Exams:
    """What the two registers of exams gave; `down` names those that gave no answer."""

    records: tuple[tuple[str, Any], ...]  # (route, certificate)
    down: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Holding:
    """The teacher certificates of a person as rows; `down`: the register did not answer."""

    rows: tuple[dict[str, Any], ...]
    down: bool


def holder_of(person_id: int) -> Holder:
    """Whom to ask about, read in a transaction that is over when this returns."""
    before = writing.get()
    writing.set(False)
    try:
        return _holder(db.session.get(Person, person_id))
    finally:
        db.session.rollback()
        writing.set(before)


def lock_holder(person_id: int, asked: Holder) -> Person:
    """The person, locked until the transaction ends; refused unless they are still whom one asked about.

    An account may be handed over, or its number freed, while a slow register answers about the former holder.
    """
    person = db.session.get_one(Person, person_id, populate_existing=True, with_for_update=True)
    if person.disabled_at is not None or person.document_number is None or _holder(person) != asked:
        raise HolderChanged
    return person


def _holder(person: Person | None) -> Holder:
    if person is None or person.document_number is None:
        raise NotFound
    kind = person.document_kind or "resident_id"
    return Holder(document_kind=kind, document_number=person.document_number, name=person.name)


def ask_exams(holder: Holder) -> Exams:
    """Both registers of exams at the same time; one may answer without the other."""
    clients = outside.registers()
    routes: dict[str, Callable[..., asking.Answer[Any]]] = {
        "national_exam": clients.exams.ask,
        "normal_student": clients.normal_students.ask,
    }
    found: list[tuple[str, Any]] = []
    down: list[str] = []
    # Whoever waits, waits for the slower one only; the threads know the clients, neither app nor database.
    with ThreadPoolExecutor(len(routes)) as threads:
        answers = {route: threads.submit(partial(_asked, ask, holder)) for route, ask in routes.items()}
    for route, answer in answers.items():
        try:
            found += [(route, one) for one in answer.result().records]
        except RegisterDown:
            down.append(route)
    return Exams(records=tuple(found), down=tuple(down))


def keep_exams(person_id: int, exams: Exams) -> None:
    """Add and renew what came; a number that is another account's already is left alone."""
    at = now()  # read before a row is half written: the clock asks the database
    for route, one in exams.records:
        known = select(ExamCertificate).where(
            ExamCertificate.route == route, ExamCertificate.number == one.number
        )
        row = db.session.scalar(known)
        if row is None:
            row = ExamCertificate(person_id=person_id, route=route, number=one.number)
            db.session.add(row)
        if row.person_id == person_id:
            row.kind, row.subject, row.school = one.kind, one.subject, getattr(one, "school", "")
            row.issued_on, row.valid_until, row.used = one.issued_on, one.valid_until, one.used
            row.synced_at = at
    db.session.flush()


def ask_putonghua(holder: Holder, number: str) -> asking.PutonghuaCertificate | None:
    """The certificate when name, document and number all agree."""
    return _first(_asked(outside.registers().putonghua.ask, holder, number))


def keep_putonghua(person_id: int, one: asking.PutonghuaCertificate) -> None:
    """Keep a verified certificate; one that was typed by hand before becomes verified."""
    row = _row(PutonghuaCertificate, person_id, one.number)
    row.source, row.level, row.score = "verified", one.level, one.score
    row.tested_on, row.issuer = one.tested_on, one.issuer
    db.session.add(row)


def ask_enrolments(holder: Holder) -> tuple[asking.Enrolment, ...]:
    """Where the person studies; more than one means that they choose."""
    return _asked(outside.registers().enrolments.ask, holder).records


def mark(one: asking.Enrolment) -> str:
    """A short name for an enrolment, by which a choice is found again when the register is asked anew."""
    return hashlib.sha256(f"{one.school}|{one.major}|{one.level}|{one.entered_on}".encode()).hexdigest()[:16]


def keep_enrolment(person_id: int, one: asking.Enrolment) -> None:
    """Keep the synchronised enrolment: once, and never again."""
    if synced_enrolment(person_id) is not None:
        raise AlreadySynced
    row = Enrolment(person_id=person_id, source="synced", created_at=now())
    row.school, row.major, row.level = one.school, one.major, one.level
    row.study_form, row.status = one.study_form, one.status
    row.entered_on, row.expected_graduation = one.entered_on, one.expected_graduation
    db.session.add(row)


def synced_enrolment(person_id: int) -> int | None:
    """The id of the enrolment that was synchronised, if one was."""
    own = select(Enrolment.id).where(Enrolment.person_id == person_id, Enrolment.source == "synced")
    return db.session.scalar(own)


def ask_diploma(holder: Holder, number: str) -> asking.Diploma | None:
    """The diploma when it is the person's."""
    return _first(_asked(outside.registers().diplomas.ask, holder, number))


def keep_diploma(person_id: int, one: asking.Diploma) -> None:
    """Keep a verified diploma."""
    row = _row(Diploma, person_id, one.number)
    row.source, row.school, row.major, row.level = "verified", one.school, one.major, one.level
    row.study_form, row.graduated_on = one.study_form, one.graduated_on
    db.session.add(row)


def ask_degree(holder: Holder, number: str) -> asking.Degree | None:
    """The degree when it is the person's."""
    return _first(_asked(outside.registers().degrees.ask, holder, number))


def keep_degree(person_id: int, one: asking.Degree) -> None:
    """Keep a verified degree."""
    row = _row(Degree, person_id, one.number)
    row.source, row.name, row.school, row.awarded_on = "verified", one.name, one.school, one.awarded_on
    db.session.add(row)


def certificates_of(person_id: int) -> Holding:
    """The teacher certificates that were granted here and those that the register knows, the newest first."""
    holder = holder_of(person_id)
    try:
        told = _asked(outside.registers().certificate_history.ask, holder).records
    except RegisterDown:
        told, down = (), True
    else:
        down = False
    granted = db.session.scalars(select(Certificate).where(Certificate.person_id == person_id)).all()
    rows = {one.number: _told_row(one) for one in told} | {one.number: _own_row(one) for one in granted}
    newest = sorted(rows.values(), key=lambda row: row["granted_on"], reverse=True)
    return Holding(rows=tuple(newest), down=down)


def _asked(ask: Callable[..., asking.Answer[R]], holder: Holder, *more: str) -> asking.Answer[R]:
    try:
        return ask(holder, *more, request_id=secrets.token_hex(16))
    except asking.OutsideError as error:
        raise RegisterDown from error


def _first(answer: asking.Answer[R]) -> R | None:
    return answer.records[0] if answer.code == "MATCH" and answer.records else None


def _row(model: Any, person_id: int, number: str) -> Any:
    known = db.session.scalar(select(model).where(model.person_id == person_id, model.number == number))
    return known or model(person_id=person_id, number=number, created_at=now())


def _told_row(one: asking.TeacherCertificate) -> dict[str, Any]:
    row = {"number": one.number, "kind": one.kind, "subject": one.subject, "authority": one.authority}
    return row | {"granted_on": one.granted_on, "state": one.state}


def _own_row(one: Certificate) -> dict[str, Any]:
    granted: date = one.issued_at.astimezone(LOCAL).date()
    row = {"number": one.number, "kind": one.kind, "subject": one.subject, "authority": one.authority.name}
    return row | {"granted_on": granted, "state": "valid"}


Held = tuple[asking.TeacherCertificate, ...]


def ask_held(person_id: int) -> Held:
    """The valid certificates of a person; no answer counts as none here, as the review asks again.

    No transaction may be open.
    """
    holder = holder_of(person_id)
    try:
        answer = outside.registers().certificate_history.ask(holder, request_id=secrets.token_hex(16))
    except asking.OutsideError:
        return ()
    return tuple(record for record in answer.records if record.state == "valid")
