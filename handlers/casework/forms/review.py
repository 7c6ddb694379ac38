"""Background checks that a person makes or verifies."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from domain.cases import process_hooks
from handlers.casework.dossier import case_facts
from handlers.casework.forms.opinions import write_opinion
from handlers.casework.forms.schema_fields import choice_field, text_field
from handlers.page.printable_text import StandardTextSchema
from models import db
from models.base import codes
from models.base.errors import Invalid
from models.cases.applications import RegisterAnswer
from translations import gettext, join_clauses, lazy_gettext, office_language
from workflows import engine
from workflows.forms import Form, FormContext, register_form

FINDINGS = {"clear": lazy_gettext("无不利结果"), "hit": lazy_gettext("有不利结果")}
NO_REGISTER = lazy_gettext("请选择核验库。")
OTHER_REGISTER = lazy_gettext("这件任务核查的是“%(name)s”，不能改报其他核验库的结果。")


class FindingSchema(StandardTextSchema):
    """What a person found, and on what it rests."""

    register = fields.String(
        load_default="",
        validate=validate.OneOf(
            ["", *codes.REGISTERS],
            labels=[lazy_gettext("按任务"), *codes.REGISTERS.values()],
            error=NO_REGISTER,
        ),
        metadata={
            "label": lazy_gettext("核验库"),
            "options": codes.REGISTERS,
            "hint": lazy_gettext("这件任务所核查的项目"),
        },
    )
    finding = choice_field(lazy_gettext("核查结果"), FINDINGS)
    document = text_field(
        lazy_gettext("凭证编号"), most=120, hint=lazy_gettext("复函、查询单或裁判文书的编号")
    )
    reason = text_field(lazy_gettext("说明"), hint=lazy_gettext("没有凭证编号时必须填写"))

    @validates_schema(skip_on_field_errors=False)
    def evidence(self, data: dict[str, Any], **_: Any) -> None:
        """A finding without any ground would bind two people to nothing."""
        if data.get("document") == data.get("reason") == "":
            raise ValidationError(gettext("请填写凭证编号或者说明依据。"), "reason")


def view_register_check(case: FormContext) -> dict[str, Any]:
    """The case, with the register that this task is about."""
    named = register_of(case)
    fixed = {"register": named} if named else {}
    return case_facts.build_full_facts(process_hooks.require_case_of(case.instance)) | {
        "register": named,
        "fixed": fixed,
    }


def register_of(case: FormContext) -> str | None:
    """The register that the task's own variables name."""
    named = engine.read_variables(case.instance.id, case.item.task_id).get("register")
    return named if named in codes.REGISTERS else None


def save_check(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep what was found by hand, in place of the register's answer."""
    return _save_finding(case, data, "check")


def save_verified(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep what the officer who verified a hit says."""
    return _save_finding(case, data, "verify")


def save_confirmed(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep the supervisor's word, with which a finding is settled."""
    return _save_finding(case, data, "confirm")


def _save_finding(case: FormContext, data: dict[str, Any], stage: str) -> dict[str, Any]:
    register_key = _choose_register(register_of(case), data["register"])
    write_opinion(case, stage, data["finding"], _describe_grounds(register_key, data))
    db.session.add(
        RegisterAnswer(
            application_id=process_hooks.require_case_of(case.instance).id,
            register=register_key,
            finding=data["finding"],
            request_key=f"hand:{case.item.id}",
            raw=data["document"],
            by_hand=case.actor,
            answered_at=case.now,
        )
    )
    return {"finding": data["finding"]}


def _choose_register(named: str | None, chosen: str) -> str:
    """What the task says; only where it says nothing, what was chosen."""
    if named and chosen not in ("", named):
        raise Invalid({"register": [str(OTHER_REGISTER) % {"name": codes.REGISTERS[named]}]})
    if not (named or chosen):
        raise Invalid({"register": [NO_REGISTER]})
    return named or chosen


@office_language()
def _describe_grounds(register_key: str, data: dict[str, Any]) -> str:
    document = gettext("凭证 %(document)s", document=data["document"]) if data["document"] else ""
    return join_clauses(part for part in (codes.REGISTERS[register_key], document, data["reason"]) if part)


FORMS = (
    ("review/check_by_hand", lazy_gettext("人工核查"), save_check),
    ("review/verify_finding", lazy_gettext("核实不利结果"), save_verified),
    ("review/confirm_finding", lazy_gettext("复核不利结果"), save_confirmed),
)
for key, title, save in FORMS:
    register_form(
        Form(
            key=key,
            title=title,
            schema=FindingSchema,
            view=view_register_check,
            save=save,
            decides={"finding": FINDINGS},
        )
    )
