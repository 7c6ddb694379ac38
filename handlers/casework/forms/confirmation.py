"""Checking materials at the desk, approving a second return, and the applicant's correction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from handlers.casework import dossier
from handlers.casework.forms.acts import application_of, write_opinion
from handlers.casework.forms.inputs import Until, choice, prose
from models import casework, db
from models.applications import Application, MaterialFinding
from models.errors import Changed, Invalid
from models.plans import PlanMaterial
from workflows.clock import LOCAL
from workflows.forms import Case, Form, register

CONCLUSIONS = {
    "conform": "材料符合，受理",
    "incomplete": "退回补正（一次告知）",
    "ineligible": "不予受理",
}
ALLOWED = {"allowed": "批准退回", "kept": "不批准，重新核对"}
AFTER_WINDOW = timedelta(days=5)  # the window ended while the authority had the case
FIRST_LIMIT = timedelta(days=5)


class ApplicationChanged(Changed):
    """申请人刚刚修改了申报内容，请核对后再提交。"""

    def __init__(self, differences: Sequence[tuple[str, str, str]]) -> None:
        parts = [f"{label}由“{before or '空'}”改为“{after or '空'}”" for label, before, after in differences]
        told = f"：{'；'.join(parts)}。" if parts else "。"
        super().__init__(f"申请人在您打开页面后修改了申报内容{told}本次没有保存，请核对后再提交。")
        self.differences = list(differences)


class MaterialSchema(Schema):
    """The verdict on one material."""

    key = fields.String(required=True, validate=validate.Length(max=40))
    verdict = choice("核对结果", dossier.VERDICTS)
    reason = prose("原因", most=400)


class CheckSchema(Schema):
    """A verdict on every material and the conclusion, on the particulars as the clerk saw them."""

    revision = fields.Integer(
        required=True,
        error_messages={
            "required": "缺少申报内容的版本，请刷新页面。",
            "invalid": "申报内容的版本有误，请刷新页面。",
        },
        metadata={"label": "申报内容版本"},
    )
    findings = fields.List(
        fields.Nested(MaterialSchema),
        load_default=list,
        metadata={"label": "逐项核对结果"},
    )
    materials = choice("整体结论", CONCLUSIONS)
    correct_until = Until(load_default=None, metadata={"label": "补正截止", "hint": "退回补正时填写"})
    opinion = prose("给申请人的说明", hint="申请人会原样看到")
    seen = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict)

    @validates_schema(skip_on_field_errors=True)
    def conclusion(self, data: dict[str, Any], **_: Any) -> None:
        """The conclusion follows from the single verdicts."""
        problems = dict(_problems(data))
        if problems:
            raise ValidationError(problems)


class ReturnSchema(Schema):
    """The supervisor's word on another return."""

    return_allowed = fields.Boolean(
        required=True,
        error_messages={
            "required": "请选择是否批准。",
            "invalid": "请选择是否批准。",
            "null": "请选择是否批准。",
        },
        metadata={
            "label": "是否批准",
            "options": {"true": ALLOWED["allowed"], "false": ALLOWED["kept"]},
        },
    )
    reason = prose("理由", required=True)


class NothingSchema(Schema):
    """No fields: the applicant says that the corrections are made."""


def view_check(case: Case) -> dict[str, Any]:
    """The case with the materials to check and what was found before."""
    application = application_of(case)
    return dossier.facts(application) | {
        "revision": application.revision,
        "seen": dossier.snapshot(application),
        "materials": [
            {"key": material.key, "name": material.name, "hint": material.hint}
            for material in _materials(application)
        ],
        "returned": _returned(application),
        "latest": dossier.iso(_latest(application, case.now)),
        "proposed": dossier.iso(min(_latest(application, case.now), case.now + FIRST_LIMIT)),
    }


def save_check(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """Keep the verdicts and the conclusion, unless the applicant changed something meanwhile."""
    application = application_of(case)
    if application.revision != data["revision"]:
        raise ApplicationChanged(dossier.differences(data["seen"], dossier.snapshot(application)))
    _check_completeness(application, data)
    decided = {"materials": data["materials"], "returned": _returned(application)}
    if data["materials"] == "incomplete":
        decided["correct_until"] = _correct_until(application, data["correct_until"], case.now)
    _keep(case, application, data)
    return decided


def save_return(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """Keep the supervisor's reason."""
    verdict = "allowed" if data["return_allowed"] else "kept"
    write_opinion(case, "return", verdict, data["reason"])
    return {"return_allowed": data["return_allowed"]}


def view_return(case: Case) -> dict[str, Any]:
    """The case, and what the clerk wants to return it for."""
    return dossier.facts(application_of(case))


def view_correct(case: Case) -> dict[str, Any]:
    """What the applicant has to correct: the findings of the last round that do not conform."""
    application = application_of(case)
    found = list(db.session.scalars(casework.material_findings(application.id)))
    latest = max((row.round for row in found), default=0)
    names = {material.key: material.name for material in _materials(application)}
    open_ones = [row for row in found if row.round == latest and row.verdict != "conform"]
    written = list(db.session.scalars(casework.opinions(application.id, "confirmation")))
    return {
        "application": dossier.summary(application),
        "findings": [dossier.finding_facts(row) | {"name": names.get(row.key, row.key)} for row in open_ones],
        "opinion": written[-1].text if written else "",
    }


def save_correct(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """The case goes back to the desk."""
    return {}


def _problems(data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    rows = data["findings"]
    unsound = [row for row in rows if row["verdict"] != "conform"]
    silent = [place for place, row in enumerate(rows) if row["verdict"] != "conform" and not row["reason"]]
    if silent:
        told = {"reason": ["请写明不符合或缺少的原因。"]}
        yield "findings", dict.fromkeys(silent, told)
    if data["materials"] == "conform" and unsound:
        yield (
            "materials",
            ["还有材料不符合或缺少，不能受理；请改判该项，或者退回补正。"],
        )
    if data["materials"] == "incomplete":
        if not unsound:
            yield "materials", ["所有材料都符合，没有需要补正的内容。"]
        if data["correct_until"] is None:
            yield "correct_until", ["请填写补正截止日期。"]
    if data["materials"] == "ineligible" and not data["opinion"]:
        yield "opinion", ["请说明不予受理的理由，申请人会原样看到。"]


def _check_completeness(application: Application, data: dict[str, Any]) -> None:
    wanted = {material.key: material.name for material in _materials(application)}
    judged = [row["key"] for row in data["findings"]]
    if len(set(judged)) != len(judged) or not set(judged) <= set(wanted):
        raise Invalid({"findings": ["核对结果与材料清单不一致，请刷新页面。"]})
    left = [name for key, name in wanted.items() if key not in judged]
    if left:
        raise Invalid({"findings": [f"还有 {len(left)} 项没有核对：{'、'.join(left)}。"]})


def _correct_until(application: Application, wanted: datetime, now: datetime) -> str:
    """条例 art. 15: corrections are possible until the reception period ends."""
    latest = _latest(application, now)
    if wanted <= now:
        raise Invalid({"correct_until": ["补正截止须晚于现在。"]})
    if wanted.astimezone(LOCAL).date() > latest.astimezone(LOCAL).date():
        day = latest.astimezone(LOCAL)
        raise Invalid({"correct_until": [f"补正截止不能晚于 {day.year}年{day.month}月{day.day}日。"]})
    return min(wanted, latest).astimezone(LOCAL).isoformat()


def _latest(application: Application, now: datetime) -> datetime:
    ends = application.plan.confirm_until
    return ends if ends > now else now + AFTER_WINDOW


def _keep(case: Case, application: Application, data: dict[str, Any]) -> None:
    number = (db.session.scalar(casework.last_round(application.id)) or 0) + 1
    rows: list[Mapping[str, Any]] = data["findings"]
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
    write_opinion(case, "confirmation", data["materials"], data["opinion"]).round = number


def _returned(application: Application) -> bool:
    return bool(db.session.scalar(casework.times_returned(application.id)))


def _materials(application: Application) -> list[PlanMaterial]:
    return list(db.session.scalars(casework.materials(application.plan_id)))


register(
    Form(
        key="confirmation/check",
        title="核对材料",
        schema=CheckSchema,
        view=view_check,
        save=save_check,
    )
)
register(
    Form(
        key="confirmation/approve_return",
        title="批准再次退回",
        schema=ReturnSchema,
        view=view_return,
        save=save_return,
    )
)
register(
    Form(
        key="confirmation/correct",
        title="补正材料",
        schema=NothingSchema,
        view=view_correct,
        save=save_correct,
    )
)
