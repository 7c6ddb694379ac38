"""Background checks that a person makes or verifies."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from marshmallow import ValidationError, fields, validate, validates_schema

from handlers.casework.dossier import case_facts
from handlers.casework.forms.acts import application_of, write_opinion
from handlers.casework.forms.inputs import choice, prose
from handlers.page.glyphs import Standard
from models import codes, db
from models.applications import RegisterAnswer
from models.errors import Invalid
from workflows import engine
from workflows.forms import Case, Form, register

FINDINGS = {"clear": "无不利结果", "hit": "有不利结果"}
NO_REGISTER = "请选择核验库。"
OTHER_REGISTER = lazy_gettext("这件任务核查的是“%(name)s”，不能改报其他核验库的结果。")


class FindingSchema(Standard):
    """What a person found, and on what it rests."""

    register = fields.String(
        load_default="",
        validate=validate.OneOf(
            ["", *codes.REGISTERS],
            labels=["按任务", *codes.REGISTERS.values()],
            error=NO_REGISTER,
        ),
        metadata={
            "label": "核验库",
            "options": codes.REGISTERS,
            "hint": "这件任务所核查的项目",
        },
    )
    finding = choice("核查结果", FINDINGS)
    document = prose("凭证编号", most=120, hint="复函、查询单或裁判文书的编号")
    reason = prose("说明", hint="没有凭证编号时必须填写")

    @validates_schema(skip_on_field_errors=True)
    def evidence(self, data: dict[str, Any], **_: Any) -> None:
        """A finding without any ground would bind two people to nothing."""
        if not (data["document"] or data["reason"]):
            raise ValidationError("请填写凭证编号或者说明依据。", "reason")


def view(case: Case) -> dict[str, Any]:
    """The case, with the register that this task is about."""
    named = register_of(case)
    fixed = {"register": named} if named else {}
    return case_facts.full_facts(application_of(case)) | {"register": named, "fixed": fixed}


def register_of(case: Case) -> str | None:
    """The register that the task's own variables name."""
    named = engine.variables(case.instance.id, case.item.task_id).get("register")
    return named if named in codes.REGISTERS else None


def save_check(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """Keep what was found by hand, in place of the register's answer."""
    return _save(case, data, "check")


def save_verified(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """Keep what the officer who verified a hit says."""
    return _save(case, data, "verify")


def save_confirmed(case: Case, data: dict[str, Any]) -> dict[str, Any]:
    """Keep the supervisor's word, with which a finding is settled."""
    return _save(case, data, "confirm")


def _save(case: Case, data: dict[str, Any], stage: str) -> dict[str, Any]:
    register_key = _register(register_of(case), data["register"])
    write_opinion(case, stage, data["finding"], _grounds(register_key, data))
    db.session.add(
        RegisterAnswer(
            application_id=application_of(case).id,
            register=register_key,
            finding=data["finding"],
            request_key=f"hand:{case.item.id}",
            raw=data["document"],
            by_hand=case.actor,
            answered_at=case.now,
        )
    )
    return {"finding": data["finding"]}


def _register(named: str | None, chosen: str) -> str:
    """What the task says; only where it says nothing, what was chosen."""
    if named and chosen not in ("", named):
        raise Invalid({"register": [str(OTHER_REGISTER) % {"name": codes.REGISTERS[named]}]})
    if not (named or chosen):
        raise Invalid({"register": [NO_REGISTER]})
    return named or chosen


def _grounds(register_key: str, data: dict[str, Any]) -> str:
    document = f"凭证 {data['document']}" if data["document"] else ""
    return "；".join(part for part in (codes.REGISTERS[register_key], document, data["reason"]) if part)


FORMS = (
    ("review/check_by_hand", "人工核查", save_check),
    ("review/verify_finding", "核实不利结果", save_verified),
    ("review/confirm_finding", "复核不利结果", save_confirmed),
)
for key, title, save in FORMS:
    register(Form(key=key, title=title, schema=FindingSchema, view=view, save=save))
