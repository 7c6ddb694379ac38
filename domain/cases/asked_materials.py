"""What an applicant has to show or upload: the plan's list, made theirs by the decision table `materials`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from domain.rules import policy
from domain.rules.policy import MaterialFacts, MaterialRuling
from models.authorities.plans import PlanMaterial
from models.base.database import read_once
from models.cases import casework
from models.cases.applications import Application

AS_LISTED = MaterialRuling(asked="plan", name="", hint="")


@dataclass(frozen=True, kw_only=True)
class AskedMaterial:
    """One material as it is asked of one applicant."""

    key: str
    name: str
    hint: str
    required: bool


def list_asked_materials(application: Application) -> tuple[AskedMaterial, ...]:
    """What is asked of this applicant: the plan's list in its order, then what the law adds to it."""
    whose = _describe_applicant(application)
    known = (application.plan_id, whose)
    return read_once(("asked materials", known), partial(_read_asked, application.plan_id, whose))


def name_materials(application: Application) -> dict[str, str]:
    """What the materials are called by key; those of the plan that are not asked by its own words."""
    listed = {row.key: row.name for row in casework.list_plan_materials(application.plan_id)}
    return listed | {one.key: one.name for one in list_asked_materials(application)}


def _describe_applicant(application: Application) -> MaterialFacts:
    return MaterialFacts(
        document_kind=application.person.document_kind or "",
        basis=application.basis or "",
        kind=application.kind or "",
        exam_route=application.exam_route or "",
        at_school=bool(application.at_school),
    )


def _read_asked(plan_id: int, whose: MaterialFacts) -> tuple[AskedMaterial, ...]:
    listed = casework.list_plan_materials(plan_id)
    return (*_list_of_plan(listed, whose), *_list_by_law({row.key for row in listed}, whose))


def _list_of_plan(listed: tuple[PlanMaterial, ...], whose: MaterialFacts) -> Iterator[AskedMaterial]:
    for row in listed:
        if not row.concerns(at_school=whose.at_school, exam_route=whose.exam_route):
            continue
        ruling = AS_LISTED if row.own_words else _rule_on(row.key, whose)
        if ruling.asked != "not":
            yield AskedMaterial(
                key=row.key,
                name=ruling.name or row.name,
                # A hint belongs to its name: of another paper the plan's would be wrong.
                hint=ruling.hint if ruling.name and ruling.hint else row.hint,
                required=row.required if ruling.asked == "plan" else ruling.asked == "required",
            )


def _list_by_law(listed: set[str], whose: MaterialFacts) -> Iterator[AskedMaterial]:
    for key in policy.ASKED_BY_LAW:
        ruling = _rule_on(key, whose)
        if key not in listed and ruling.asked in ("required", "optional"):
            required = ruling.asked == "required"
            yield AskedMaterial(key=key, name=ruling.name or key, hint=ruling.hint, required=required)


def _rule_on(key: str, whose: MaterialFacts) -> MaterialRuling:
    try:
        return policy.rule_on_material(key, whose)
    except policy.NoSuchTable:  # an office whose library is older than this: its plans say all there is
        return AS_LISTED
