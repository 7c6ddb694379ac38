"""One round of findings on materials, at the desk or online: complete, with reasons, told at one time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from marshmallow import fields, validate

from domain.cases import process_hooks
from domain.deadlines import confirmation_window
from domain.wording import dates, review_labels
from handlers.casework.dossier import case_facts
from handlers.casework.forms.opinions import write_opinion
from handlers.casework.forms.schema_fields import choice_field, text_field
from handlers.page.printable_text import StandardTextSchema
from models import db
from models.base.errors import Invalid
from models.cases import casework
from models.cases.applications import Application, MaterialFinding
from translations import gettext, gettext_plural, join_words, lazy_gettext
from workflows import engine, working_days
from workflows.clock import LOCAL
from workflows.forms import FormContext
from workflows.vocabulary import MOMENT, ValueType

RETURN_CHOICES = {"allowed": lazy_gettext("批准退回"), "kept": lazy_gettext("不批准，重新核对")}
# What the forms that use these tell the process.
DECIDED_BESIDE: Mapping[str, Mapping[Any, str] | ValueType] = {
    "returned": {True: lazy_gettext("曾经退回过"), False: lazy_gettext("没有退回过")},
    "correct_until": MOMENT,
}
DECIDED_ON_RETURN: Mapping[str, Mapping[Any, str] | ValueType] = {
    "return_allowed": {True: RETURN_CHOICES["allowed"], False: RETURN_CHOICES["kept"]},
    "correct_until": MOMENT,
}
FIRST_LIMIT = timedelta(days=5)
UNSOUND = frozenset(review_labels.VERDICTS) - {"conform"}

FindingRow = Mapping[str, Any]


class MaterialSchema(StandardTextSchema):
    """The verdict on one material."""

    key = fields.String(required=True, validate=validate.Length(max=40))
    verdict = choice_field(lazy_gettext("核对结果"), review_labels.VERDICTS)
    reason = text_field(lazy_gettext("原因"), most=400)


class ReturnSchema(StandardTextSchema):
    """The supervisor's word on another return."""

    return_allowed = fields.Boolean(
        required=True,
        error_messages={
            "required": lazy_gettext("请选择是否批准。"),
            "invalid": lazy_gettext("请选择是否批准。"),
            "null": lazy_gettext("请选择是否批准。"),
        },
        metadata={
            "label": lazy_gettext("是否批准"),
            "options": {"true": RETURN_CHOICES["allowed"], "false": RETURN_CHOICES["kept"]},
        },
    )
    reason = text_field(lazy_gettext("理由"), required=True)


def save_return(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep the supervisor's reason."""
    verdict = "allowed" if data["return_allowed"] else "kept"
    until = extend_correction(case) if data["return_allowed"] else {}
    write_opinion(case, "return", verdict, data["reason"])
    return {"return_allowed": data["return_allowed"], **until}


def extend_correction(case: FormContext) -> dict[str, str]:
    """The time to correct, later by what the supervisor took; the authority's time is not the applicant's."""
    known = engine.read_variables(case.item.instance_id, case.item.task_id).get("correct_until")
    application = process_hooks.require_case_of(case.instance)
    said = list(db.session.scalars(casework.select_opinions(application.id, "confirmation")))
    if not known or not said:
        return {}
    told = datetime.fromisoformat(known)
    late = (told + (case.now - said[-1].at)).astimezone(LOCAL)
    last = max(told, latest_correction(application, case.now))
    until = min(max(told, working_days.end_of_day(late.date())), last)
    return {"correct_until": until.astimezone(LOCAL).isoformat()}


def view_return(case: FormContext) -> dict[str, Any]:
    """The case, and what the clerk wants to return it for."""
    return case_facts.build_facts(process_hooks.require_case_of(case.instance))


def find_missing_reasons(rows: Sequence[FindingRow]) -> Iterator[tuple[str, Any]]:
    """What a person who has to correct something is told must have a reason."""
    silent = [
        place for place, row in enumerate(rows) if row.get("verdict") in UNSOUND and row.get("reason") == ""
    ]
    if silent:
        told = {"reason": [gettext("请写明不符合或缺少的原因。")]}
        yield "findings", dict.fromkeys(silent, told)


def check_completeness(wanted: Mapping[str, str], rows: Iterable[FindingRow]) -> None:
    """Every material has one verdict; `wanted` has their names by key."""
    judged = [row["key"] for row in rows]
    if len(set(judged)) != len(judged) or not set(judged) <= set(wanted):
        raise Invalid({"findings": [gettext("核对结果与材料清单不一致，请刷新页面。")]})
    left = [name for key, name in wanted.items() if key not in judged]
    if left:
        raise Invalid(
            {
                "findings": [
                    gettext_plural(
                        "还有 %(num)s 项没有核对：%(materials)s。", num=len(left), materials=join_words(left)
                    )
                ]
            }
        )


def check_correct_until(application: Application, wanted: datetime, now: datetime) -> str:
    """条例 art. 15: corrections are possible until the reception period ends."""
    last = latest_correction(application, now)
    if wanted <= now:
        raise Invalid({"correct_until": [gettext("补正截止须晚于现在。")]})
    if wanted.astimezone(LOCAL).date() > last.astimezone(LOCAL).date():
        too_late = gettext("补正截止不能晚于 %(day)s。", day=dates.format_day(last))
        raise Invalid({"correct_until": [too_late]})
    return min(wanted, last).astimezone(LOCAL).isoformat()


def correction_limits(application: Application, now: datetime) -> dict[str, Any]:
    """Until when corrections are possible at the latest, and what is proposed."""
    last = latest_correction(application, now)
    return {
        "latest": case_facts.iso_moment(last),
        "proposed": case_facts.iso_moment(min(last, now + FIRST_LIMIT)),
    }


def latest_correction(application: Application, now: datetime) -> datetime:
    """The last moment for corrections."""
    return confirmation_window.last_moment(application.plan, now)


def keep_round(case: FormContext, rows: Iterable[FindingRow], verdict: str, text: str) -> None:
    """Put a round of findings and the conclusion from it on record."""
    application = process_hooks.require_case_of(case.instance)
    number = (db.session.scalar(casework.select_last_round(application.id)) or 0) + 1
    for row in rows:
        db.session.add(
            MaterialFinding(
                application_id=application.id,
                round=number,
                key=row["key"],
                verdict=row["verdict"],
                reason=row["reason"] if row["verdict"] != "conform" else "",
            )
        )
    write_opinion(case, "confirmation", verdict, text).round = number


def was_returned(application: Application) -> bool:
    """Whether the application was returned for correction before."""
    return bool(db.session.scalar(casework.select_return_count(application.id)))
