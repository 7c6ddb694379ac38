"""修改: what an applicant changes of a registered application waits here until all of it can be saved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from handlers.apply.choices.exam_routes import CERTIFICATE_INPUTS
from handlers.apply.choices.record_cards import short_kind_name
from handlers.apply.forms import change_authority
from handlers.apply.forms.wizard_steps import STEPS, TITLES, WizardStep
from handlers.entry import row_numbers
from models import db
from models.base import codes
from models.cases.applications import Application
from models.cases.credentials import ExamCertificate
from translations import gettext, lazy_gettext

TYPED_KEY = "changing"  # where it waits among what was typed
PARTS = ("identity", "authority", "details")
NOTHING_PENDING: dict[str, Any] = {"typed": {}, "ready": [], "open": [], "cleared_for": [], "pictures": {}}
CLEARED_FIELDS = (
    lazy_gettext("资格种类"),
    lazy_gettext("任教学科"),
    lazy_gettext("普通话证书"),
    lazy_gettext("确认点"),
)


@dataclass(frozen=True, kw_only=True)
class PendingChanges:
    """What was typed into the parts, and what of it is valid but not saved yet."""

    typed: Mapping[str, Mapping[str, Any]]
    ready: tuple[str, ...]  # valid, saved with the rest
    open: tuple[str, ...]  # cleared, to be filled in before anything is saved
    cleared_for: tuple[str, Any]  # the exam route and certificate for which the rest was cleared
    pictures: Mapping[str, int]  # kind → file that waits to replace the present one


def read_pending(application: Application) -> PendingChanges:
    """What waits for an application."""
    kept = {**NOTHING_PENDING, **(application.typed or {}).get(TYPED_KEY, {})}
    route, certificate = [*kept["cleared_for"], None, None][:2]
    return PendingChanges(
        typed=kept["typed"],
        ready=tuple(kept["ready"]),
        open=tuple(kept["open"]),
        cleared_for=(route or "", certificate),
        pictures=kept["pictures"],
    )


def update_pending(application: Application, **values: Any) -> PendingChanges:
    """Let more wait; nothing of the application itself changes."""
    kept = {**NOTHING_PENDING, **(application.typed or {}).get(TYPED_KEY, {}), **values}
    application.keep_typed(TYPED_KEY, kept)
    return read_pending(application)


def keep_answers(application: Application, part: str, answers: Mapping[str, Any]) -> PendingChanges:
    """Keep what was typed into a part."""
    waiting = read_pending(application)
    typed = {name: value for name, value in answers.items() if name not in {"go", "revision"}}
    return update_pending(application, typed={**waiting.typed, part: typed})


def add_pictures(application: Application, pictures: Mapping[str, int]) -> None:
    """Let new pictures wait with the rest."""
    if pictures:
        update_pending(application, pictures={**read_pending(application).pictures, **pictures})


def find_signature(application: Application) -> int | None:
    """The signature that counts: the one that waits, else the one that is saved."""
    return read_pending(application).pictures.get("undertaking") or application.undertaking_id


def forget_saved(application: Application, parts: Collection[str]) -> None:
    """Some parts were saved; what was only typed into others stays, as nothing typed is lost."""
    waiting = read_pending(application)
    typed = {part: said for part, said in waiting.typed.items() if part not in parts}
    pictures = {} if "details" in parts else dict(waiting.pictures)
    discard_pending(application)
    if typed or pictures:
        update_pending(application, typed=typed, pictures=pictures)


def list_unsent_parts(application: Application) -> list[str]:
    """The titles of the parts that hold something typed, ready or not, that is not saved."""
    waiting = read_pending(application)
    held = {*waiting.typed, *waiting.ready, *(("details",) if waiting.pictures else ())}
    return [TITLES[part] for part in PARTS if part in held and part not in waiting.open]


def list_unsaved_parts(application: Application) -> list[str]:
    """The titles of all parts that wait, whether they are filled in or still to be."""
    return [*list_unsent_parts(application), *(title for _, title in list_open_parts(application))]


def discard_pending(application: Application) -> None:
    """Forget everything that waits."""
    application.forget_typed(TYPED_KEY)


def step_of(part: str) -> WizardStep:
    """The wizard's step behind a part; the authority is fixed, so its step has a form of its own."""
    return change_authority.STEP if part == "authority" else STEPS[part]


def values_of(application: Application, part: str) -> dict[str, Any]:
    """What the inputs of a part show: what waits, else what is saved."""
    waiting = read_pending(application)
    stored = {name: value for name, value in step_of(part).stored(application).items() if value is not None}
    return {**stored, **waiting.typed.get(part, {})}


def needs_clearing(application: Application, answers: Mapping[str, Any]) -> bool:
    """Whether these answers of step 2 ask for another kind or subject than the application has."""
    route, chosen = chosen_exam(answers)
    if (route, chosen) in {saved_exam(application), read_pending(application).cleared_for}:
        return False
    exam = db.session.get(ExamCertificate, chosen) if chosen else None
    if exam is not None and exam.person_id == application.person_id:
        return (exam.kind, exam.subject) != (application.kind, application.subject)
    return route == "other" and application.exam_route != "other"


def chosen_exam(answers: Mapping[str, Any]) -> tuple[str, Any]:
    """Exam route and certificate as they were chosen."""
    route = str(answers.get("exam_route") or "")
    chosen = str(answers.get(CERTIFICATE_INPUTS.get(route, ("", ""))[0]) or "")
    return route, int(chosen) if row_numbers.is_row_number(chosen) else None


def saved_exam(application: Application) -> tuple[str, Any]:
    """Exam route and certificate as they are saved."""
    return application.exam_route or "", application.exam_certificate_id


def list_cleared_fields(application: Application) -> list[tuple[str, str, str]]:
    """What depends on the exam route and its certificate: what it is now, and what becomes of it."""
    _, chosen = chosen_exam(read_pending(application).typed.get("identity", {}))
    exam = db.session.get(ExamCertificate, chosen) if chosen else None
    follows = (
        (short_kind_name(exam.kind), exam.subject) if exam else (gettext("重新选择"), gettext("重新选择"))
    )
    spoken = application.putonghua
    now = (
        short_kind_name(application.kind),
        application.subject or "",
        codes.PUTONGHUA_LEVELS.get(spoken.level, gettext("免测")) if spoken else "",
        application.site.name if application.site else "",
    )
    return list(zip(CLEARED_FIELDS, now, (*follows, gettext("重新选择"), gettext("重新选择")), strict=True))


def undo_clearing(application: Application) -> None:
    """The saved certificate was chosen again: nothing is cleared any more."""
    waiting = read_pending(application)
    typed = {part: said for part, said in waiting.typed.items() if part != "authority"}
    ready = [part for part in waiting.ready if part == "details"]
    update_pending(application, typed=typed, ready=ready, open=[], cleared_for=[])


def clear_dependents(application: Application) -> None:
    """Clear what depends on the chosen certificate; it is to be filled in again before anything is saved."""
    waiting = read_pending(application)
    identity = {**waiting.typed.get("identity", {}), "putonghua": ""}
    authority = {**waiting.typed.get("authority", {}), "kind": "", "subject": "", "site": ""}
    update_pending(
        application,
        typed={**waiting.typed, "identity": identity, "authority": authority},
        ready=[part for part in waiting.ready if part == "details"],
        open=["identity", "authority"],
        cleared_for=list(chosen_exam(identity)),
    )


def list_open_parts(application: Application) -> list[tuple[str, str]]:
    """The parts that have to be filled in again, with their titles."""
    return [(part, TITLES[part]) for part in PARTS if part in read_pending(application).open]
