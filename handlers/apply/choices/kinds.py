"""Kinds and subjects for somebody without an exam certificate; what cannot be chosen says why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from domain.rules import eligibility, policy, requirements
from domain.rules.policy import Asked
from handlers.apply.choices.applicable import OTHER
from models import codes
from models.applications import Application


def cards(application: Application, offered: Iterable[str]) -> list[dict[str, Any]]:
    """The kinds as radio cards; none where the exam certificate says the kind."""
    if application.exam_route != OTHER:
        return []
    return [_card(application, kind) for kind in codes.KINDS if kind in offered]


def _card(application: Application, kind: str) -> dict[str, Any]:
    reason = why_not_kind(application, kind)
    return {
        "value": kind,
        "title": codes.KINDS[kind],
        "meta": [] if reason else _meta(application, kind),
        "disabled_reason": reason,
    }


def subjects(application: Application, kind: str) -> list[dict[str, Any]]:
    """The subjects of a kind as entries of a list."""
    if application.exam_route != OTHER:
        return []
    held = {subject for one, subject in eligibility.held_by(application.person_id) if one == kind}
    reasons = {
        one: "已经取得" if one in held else _why_not_subject(application, kind, one)
        for one in codes.SUBJECTS.get(kind, ())
    }
    return [
        {"value": one, "label": f"{one}（{reason}）" if reason else one, "disabled": bool(reason)}
        for one, reason in reasons.items()
    ]


def why_not_kind(application: Application, kind: str) -> str:
    """Why somebody without an exam certificate cannot apply for a kind; empty when one can."""
    asked = _asked(application, kind)
    schooling = requirements.schooling_of(application)
    return (
        requirements.why_not_route(asked)
        or (requirements.why_not_schooled(asked, schooling) if schooling else "")
        or _why_not_spoken(application, asked)
    )


def why_not_spoken(application: Application) -> str:
    """Why the Putonghua certificate of step 2 is not enough; empty when it is, or when a title may exempt."""
    return _why_not_spoken(application, requirements.asked_of(application))


def _why_not_spoken(application: Application, asked: Asked) -> str:
    own = application.putonghua
    # The title, which may exempt, is asked at step 4.
    standings = requirements.possible_standings(application) if own is not None else []
    return requirements.why_not_spoken(asked, own, standings)


def _why_not_subject(application: Application, kind: str, subject: str) -> str:
    asked = _asked(application, kind, subject)
    if not _why_not_spoken(application, asked):
        return ""
    return f"普通话要求{codes.PUTONGHUA_LEVELS[policy.putonghua(asked).level]}"


def _meta(application: Application, kind: str) -> list[str]:
    asked = _asked(application, kind)
    exempt = policy.exemption("exam", asked, requirements.standing_of(application))
    needed = policy.education(asked, requirements.NO_YEAR)
    told = (
        f"{codes.EDUCATION[needed.level]}及以上学历",
        needed.condition,
        policy.exam_route(asked).evidence,
        requirements.cited(exempt.reason, exempt.article) if exempt.holds else "",
    )
    return [line for line in told if line]


def _asked(application: Application, kind: str, subject: str = "") -> Asked:
    province = requirements.province_of(application)
    return Asked(kind=kind, subject=subject, exam_route=OTHER, province=province)
