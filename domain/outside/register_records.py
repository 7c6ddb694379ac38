"""A person's records from the outside registers, in two halves: `ask_…` speaks with a register and touches
no database, `keep_…` writes what came into the caller's transaction.
"""

from __future__ import annotations

import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import select

from connectors import registers as asking
from domain import outside
from domain.outside import exchanges
from models import db
from models.base.database import writing
from models.base.errors import DomainError, NotFound
from models.cases.applications import Certificate
from models.cases.credentials import (
    Degree,
    Diploma,
    Enrolment,
    ExamCertificate,
    PutonghuaCertificate,
)
from models.cases.states import RecordSource
from models.persons.people import Person
from translations import lazy_gettext
from workflows.clock import LOCAL, now

Holder = asking.DocumentHolder
R = TypeVar("R")
Ended = asking.RegisterReply[Any] | asking.OutsideError


class RegisterDown(DomainError):
    """A register that gives no answer."""

    code = "unavailable"
    status = 503
    sentence = lazy_gettext("核验库暂时无法连接，已填内容没有丢失，请稍后重试。")


class RegisterResting(RegisterDown):
    """A register that is not asked for a while, as it gave no answer several times in a row."""

    sentence = lazy_gettext(
        "核验库刚才连续多次没有应答，系统暂停半分钟后再连接，已填内容没有丢失，请过一会儿重试。"
    )


class AlreadySynced(DomainError):
    """The enrolment was synchronised before; it succeeds once."""

    code = "already_synced"
    sentence = lazy_gettext("学籍已经同步过，不能再次同步；信息有误的，请用“补充数据”填写。")


class HolderChanged(DomainError):
    """A person whose name or number was changed while a register was asked about them."""

    code = "holder_changed"
    sentence = lazy_gettext("核验期间，您的姓名或者证件号码有变化，核验结果没有保存，请重新核验。")


@dataclass(frozen=True, kw_only=True)
class ExamRecords:
    """What the two registers of exams gave; `down` names those that gave no answer."""

    records: tuple[tuple[str, Any], ...]  # (route, certificate)
    down: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CertificateRecords:
    """The teacher certificates of a person as rows; `down`: the register did not answer."""

    rows: tuple[dict[str, Any], ...]
    down: bool


def read_holder(person_id: int) -> Holder:
    """Whom to ask about, read in a transaction that is over when this returns."""
    before = writing.get()
    writing.set(False)
    try:
        return _build_holder(db.session.get(Person, person_id))
    finally:
        db.session.rollback()
        writing.set(before)


def lock_holder(person_id: int, asked: Holder) -> Person:
    """The person, locked until the transaction ends; refused unless they are still whom one asked about.

    An account may be handed over, or its number freed, while a slow register answers about the former holder.
    """
    person = db.session.get_one(Person, person_id, populate_existing=True, with_for_update=True)
    if person.disabled_at is not None or person.document_number is None or _build_holder(person) != asked:
        raise HolderChanged
    return person


def _build_holder(person: Person | None) -> Holder:
    if person is None or person.document_number is None:
        raise NotFound
    kind = person.document_kind or "resident_id"
    return Holder(document_kind=kind, document_number=person.document_number, name=person.name)


def ask_exams(holder: Holder) -> ExamRecords:
    """Both registers of exams at the same time; one may answer without the other."""
    clients = outside.get_registers()
    found: list[tuple[str, Any]] = []
    down: list[str] = []
    # Whoever waits, waits for the slower one only; the threads know the clients, neither app nor database.
    with ThreadPoolExecutor(len(outside.EXAM_REGISTERS)) as threads:
        answers = {
            route: threads.submit(_try_register, clients, name, holder)
            for route, name in outside.EXAM_REGISTERS.items()
        }
    for route, answer in answers.items():
        try:
            reply = _settle(outside.EXAM_REGISTERS[route], answer.result())
            found += [(route, one) for one in reply.records]
        except RegisterDown:
            down.append(route)
    return ExamRecords(records=tuple(found), down=tuple(down))


def keep_exams(person_id: int, exams: ExamRecords) -> None:
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


def ask_putonghua(holder: Holder, number: str) -> asking.PutonghuaRecord | None:
    """The certificate when name, document and number all agree."""
    return _first_match(_ask_register("putonghua", holder, number))


def keep_putonghua(person_id: int, one: asking.PutonghuaRecord) -> None:
    """Keep a verified certificate; one that was typed by hand before becomes verified."""
    row = _find_or_make_row(PutonghuaCertificate, person_id, one.number)
    row.source, row.level, row.score = "verified", one.level, one.score
    row.tested_on, row.issuer = one.tested_on, one.issuer
    db.session.add(row)


def ask_enrolments(holder: Holder) -> tuple[asking.EnrolmentRecord, ...]:
    """Where the person studies; more than one means that they choose."""
    return _ask_register("enrolments", holder).records


def enrolment_digest(one: asking.EnrolmentRecord) -> str:
    """A short name for an enrolment, by which a choice is found again when the register is asked anew."""
    return hashlib.sha256(f"{one.school}|{one.major}|{one.level}|{one.entered_on}".encode()).hexdigest()[:16]


def keep_enrolment(person_id: int, one: asking.EnrolmentRecord) -> None:
    """Keep the synchronised enrolment: once, and never again."""
    if find_synced_enrolment(person_id) is not None:
        raise AlreadySynced
    row = Enrolment(person_id=person_id, source=RecordSource.SYNCED, created_at=now())
    row.school, row.major, row.level = one.school, one.major, one.level
    row.study_form, row.status = one.study_form, one.status
    row.entered_on, row.expected_graduation = one.entered_on, one.expected_graduation
    db.session.add(row)


def find_synced_enrolment(person_id: int) -> int | None:
    """The id of the enrolment that was synchronised, if one was."""
    own = select(Enrolment.id).where(
        Enrolment.person_id == person_id, Enrolment.source == RecordSource.SYNCED
    )
    return db.session.scalar(own)


def ask_diploma(holder: Holder, number: str) -> asking.DiplomaRecord | None:
    """The diploma when it is the person's."""
    return _first_match(_ask_register("diplomas", holder, number))


def keep_diploma(person_id: int, one: asking.DiplomaRecord) -> None:
    """Keep a verified diploma."""
    row = _find_or_make_row(Diploma, person_id, one.number)
    row.source, row.school, row.major, row.level = "verified", one.school, one.major, one.level
    row.study_form, row.graduated_on = one.study_form, one.graduated_on
    db.session.add(row)


def ask_degree(holder: Holder, number: str) -> asking.DegreeRecord | None:
    """The degree when it is the person's."""
    return _first_match(_ask_register("degrees", holder, number))


def keep_degree(person_id: int, one: asking.DegreeRecord) -> None:
    """Keep a verified degree."""
    row = _find_or_make_row(Degree, person_id, one.number)
    row.source, row.name, row.school, row.awarded_on = "verified", one.name, one.school, one.awarded_on
    db.session.add(row)


def list_certificates(person_id: int) -> CertificateRecords:
    """The teacher certificates that were granted here and those that the register knows, the newest first."""
    holder = read_holder(person_id)
    try:
        told = _ask_register("certificate_history", holder).records
    except RegisterDown:
        told, down = (), True
    else:
        down = False
    granted = db.session.scalars(select(Certificate).where(Certificate.person_id == person_id)).all()
    rows = {one.number: _register_row(one) for one in told} | {
        one.number: _granted_row(one) for one in granted
    }
    newest = sorted(rows.values(), key=lambda row: row["granted_on"], reverse=True)
    return CertificateRecords(rows=tuple(newest), down=down)


def _ask_register(register: str, holder: Holder, *more: str) -> asking.RegisterReply[Any]:
    return _settle(register, _try_register(outside.get_registers(), register, holder, *more))


def _try_register(clients: outside.Registers, register: str, holder: Holder, *more: str) -> Ended:
    ask = getattr(clients, register).ask
    return exchanges.try_to_ask(partial(ask, holder, *more, request_id=secrets.token_hex(16)))


def _settle(register: str, ended: Ended) -> asking.RegisterReply[Any]:
    try:
        return exchanges.settle(register, ended)
    except asking.Resting as error:
        raise RegisterResting from error
    except asking.OutsideError as error:
        raise RegisterDown from error


def _first_match(answer: asking.RegisterReply[R]) -> R | None:
    return answer.records[0] if answer.code == "MATCH" and answer.records else None


def _find_or_make_row(model: Any, person_id: int, number: str) -> Any:
    known = db.session.scalar(select(model).where(model.person_id == person_id, model.number == number))
    return known or model(person_id=person_id, number=number, created_at=now())


def _register_row(one: asking.TeacherCertificateRecord) -> dict[str, Any]:
    row = {"number": one.number, "kind": one.kind, "subject": one.subject, "authority": one.authority}
    return row | {"granted_on": one.granted_on, "state": one.state}


def _granted_row(one: Certificate) -> dict[str, Any]:
    granted: date = one.issued_at.astimezone(LOCAL).date()
    row = {"number": one.number, "kind": one.kind, "subject": one.subject, "authority": one.authority.name}
    return row | {"granted_on": granted, "state": "valid"}


ValidCertificates = tuple[asking.TeacherCertificateRecord, ...]


def ask_valid_certificates(person_id: int) -> ValidCertificates:
    """The valid certificates of a person; no answer counts as none here, as the review asks again.

    No transaction may be open.
    """
    holder = read_holder(person_id)
    try:
        answer = _ask_register("certificate_history", holder)
    except RegisterDown:
        return ()
    return tuple(record for record in answer.records if record.state == "valid")
