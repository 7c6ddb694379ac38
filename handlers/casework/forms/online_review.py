"""Reviewing uploaded materials item by item; the whole decision follows from the single ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from domain.cases import material_counts, material_warnings, materials, process_hooks, revisions
from domain.cases.materials import MaterialSlot
from domain.wording import dates
from handlers.casework.dossier import case_facts
from handlers.casework.forms import findings
from handlers.casework.forms.findings import FindingRow, MaterialSchema
from handlers.casework.forms.schema_fields import DeadlineField, choice_field, revision, text_field
from handlers.page.printable_text import StandardTextSchema
from models.base.errors import Invalid
from models.cases.applications import Application
from models.cases.materials import Material
from translations import gettext, lazy_gettext
from workflows.forms import Form, FormContext, register_form

CONCLUSIONS = {
    "by_items": lazy_gettext("按逐项结果：全部符合即受理，有不符合或缺少即退回补正"),
    "ineligible": lazy_gettext("不予受理"),
}

# What follows from the verdicts.
DECIDED = {
    "conform": lazy_gettext("材料符合，受理"),
    "incomplete": lazy_gettext("退回补正（一次告知）"),
    "ineligible": CONCLUSIONS["ineligible"],
}


class MaterialsSchema(StandardTextSchema):
    """A verdict on every material; only that somebody is not eligible at all is said for the whole."""

    revision = revision()
    findings = fields.List(
        fields.Nested(MaterialSchema), load_default=list, metadata={"label": lazy_gettext("逐项审核结果")}
    )
    conclusion = choice_field(lazy_gettext("整体结论"), CONCLUSIONS)
    correct_until = DeadlineField(
        load_default=None,
        metadata={"label": lazy_gettext("补正截止"), "hint": lazy_gettext("退回补正时填写")},
    )
    opinion = text_field(lazy_gettext("给申请人的说明"), hint=lazy_gettext("申请人会原样看到"))

    @validates_schema(skip_on_field_errors=False)
    def told(self, data: dict[str, Any], **_: Any) -> None:
        """Whoever is returned or refused is told why and by when; judged is what can be read."""
        problems = dict(_find_problems(data))
        if problems:
            raise ValidationError(problems)


def view_materials(case: FormContext) -> dict[str, Any]:
    """The case with each material, its versions, and what still holds of the last round."""
    application = process_hooks.require_case_of(case.instance)
    slots = materials.list_slots(application)
    return case_facts.build_facts(application) | {
        "revision": application.revision,
        "materials": [_describe_slot(slot) for slot in slots if _is_judged(slot)],
        "count_words": material_counts.describe_count(material_counts.count_materials(slots)),
        "not_given": [slot.name for slot in slots if not _is_judged(slot)],
        "returned": findings.was_returned(application),
        **findings.correction_limits(application, case.now),
    }


def save_verdicts(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep the verdicts and what follows from them, unless the applicant changed something meanwhile."""
    application = revisions.check_unchanged(process_hooks.require_case_of(case.instance).id, data["revision"])
    slots = slots_to_judge(application)
    findings.check_completeness({slot.key: slot.name for slot in slots}, data["findings"])
    _check_files(slots, data["findings"])
    verdict = derive_decision(data)
    decided = {"materials": verdict, "returned": findings.was_returned(application)}
    if verdict == "incomplete":
        decided["correct_until"] = findings.check_correct_until(application, data["correct_until"], case.now)
    findings.keep_round(case, data["findings"], verdict, data["opinion"])
    return decided


def slots_to_judge(application: Application) -> list[MaterialSlot]:
    """What needs a verdict: all that is required, and what was given besides."""
    return [slot for slot in materials.list_slots(application) if _is_judged(slot)]


def derive_decision(data: dict[str, Any]) -> str:
    """The whole decision from the single ones: conform, incomplete or ineligible."""
    if data["conclusion"] == "ineligible":
        return "ineligible"
    return "conform" if all(row["verdict"] == "conform" for row in data["findings"]) else "incomplete"


def _is_judged(slot: MaterialSlot) -> bool:
    return slot.required or slot.current is not None


def _find_problems(data: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    rows, conclusion = data.get("findings", []), data.get("conclusion")
    yield from findings.find_missing_reasons(rows)
    returned = conclusion == "by_items" and any(row.get("verdict") in findings.UNSOUND for row in rows)
    if returned and data.get("correct_until", ...) is None:
        yield "correct_until", [gettext("请填写补正截止日期。")]
    if conclusion == "ineligible" and data.get("opinion") == "":
        yield "opinion", [gettext("请说明不予受理的理由，申请人会原样看到。")]


def _check_files(slots: list[MaterialSlot], rows: list[FindingRow]) -> None:
    """What was not uploaded cannot conform."""
    empty = {slot.key for slot in slots if slot.current is None}
    wrong = [place for place, row in enumerate(rows) if row["verdict"] == "conform" and row["key"] in empty]
    if wrong:
        sentence = gettext("这一项没有上传文件，不能判为符合。")
        raise Invalid({f"findings.{place}.verdict": [sentence] for place in wrong})


def _describe_slot(slot: MaterialSlot) -> dict[str, Any]:
    earlier = slot.judged if slot.fresh else None
    return {
        "key": slot.key,
        "name": slot.name,
        "hint": slot.hint,
        "required": slot.required,
        "current": _describe_version(slot.current),
        "earlier": _describe_version(earlier),
        "fresh": slot.fresh and slot.rounds > 0,
        "outdated": slot.outdated and not slot.fresh,
        "carried": slot.carried,
        "warnings": material_warnings.describe_warnings(slot.current.warnings) if slot.current else [],
    }


def _describe_version(one: Material | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "file": one.file_id,
        "number": one.version,
        "size": one.file.size,
        "when": dates.format_moment(one.uploaded_at),
    }


register_form(
    Form(
        key="online_review/materials",
        title=lazy_gettext("审核材料"),
        schema=MaterialsSchema,
        view=view_materials,
        save=save_verdicts,
        decides={"materials": DECIDED, **findings.DECIDED_BESIDE},
    )
)
register_form(
    Form(
        key="online_review/approve_return",
        title=lazy_gettext("批准再次退回"),
        schema=findings.ReturnSchema,
        view=findings.view_return,
        save=findings.save_return,
        decides=findings.DECIDED_ON_RETURN,
    )
)
