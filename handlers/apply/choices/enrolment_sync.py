"""同步学籍 from within the second step: asked before the transaction, kept once, never again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from domain.outside.records import register_records
from models import db
from models.base.errors import DomainError
from models.cases.applications import Application
from translations import lazy_gettext

NONE_FOUND = lazy_gettext(
    "学籍库中没有您的在读学籍。请先在学信网核对姓名和证件号码；核对无误仍没有的，请补充数据"
)
SEVERAL_FOUND = lazy_gettext("学籍库中有您的多条学籍，请点“同步学籍”，选择与本次申请一致的一条")


@dataclass(frozen=True, kw_only=True)
class FoundEnrolments:
    """What the register of students answered, or why it did not."""

    enrolments: tuple[Any, ...] = ()
    holder: register_records.Holder | None = None  # about whom it answered
    refusal: str = ""

    @property
    def to_choose(self) -> bool:
        """Whether the person must say which one is meant."""
        return len(self.enrolments) > 1


def ask_register(person_id: int) -> FoundEnrolments:
    """Ask the register; no transaction may be open."""
    try:
        holder = register_records.read_holder(person_id)
        found = register_records.ask_enrolments(holder)
    except DomainError as error:
        return FoundEnrolments(refusal=error.sentence)
    return FoundEnrolments(enrolments=tuple(found), holder=holder, refusal="" if found else NONE_FOUND)


def keep_enrolment(
    application: Application, found: FoundEnrolments, answers: dict[str, Any]
) -> dict[str, list[str]]:
    """Keep the one enrolment and choose it; answers what is wrong."""
    if found.refusal or found.holder is None:
        return {"enrolment": [found.refusal or NONE_FOUND]}
    wrong: dict[str, list[str]] = {}
    try:
        register_records.lock_holder(application.person_id, found.holder)
        register_records.keep_enrolment(application.person_id, found.enrolments[0])
    except register_records.HolderChanged as error:
        return {"enrolment": [error.sentence]}
    except register_records.AlreadySynced as error:
        # A double click is told so too, but must not take back what the first of the two has chosen.
        wrong = {"enrolment": [error.sentence]}
    db.session.flush()
    answers["at_school"] = "yes"
    answers["enrolment"] = register_records.find_synced_enrolment(application.person_id)
    return wrong
