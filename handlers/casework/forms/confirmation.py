"""Checking materials at the desk, approving a second return, and the applicant's correction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from domain.cases import asked_materials, process_hooks, revisions
from domain.deadlines import confirmation_window
from domain.wording import dates
from handlers.casework.dossier import case_facts
from handlers.casework.forms import findings
from handlers.casework.forms.schema_fields import DeadlineField, choice_field, revision, text_field
from handlers.page.printable_text import StandardTextSchema
from models import db
from models.base.errors import Invalid
from models.cases import casework
from models.cases.states import MaterialVerdict
from translations import gettext, lazy_gettext
from workflows.forms import Form, FormContext, register_form

CONCLUSIONS = {
    "conform": lazy_gettext("材料符合，受理"),
    "incomplete": lazy_gettext("退回补正（一次告知）"),
    "ineligible": lazy_gettext("不予受理"),
}


class CheckSchema(StandardTextSchema):
    """A verdict on every material and the conclusion, on the particulars as the clerk saw them."""

    revision = revision()
    findings = fields.List(
        fields.Nested(findings.MaterialSchema),
        load_default=list,
        metadata={"label": lazy_gettext("逐项核对结果")},
    )
    materials = choice_field(lazy_gettext("整体结论"), CONCLUSIONS)
    correct_until = DeadlineField(
        load_default=None,
        metadata={"label": lazy_gettext("补正截止"), "hint": lazy_gettext("退回补正时填写")},
    )
    opinion = text_field(lazy_gettext("给申请人的说明"), hint=lazy_gettext("申请人会原样看到"))

    @validates_schema(skip_on_field_errors=False)
    def conclusion(self, data: dict[str, Any], **_: Any) -> None:
        """The conclusion follows from the single verdicts; judged is what can be read."""
        problems = dict(_find_problems(data))
        if problems:
            raise ValidationError(problems)


class CorrectionDoneSchema(StandardTextSchema):
    """No fields: the applicant says that the corrections are made."""


def view_check(case: FormContext) -> dict[str, Any]:
    """The case with the materials to check and what was found before."""
    application = process_hooks.require_case_of(case.instance)
    return case_facts.build_facts(application) | {
        "revision": application.revision,
        "materials": [
            {"key": material.key, "name": material.name, "hint": material.hint}
            for material in asked_materials.list_asked_materials(application)
        ],
        "returned": findings.was_returned(application),
        **findings.correction_limits(application, case.now),
    }


def save_check(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep the verdicts and the conclusion, unless the applicant changed something meanwhile."""
    application = revisions.check_unchanged(process_hooks.require_case_of(case.instance).id, data["revision"])
    wanted = {material.key: material.name for material in asked_materials.list_asked_materials(application)}
    findings.check_completeness(wanted, data["findings"])
    decided = {"materials": data["materials"], "returned": findings.was_returned(application)}
    if data["materials"] == "incomplete":
        decided["correct_until"] = findings.check_correct_until(application, data["correct_until"], case.now)
    findings.keep_round(case, data["findings"], data["materials"], data["opinion"])
    return decided


def view_correct(case: FormContext) -> dict[str, Any]:
    """What the applicant has to correct: the findings of the last round that do not conform."""
    application = process_hooks.require_case_of(case.instance)
    found = casework.list_material_findings(application.id)
    latest = max((row.round for row in found), default=0)
    names = case_facts.material_names(application)
    open_ones = [row for row in found if row.round == latest and row.verdict != MaterialVerdict.CONFORM]
    written = list(db.session.scalars(casework.select_opinions(application.id, "confirmation")))
    return {
        "application": case_facts.build_summary(application),
        "findings": [
            case_facts.finding_facts(row) | {"name": names.get(row.key, row.key)} for row in open_ones
        ],
        "opinion": written[-1].text if written else "",
    }


def save_correct(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """The case goes back to the desk, unless the time is over and the worker has not come to it yet."""
    ends = confirmation_window.applicant_deadline(process_hooks.require_case_of(case.instance))
    if case.now > ends:
        raise Invalid(
            {
                "_schema": [
                    gettext(
                        "补正时间已于 %(deadline)s 结束，没有提交。", deadline=dates.format_deadline(ends)
                    )
                ]
            }
        )
    return {}


def _find_problems(data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    rows, conclusion = data.get("findings", []), data.get("materials")
    verdicts = [row.get("verdict", "") for row in rows]
    yield from findings.find_missing_reasons(rows)
    if conclusion == "conform" and any(verdict in findings.UNSOUND for verdict in verdicts):
        yield (
            "materials",
            [gettext("还有材料不符合或缺少，不能受理；请改判该项，或者退回补正。")],
        )
    if conclusion == "incomplete":
        if "findings" in data and all(verdict == "conform" for verdict in verdicts):
            yield "materials", [gettext("所有材料都符合，没有需要补正的内容。")]
        if data.get("correct_until", ...) is None:
            yield "correct_until", [gettext("请填写补正截止日期。")]
    if conclusion == "ineligible" and data.get("opinion") == "":
        yield "opinion", [gettext("请说明不予受理的理由，申请人会原样看到。")]


register_form(
    Form(
        key="confirmation/check",
        title=lazy_gettext("核对材料"),
        schema=CheckSchema,
        view=view_check,
        save=save_check,
        decides={"materials": CONCLUSIONS, **findings.DECIDED_BESIDE},
    )
)
register_form(
    Form(
        key="confirmation/approve_return",
        title=lazy_gettext("批准再次退回"),
        schema=findings.ReturnSchema,
        view=findings.view_return,
        save=findings.save_return,
        decides=findings.DECIDED_ON_RETURN,
    )
)
register_form(
    Form(
        key="confirmation/correct",
        title=lazy_gettext("补正材料"),
        schema=CorrectionDoneSchema,
        view=view_correct,
        save=save_correct,
        decides={},
    )
)
