"""What may still be applied for while a step is open, and why something is of no use for any of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from domain.rules import eligibility, policy, requirements
from domain.rules.policy import QualificationRequest
from models import db
from models.base import codes
from models.cases.applications import Application
from models.cases.credentials import ExamCertificate, select_exam_certificates
from translations import lazy_gettext
from workflows.clock import LOCAL

OTHER_ROUTE = "other"
ROUTE_NOT_TAKEN = lazy_gettext("所选的认定计划不接受这种考试形式")
ROUTE_HINTS = {
    "national_exam": lazy_gettext("持中小学教师资格考试合格证明"),
    "normal_student": lazy_gettext("持师范生教师职业能力证书"),
    OTHER_ROUTE: lazy_gettext("含高校及省考申请人"),
}


def judge_certificates(application: Application, moment: datetime) -> list[tuple[ExamCertificate, str]]:
    """The person's exam certificates, each with why it cannot be chosen; the one valid longest is first."""
    found = list(db.session.scalars(select_exam_certificates(application.person_id)))
    taken = eligibility.taken_by_others(application, [one.id for one in found])
    today = moment.astimezone(LOCAL).date()
    return [
        (one, eligibility.why_certificate_fails(application, one, today, taken=one.id in taken))
        for one in found
    ]


def list_possible_kinds(
    application: Application, judged: Iterable[tuple[ExamCertificate, str]]
) -> list[QualificationRequest]:
    """Every kind that step 2 may lead to: those of usable certificates, and those that need none."""
    offered = application.plan.exam_routes
    found = [one for one, reason in judged if one.route in offered and not reason]
    usable = [build_request(application, one) for one in sorted(found, key=lambda one: one.id)]
    return usable + (kinds_without_exam(application) if OTHER_ROUTE in offered else [])


def find_chosen_request(
    application: Application, judged: Iterable[tuple[ExamCertificate, str]], values: Mapping[str, Any]
) -> QualificationRequest | None:
    """What is applied for by the answers as they stand, sent or not; nothing when they do not say it yet."""
    route = str(values.get("exam_route") or "")
    if route == OTHER_ROUTE:
        asked = requirements.qualification_request_of(application)
        subject = application.subject if application.exam_route == OTHER_ROUTE else ""
        return replace(asked, exam_route=route, subject=subject or "") if application.kind else None
    name = CERTIFICATE_INPUTS.get(route, ("", ""))[0]
    chosen = str(values.get(name) or "")
    found = next((one for one, _ in judged if one.route == route and str(one.id) == chosen), None)
    return build_request(application, found) if found is not None else None


def build_request(application: Application, certificate: ExamCertificate) -> QualificationRequest:
    """What an exam certificate leads to."""
    return QualificationRequest(
        kind=certificate.kind,
        subject=certificate.subject,
        exam_route=certificate.route,
        province=requirements.province_of(application),
    )


def kinds_without_exam(application: Application) -> list[QualificationRequest]:
    """The kinds that may be applied for without an exam certificate; the one looked up comes first."""
    province = requirements.province_of(application)
    kinds = sorted(codes.KINDS, key=lambda kind: kind != application.kind)
    asked = [QualificationRequest(kind=kind, exam_route=OTHER_ROUTE, province=province) for kind in kinds]
    return [one for one in asked if policy.rule_on_exam_route(one).holds]


def why_useless(
    wanted: Iterable[QualificationRequest], why_not: Callable[[QualificationRequest], str]
) -> str:
    """The first reason against a record when every wish has one; empty when it is of use for any."""
    first = ""
    for asked in wanted:
        reason = why_not(asked)
        if not reason:
            return ""
        first = first or reason
    return first


def build_route_options(application: Application) -> list[dict[str, Any]]:
    """The exam routes as radio buttons; one that cannot be chosen says why."""
    reasons = {route: why_route_fails(application, route) for route in codes.EXAM_ROUTES}
    return [
        {
            "value": route,
            "label": label,
            "hint": reasons[route] or ROUTE_HINTS[route],
            "disabled": bool(reasons[route]),
        }
        for route, label in codes.EXAM_ROUTES.items()
    ]


def why_route_fails(application: Application, route: str) -> str:
    """Why nobody can apply by an exam route under the plan; empty when one can."""
    if route not in application.plan.exam_routes:
        return ROUTE_NOT_TAKEN
    province = requirements.province_of(application)
    kinds: Sequence[QualificationRequest] = [
        QualificationRequest(kind=kind, exam_route=route, province=province) for kind in codes.KINDS
    ]
    return why_useless(kinds, requirements.why_route_fails)


CERTIFICATE_INPUTS = {
    "national_exam": ("exam_certificate", lazy_gettext("请选择一张考试合格证明")),
    "normal_student": ("normal_certificate", lazy_gettext("请选择一张师范生教师职业能力证书")),
}
