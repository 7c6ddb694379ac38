"""修改: what an applicant changes of a registered application waits here until all of it is valid, and is
saved in one act.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import g
from marshmallow import ValidationError
from sqlalchemy import select

from handlers.apply.forms import place
from handlers.apply.forms.identity import ROUTES
from handlers.apply.forms.step import STEPS, TITLES, Step
from handlers.apply.records import kind_short
from handlers.services import eligibility, exams, revisions
from models import codes, db
from models.applications import Application
from models.credentials import ExamCertificate
from models.errors import DomainError, Invalid
from models.files import StoredFile
from models.process import WorkItem
from models.refusals import CertificateNotUsable
from workflows.forms import Case

KEY = "changing"  # where it waits among what was typed
PARTS = ("identity", "authority", "details")
EMPTY: dict[str, Any] = {"typed": {}, "ready": [], "open": [], "cleared_for": [], "pictures": {}}
CLEARED = ("资格种类", "任教学科", "普通话证书", "确认点")


class PartRefused(Invalid):
    """有一部分填写的内容有误，请按提示修改。"""

    def __init__(self, part: str, fields: Mapping[str, Any]) -> None:
        super().__init__(fields)
        self.part = part


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What was typed into the parts, and what of it is valid but not saved yet."""

    typed: Mapping[str, Mapping[str, Any]]
    ready: tuple[str, ...]  # valid, saved with the rest
    open: tuple[str, ...]  # cleared, to be filled in before anything is saved
    cleared_for: tuple[str, Any]  # the exam route and certificate for which the rest was cleared
    pictures: Mapping[str, int]  # kind → file that waits to replace the present one


def of(application: Application) -> Waiting:
    """What waits for an application."""
    kept = {**EMPTY, **(application.typed or {}).get(KEY, {})}
    route, certificate = [*kept["cleared_for"], None, None][:2]
    return Waiting(
        typed=kept["typed"],
        ready=tuple(kept["ready"]),
        open=tuple(kept["open"]),
        cleared_for=(route or "", certificate),
        pictures=kept["pictures"],
    )


def keep(application: Application, **values: Any) -> Waiting:
    """Let more wait; nothing of the application itself changes."""
    kept = {**EMPTY, **(application.typed or {}).get(KEY, {}), **values}
    application.keep_typed(KEY, kept)
    return of(application)


def remember(application: Application, part: str, answers: Mapping[str, Any]) -> Waiting:
    """Keep what was typed into a part."""
    waiting = of(application)
    typed = {name: value for name, value in answers.items() if name not in {"go", "revision"}}
    return keep(application, typed={**waiting.typed, part: typed})


def discard(application: Application) -> None:
    """Forget everything that waits."""
    application.forget_typed(KEY)


def case_of(application: Application, moment: datetime) -> Case:
    """The circumstances that the forms of the wizard ask for; there is no work item behind a change."""
    item = cast(WorkItem, None)
    return Case(instance=application.instance, item=item, actor=g.principal.person_id, now=moment)


def step_of(part: str) -> Step:
    """The wizard's step behind a part; the authority is fixed, so its step has a form of its own."""
    return place.STEP if part == "authority" else STEPS[part]


def values_of(application: Application, part: str) -> dict[str, Any]:
    """What the inputs of a part show: what waits, else what is saved."""
    waiting = of(application)
    stored = {name: value for name, value in step_of(part).stored(application).items() if value is not None}
    return {**stored, **waiting.typed.get(part, {})}


def clears(application: Application, answers: Mapping[str, Any]) -> bool:
    """Whether these answers of step 2 ask for another kind or subject than the application has."""
    route, chosen = choice_of(answers)
    if (route, chosen) in {choice_now(application), of(application).cleared_for}:
        return False
    exam = db.session.get(ExamCertificate, chosen) if chosen else None
    if exam is not None and exam.person_id == application.person_id:
        return (exam.kind, exam.subject) != (application.kind, application.subject)
    return route == "other" and application.exam_route != "other"


def choice_of(answers: Mapping[str, Any]) -> tuple[str, Any]:
    """Exam route and certificate as they were chosen."""
    route = str(answers.get("exam_route") or "")
    chosen = str(answers.get(ROUTES.get(route, ("", ""))[0]) or "")
    return route, int(chosen) if chosen.isdigit() else None


def choice_now(application: Application) -> tuple[str, Any]:
    """Exam route and certificate as they are saved."""
    return application.exam_route or "", application.exam_certificate_id


def to_clear(application: Application) -> list[tuple[str, str, str]]:
    """What depends on the exam route and its certificate: what it is now, and what becomes of it."""
    _, chosen = choice_of(of(application).typed.get("identity", {}))
    exam = db.session.get(ExamCertificate, chosen) if chosen else None
    follows = (kind_short(exam.kind), exam.subject) if exam else ("重新选择", "重新选择")
    spoken = application.putonghua
    now = (
        kind_short(application.kind),
        application.subject or "",
        codes.PUTONGHUA_LEVELS.get(spoken.level, "免测") if spoken else "",
        application.site.name if application.site else "",
    )
    return list(zip(CLEARED, now, (*follows, "重新选择", "重新选择"), strict=True))


def restore(application: Application) -> None:
    """The saved certificate was chosen again: nothing is cleared any more."""
    waiting = of(application)
    typed = {part: said for part, said in waiting.typed.items() if part != "authority"}
    ready = [part for part in waiting.ready if part == "details"]
    keep(application, typed=typed, ready=ready, open=[], cleared_for=[])


def clear(application: Application) -> None:
    """Clear what depends on the chosen certificate; it is to be filled in again before anything is saved."""
    waiting = of(application)
    identity = {**waiting.typed.get("identity", {}), "putonghua": ""}
    authority = {**waiting.typed.get("authority", {}), "kind": "", "subject": "", "site": ""}
    keep(
        application,
        typed={**waiting.typed, "identity": identity, "authority": authority},
        ready=[part for part in waiting.ready if part == "details"],
        open=["identity", "authority"],
        cleared_for=list(choice_of(identity)),
    )


def offer(application: Application, part: str, moment: datetime) -> bool:
    """Take a part as it was typed: saved at once when nothing else is open, else it waits for the rest.

    Answers whether it was saved.
    """
    waiting = of(application)
    still_open = [one for one in waiting.open if one != part]
    parts = [one for one in PARTS if one == part or one in waiting.ready]
    try:
        with db.session.begin_nested():
            _save(application, parts, moment)
            if still_open:
                raise _Rehearsed
    except _Rehearsed:
        keep(application, ready=[*waiting.ready, part], open=still_open)
        return False
    discard(application)
    return True


def _save(application: Application, parts: list[str], moment: datetime) -> None:
    actor = g.principal.person_id
    with revisions.changing(application, actor=actor, at=moment), db.session.no_autoflush:
        fill(application, parts, moment)
        _check_whole(application, parts)
        _move(application, moment)


def fill(application: Application, parts: list[str], moment: datetime) -> None:
    """Write the answers of some parts into the application, as the wizard's own steps do."""
    case, waiting = case_of(application, moment), of(application)
    steps = list(application.steps)
    if "authority" in waiting.open and "authority" not in parts:
        application.kind = application.subject = None  # cleared; step 2 may say them again
    for part in parts:
        _fill(case, application, part, waiting)
    application.steps = steps
    if "details" in parts:
        _hang(application, waiting.pictures, moment)


def _fill(case: Case, application: Application, part: str, waiting: Waiting) -> None:
    step = step_of(part)
    typed = {**waiting.typed.get(part, {}), "go": "next"}
    try:
        answers = step.schema().load(typed)
        if part == "identity" and answers["exam_route"] == "other":
            _lead(application, waiting)
        if lacks := _lacks(step, application, waiting):
            raise Invalid(lacks)
        step.accept(case, application, answers)
    except ValidationError as error:
        raise PartRefused(part, error.normalized_messages()) from None
    except Invalid as error:
        raise PartRefused(part, error.fields) from None


def _lead(application: Application, waiting: Waiting) -> None:
    # Which Putonghua level is asked depends on the kind, which step 3 says when there is no certificate.
    typed = waiting.typed.get("authority", {})
    if typed.get("kind") in codes.KINDS and typed.get("subject"):
        application.kind, application.subject = typed["kind"], typed["subject"]


def _lacks(step: Step, application: Application, waiting: Waiting) -> dict[str, list[str]]:
    found = step.lacks(application)
    return {name: said for name, said in found.items() if name not in waiting.pictures}


def _hang(application: Application, pictures: Mapping[str, int], moment: datetime) -> None:
    for kind, number in pictures.items():
        own = select(StoredFile.id).where(
            StoredFile.id == number, StoredFile.person_id == application.person_id
        )
        if db.session.scalar(own) is not None:
            setattr(application, f"{kind}_id", number)
    if "undertaking" in pictures:
        application.undertaken_at = moment


def _move(application: Application, moment: datetime) -> None:
    try:
        exams.move(application, moment)
    except CertificateNotUsable as refusal:
        raise PartRefused("identity", {_kind_field(application): [refusal.sentence]}) from None


def _check_whole(application: Application, parts: list[str]) -> None:
    """What no single step sees: the plan takes the kind, the authority the place, and the levels fit."""
    if application.kind is None:
        return  # it is still to be chosen, and nothing is saved before
    if application.kind not in application.plan.kinds:
        raise PartRefused(_kind_part(application), {_kind_field(application): [_not_taken(application)]})
    if "authority" in parts and not place.is_fitting(application):
        raise PartRefused("authority", {"county": [place.unfitting(application)]})
    if "authority" in of(application).open and "authority" not in parts:
        return
    try:
        eligibility.check_putonghua(application)
    except DomainError as refusal:
        raise PartRefused("identity", {"putonghua": [refusal.sentence]}) from None


def _kind_part(application: Application) -> str:
    return "authority" if application.exam_route == "other" else "identity"


def _kind_field(application: Application) -> str:
    return ROUTES.get(application.exam_route or "", ("kind", ""))[0]


def _not_taken(application: Application) -> str:
    kind = codes.KINDS.get(application.kind or "", "这一种类")
    return f"{application.authority.name}本批次不受理{kind}。要向其他机构申请的，请先撤回，再重新报名"


@contextmanager
def rehearsed(application: Application, moment: datetime) -> Iterator[None]:
    """The application as it will be with what waits; nothing of it is written."""
    with db.session.no_autoflush:
        waiting = of(application)
        with suppress(DomainError):  # what is valid no longer is told when the part is sent
            fill(application, [part for part in PARTS if part in waiting.ready], moment)
        yield
    db.session.rollback()


def missing(application: Application) -> list[tuple[str, str]]:
    """The parts that have to be filled in again, with their titles."""
    return [(part, TITLES[part]) for part in PARTS if part in of(application).open]


class _Rehearsed(Exception):
    """Everything was valid so far, but something else has to be filled in first."""
