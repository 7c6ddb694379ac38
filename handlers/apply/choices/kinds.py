"""Kinds and subjects for somebody without an exam certificate; what cannot be chosen says why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.rules import eligibility, policy, requirements
from domain.rules.policy import QualificationRequest
from handlers.apply.choices.exam_routes import OTHER_ROUTE
from models.base import codes
from models.cases.applications import Application
from translations import gettext


def build_kind_cards(application: Application, offered: Iterable[str]) -> list[dict[str, Any]]:
    """The kinds as radio cards; none where the exam certificate says the kind."""
    if application.exam_route != OTHER_ROUTE:
        return []
    return [_build_kind_card(application, kind) for kind in codes.KINDS if kind in offered]


def _build_kind_card(application: Application, kind: str) -> dict[str, Any]:
    reason = why_kind_fails(application, kind)
    return {
        "value": kind,
        "title": codes.KINDS[kind],
        "meta": [] if reason else _describe_kind(application, kind),
        "disabled_reason": reason,
    }


def build_subject_options(application: Application, kind: str) -> list[dict[str, Any]]:
    """The subjects of a kind as entries of a list."""
    if application.exam_route != OTHER_ROUTE:
        return []
    held = {
        subject for one, subject in eligibility.list_held_qualifications(application.person_id) if one == kind
    }
    reasons = {
        one: gettext("已经取得") if one in held else _why_subject_fails(application, kind, one)
        for one in codes.SUBJECTS.get(kind, ())
    }
    return [
        {
            "value": one,
            "label": gettext("%(subject)s（%(reason)s）", subject=one, reason=reason) if reason else one,
            "disabled": bool(reason),
        }
        for one, reason in reasons.items()
    ]


def why_kind_fails(application: Application, kind: str) -> str:
    """Why somebody without an exam certificate cannot apply for a kind; empty when one can."""
    asked = _build_request(application, kind)
    schooling = requirements.schooling_of(application)
    return (
        requirements.why_route_fails(asked)
        or (requirements.why_schooling_fails(asked, schooling) if schooling else "")
        or _why_putonghua_fails(application, asked)
    )


def why_putonghua_fails(application: Application) -> str:
    """Why the Putonghua certificate of step 2 is not enough; empty when it is, or when a title may exempt."""
    return _why_putonghua_fails(application, requirements.qualification_request_of(application))


def _why_putonghua_fails(application: Application, asked: QualificationRequest) -> str:
    own = application.putonghua
    # The title, which may exempt, is asked at step 4.
    standings = requirements.possible_exemption_grounds(application) if own is not None else []
    return requirements.why_putonghua_fails(asked, own, standings)


def _why_subject_fails(application: Application, kind: str, subject: str) -> str:
    asked = _build_request(application, kind, subject)
    if not _why_putonghua_fails(application, asked):
        return ""
    return gettext(
        "普通话要求%(putonghua_levels)s",
        putonghua_levels=codes.PUTONGHUA_LEVELS[policy.minimum_putonghua(asked).level],
    )


def _describe_kind(application: Application, kind: str) -> list[str]:
    asked = _build_request(application, kind)
    exempt = policy.rule_on_exemption("exam", asked, requirements.exemption_grounds_of(application))
    needed = policy.minimum_education(asked, requirements.NO_YEAR)
    told = (
        gettext("%(education)s及以上学历", education=codes.EDUCATION[needed.level]),
        needed.condition,
        policy.rule_on_exam_route(asked).evidence,
        requirements.cite_article(exempt.reason, exempt.article) if exempt.holds else "",
    )
    return [line for line in told if line]


def _build_request(application: Application, kind: str, subject: str = "") -> QualificationRequest:
    province = requirements.province_of(application)
    return QualificationRequest(kind=kind, subject=subject, exam_route=OTHER_ROUTE, province=province)
