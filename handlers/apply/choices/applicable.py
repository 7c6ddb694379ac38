"""What may still be applied for while a step is open, and why something is of no use for any of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from domain.rules import eligibility, policy, requirements
from domain.rules.policy import Asked
from models import codes, db
from models.applications import Application
from models.credentials import ExamCertificate
from workflows.clock import LOCAL

OTHER = "other"
NOT_TAKEN = "所选的认定计划不接受这种考试形式"
HINTS = {
    "national_exam": "持中小学教师资格考试合格证明",
    "normal_student": "持师范生教师职业能力证书",
    OTHER: "含高校及省考申请人",
}


def of(application: Application, moment: datetime) -> list[Asked]:
    """Every kind that step 2 may lead to: those of usable certificates, and those that need none."""
    offered = application.plan.exam_routes
    own = select(ExamCertificate).where(ExamCertificate.person_id == application.person_id)
    found = [one for one in db.session.scalars(own.order_by(ExamCertificate.id)) if one.route in offered]
    taken = eligibility.taken_by_others(application, [one.id for one in found])
    today = moment.astimezone(LOCAL).date()
    usable = [
        Asked(
            kind=one.kind,
            subject=one.subject,
            exam_route=one.route,
            province=requirements.province_of(application),
        )
        for one in found
        if not eligibility.why_not_for(application, one, today, taken=one.id in taken)
    ]
    return usable + (free_kinds(application) if OTHER in offered else [])


def free_kinds(application: Application) -> list[Asked]:
    """The kinds that may be applied for without an exam certificate; the one looked up comes first."""
    province = requirements.province_of(application)
    kinds = sorted(codes.KINDS, key=lambda kind: kind != application.kind)
    asked = [Asked(kind=kind, exam_route=OTHER, province=province) for kind in kinds]
    return [one for one in asked if policy.exam_route(one).holds]


def why_never(wanted: Iterable[Asked], why_not: Callable[[Asked], str]) -> str:
    """The first reason against a record when every wish has one; empty when it is of use for any."""
    first = ""
    for asked in wanted:
        reason = why_not(asked)
        if not reason:
            return ""
        first = first or reason
    return first


def routes(application: Application) -> list[dict[str, Any]]:
    """The exam routes as radio buttons; one that cannot be chosen says why."""
    reasons = {route: why_not_route(application, route) for route in codes.EXAM_ROUTES}
    return [
        {
            "value": route,
            "label": label,
            "hint": reasons[route] or HINTS[route],
            "disabled": bool(reasons[route]),
        }
        for route, label in codes.EXAM_ROUTES.items()
    ]


def why_not_route(application: Application, route: str) -> str:
    """Why nobody can apply by an exam route under the plan; empty when one can."""
    if route not in application.plan.exam_routes:
        return NOT_TAKEN
    province = requirements.province_of(application)
    kinds: Sequence[Asked] = [Asked(kind=kind, exam_route=route, province=province) for kind in codes.KINDS]
    return why_never(kinds, requirements.why_not_route)


ROUTES = {
    "national_exam": ("exam_certificate", "请选择一张考试合格证明"),
    "normal_student": ("normal_certificate", "请选择一张师范生教师职业能力证书"),
}
