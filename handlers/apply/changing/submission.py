"""Saving a change of a registered application: all its parts in one act, valid as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, cast

from flask import g
from marshmallow import ValidationError

from domain.cases import exam_reservations, revisions
from domain.rules import requirements
from handlers.apply.changing.pending_changes import (
    PARTS,
    PendingChanges,
    forget_saved,
    read_pending,
    step_of,
    update_pending,
)
from handlers.apply.choices.exam_routes import CERTIFICATE_INPUTS
from handlers.apply.forms import change_authority
from handlers.apply.forms.wizard_steps import Problems, WizardStep, judge_answers, judge_readable
from handlers.page.formfields import flatten_errors
from models import db
from models.base import codes
from models.base.errors import DomainError, Invalid
from models.cases.applications import Application
from models.cases.refusals import CertificateNotUsable
from models.persons.files import select_own_file
from models.processes.instances import WorkItem
from translations import gettext, lazy_gettext
from workflows.forms import FormContext


class PartRefused(Invalid):
    """One part of the submission is refused, by field."""

    sentence = lazy_gettext("有一部分填写的内容有误，请按提示修改。")

    def __init__(self, part: str, fields: Mapping[str, Any]) -> None:
        super().__init__(dict(flatten_errors(fields)))
        self.part = part


class _PartsStillOpen(Exception):
    """Everything was valid so far, but something else has to be filled in first."""


def build_case(application: Application, moment: datetime) -> FormContext:
    """The circumstances that the forms of the wizard ask for; there is no work item behind a change."""
    item = cast(WorkItem, None)
    return FormContext(instance=application.instance, item=item, actor=g.principal.person_id, now=moment)


def submit_part(application: Application, part: str, moment: datetime) -> bool:
    """Take a part as it was typed: saved at once when nothing else is open, else it waits for the rest.

    Answers whether it was saved.
    """
    waiting = read_pending(application)
    still_open = [one for one in waiting.open if one != part]
    parts = [one for one in PARTS if one == part or one in waiting.ready]
    try:
        with db.session.begin_nested():
            _save_parts(application, parts, moment)
            if still_open:
                raise _PartsStillOpen
    except _PartsStillOpen:
        update_pending(application, ready=[*waiting.ready, part], open=still_open)
        return False
    forget_saved(application, parts)
    return True


def find_problems(application: Application, part: str, moment: datetime) -> dict[str, Any]:
    """What stands against a part as it was typed, where it cannot be saved anyway; nothing is kept."""
    step, waiting = step_of(part), read_pending(application)
    typed = waiting.typed.get(part, {})
    return _find_missing(step, application, waiting) | judge_answers(
        step, build_case(application, moment), typed
    )


def _save_parts(application: Application, parts: list[str], moment: datetime) -> None:
    actor = g.principal.person_id
    with revisions.record_changes(application, actor=actor, at=moment), db.session.no_autoflush:
        apply_parts(application, parts, moment)
        _check_whole(application, parts)
        _move_reservation(application, moment)


def apply_parts(application: Application, parts: list[str], moment: datetime) -> None:
    """Write the answers of some parts into the application, as the wizard's own steps do."""
    case, waiting = build_case(application, moment), read_pending(application)
    steps = list(application.steps)
    if "authority" in waiting.open and "authority" not in parts:
        application.kind = application.subject = None  # cleared; step 2 may say them again
    for part in parts:
        _apply_part(case, application, part, waiting)
    application.steps = steps
    if "details" in parts:
        _attach_pictures(application, waiting.pictures, moment)


def _apply_part(case: FormContext, application: Application, part: str, waiting: PendingChanges) -> None:
    step = step_of(part)
    typed = {**waiting.typed.get(part, {}), "go": "next"}
    try:
        answers = step.schema().load(typed)
    except ValidationError as error:
        readable = error.valid_data if isinstance(error.valid_data, dict) else {}
        besides = _find_missing(step, application, waiting) | judge_readable(step, case, readable)
        raise PartRefused(part, besides | error.normalized_messages()) from None
    try:
        if part == "identity" and answers["exam_route"] == "other":
            _preset_kind(application, waiting)
        problems = Problems()
        problems.found |= _find_missing(step, application, waiting)
        with problems.gathered():
            step.accept(case, application, answers)
        problems.refuse()
    except Invalid as error:
        raise PartRefused(part, error.fields) from None


def _preset_kind(application: Application, waiting: PendingChanges) -> None:
    # Which Putonghua level is asked depends on the kind, which step 3 says when there is no certificate.
    typed = waiting.typed.get("authority", {})
    if typed.get("kind") in codes.KINDS and typed.get("subject"):
        application.kind, application.subject = typed["kind"], typed["subject"]


def _find_missing(
    step: WizardStep, application: Application, waiting: PendingChanges
) -> dict[str, list[str]]:
    found = step.refuse_besides(application)
    return {name: said for name, said in found.items() if name not in waiting.pictures}


def _attach_pictures(application: Application, pictures: Mapping[str, int], moment: datetime) -> None:
    for kind, number in pictures.items():
        if db.session.scalar(select_own_file(number, application.person_id)) is not None:
            setattr(application, f"{kind}_id", number)
    if "undertaking" in pictures:
        application.undertaken_at = moment


def _move_reservation(application: Application, moment: datetime) -> None:
    try:
        exam_reservations.move_reservation(application, moment)
    except CertificateNotUsable as refusal:
        raise PartRefused("identity", {_kind_field(application): [refusal.sentence]}) from None


def _check_whole(application: Application, parts: list[str]) -> None:
    """What no single step sees: the plan takes the kind, the authority the place, and the levels fit."""
    if application.kind is None:
        return  # it is still to be chosen, and nothing is saved before
    if application.kind not in application.plan.kinds:
        raise PartRefused(
            _kind_part(application), {_kind_field(application): [_why_kind_refused(application)]}
        )
    if "authority" in parts and not change_authority.is_fitting(application):
        raise PartRefused("authority", {"county": [change_authority.why_unfitting(application)]})
    if "authority" in read_pending(application).open and "authority" not in parts:
        return
    _check_rules(application)


def _check_rules(application: Application) -> None:
    """The rules as they are now, each at the field of step 2 that it is about."""
    schooling = "enrolment" if application.at_school else "diploma"
    checks = (
        (_kind_field(application), requirements.check_route),
        ("putonghua", requirements.check_putonghua),
        (schooling, requirements.check_enrolment),
        (schooling, requirements.check_education),
    )
    for field, check in checks:
        try:
            check(application)
        except DomainError as refusal:
            part = "authority" if field == "kind" else "identity"
            raise PartRefused(part, {field: [refusal.sentence]}) from None


def _kind_part(application: Application) -> str:
    return "authority" if application.exam_route == "other" else "identity"


def _kind_field(application: Application) -> str:
    return CERTIFICATE_INPUTS.get(application.exam_route or "", ("kind", ""))[0]


def _why_kind_refused(application: Application) -> str:
    kind = codes.KINDS.get(application.kind or "", gettext("这一种类"))
    return gettext(
        "%(name)s本批次不受理%(kind)s。要向其他机构申请的，请先撤回，再重新报名",
        name=application.authority.name,
        kind=kind,
    )


@contextmanager
def preview_changes(application: Application, moment: datetime) -> Iterator[None]:
    """The application as it will be with what waits; nothing of it is written."""
    with db.session.no_autoflush:
        waiting = read_pending(application)
        with suppress(DomainError):  # what is valid no longer is told when the part is sent
            apply_parts(application, [part for part in PARTS if part in waiting.ready], moment)
        yield
    db.session.rollback()
