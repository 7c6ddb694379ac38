"""Applications against their processes, their reservations, and what hangs on them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, and_, cast, exists, func, literal, or_, select

from domain.checking.rows import FoundRows, report_rows
from models import db
from models.base.business_keys import CASE, key_prefix
from models.cases.applications import Application, Certificate
from models.cases.materials import Material
from models.cases.notices import Notice
from models.cases.states import ENDED_STANDINGS, OVER_STANDINGS, Standing
from models.processes.instances import Job, ProcessInstance
from models.processes.states import UNFINISHED_JOBS, InstanceState, JobState
from workflows.definitions import contents

NUMBERED = Application.registration_number.is_not(None)
APPLICATION: Any = Application.__table__
LIVE = and_(
    NUMBERED,
    Application.standing.not_in((*OVER_STANDINGS, Standing.DECLINED)),
    Application.ended_at.is_(None),
)
PREFIX = key_prefix(CASE)
KEY = literal(PREFIX).concat(cast(Application.id, String))


def _check_processes() -> FoundRows:
    own = select(Application.id).join(ProcessInstance, ProcessInstance.id == Application.instance_id)
    lone = select(Application.id).where(NUMBERED, Application.instance_id.is_(None))
    yield from report_rows("no_process", Application, lone)
    other = own.where(func.coalesce(ProcessInstance.business_key, "") != KEY)
    yield from report_rows("other_process", Application, other)
    differing = own.where(
        ProcessInstance.public_state.is_not(None), Application.state != ProcessInstance.public_state
    )
    yield from report_rows("state", Application, differing)
    key = ProcessInstance.business_key
    running = select(key).where(ProcessInstance.state == InstanceState.ACTIVE, key.startswith(PREFIX))
    for found in db.session.scalars(running.where(_is_whole_case()).group_by(key).having(func.count() > 1)):
        yield "two_processes", f"process_instance {found}"


def _is_whole_case() -> Any:
    """The case as a whole; its parts may run under the same key."""
    entries = [service.entry for service in contents.list_services() if service.subject == CASE]
    return ProcessInstance.process_key.in_(entries)


def _check_numbers() -> FoundRows:
    early = Application.standing.in_((Standing.DRAFT, Standing.ABANDONED))
    yield from report_rows("number_missing", Application, select(Application.id).where(~NUMBERED, ~early))
    yield from report_rows("number_early", Application, select(Application.id).where(NUMBERED, early))


def _check_reservations() -> FoundRows:
    several = select(Application.person_id).where(LIVE).group_by(Application.person_id)
    for person in db.session.scalars(several.having(func.count() > 1).order_by(Application.person_id)):
        yield "two_live", f"person:{person}"
    person, exam = APPLICATION.c.live_person_id, APPLICATION.c.live_exam_certificate_id
    lost_person = func.coalesce(person, 0) != Application.person_id
    lost_exam = func.coalesce(exam, 0) != func.coalesce(Application.exam_certificate_id, 0)
    missing = select(Application.id).where(LIVE, or_(lost_person, lost_exam))
    yield from report_rows("reservation_missing", Application, missing)
    ended = or_(Application.standing.in_(ENDED_STANDINGS), Application.ended_at.is_not(None))
    kept = and_(or_(ended, ~NUMBERED), or_(person.is_not(None), exam.is_not(None)))
    after_grant = and_(Application.standing == Standing.GRANTED, person.is_not(None))
    stray = select(Application.id).where(or_(kept, after_grant))
    yield from report_rows("reservation_stray", Application, stray)


def _check_certificates() -> FoundRows:
    own = select(Certificate.id).join(Application, Application.id == Certificate.application_id)
    yield from report_rows(
        "certificate_stray", Certificate, own.where(Application.standing != Standing.GRANTED)
    )
    differs = or_(
        Certificate.person_id != Application.person_id, Certificate.authority_id != Application.authority_id
    )
    yield from report_rows("certificate_owner", Certificate, own.where(differs))
    without = ~exists().where(Certificate.application_id == Application.id)
    granted = select(Application.id).where(Application.standing == Standing.GRANTED, without)
    yield from report_rows("certificate_missing", Application, granted)


def _check_notices() -> FoundRows:
    whole = literal("notice:").concat(cast(Notice.id, String))
    keys = (whole, whole.concat(":sms"), whole.concat(":mail"))
    queued = exists().where(Job.key.in_(keys), Job.state.in_((*UNFINISHED_JOBS, JobState.DROPPED)))
    yield from report_rows("notice_lost", Notice, select(Notice.id).where(Notice.sent_at.is_(None), ~queued))


def _check_materials() -> FoundRows:
    versions = (func.min(Material.version) != 1) | (func.max(Material.version) != func.count())
    slot = (Material.application_id, Material.key)
    wrong = select(*slot).group_by(*slot).having(versions).order_by(*slot)
    for application, key in db.session.execute(wrong):
        yield "material_version", f"application:{application} {key}"


CHECKS = (
    _check_processes,
    _check_numbers,
    _check_reservations,
    _check_certificates,
    _check_notices,
    _check_materials,
)
