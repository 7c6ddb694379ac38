"""What the decision tables say outside a running process.

The newest deployed version counts, also for applications under way: a changed rule is asked for the next
time somebody sends a step, and again when the number is given.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import select

from models import db
from models.codes import EDUCATION, PUTONGHUA_LEVELS
from models.errors import DomainError, NotFound
from models.process import Definition
from workflows.engine import TableFacts, decisions

LEVELS = ("county", "city", "province")
_ASKED = frozenset({"kind", "subject", "exam_route", "province"})
_TRUTH: frozenset[str | bool] = frozenset({True, False})
_SPOKEN: frozenset[str | bool] = frozenset({*PUTONGHUA_LEVELS, "none"})
# What the linter holds tables to before they are deployed.
TABLES = {
    "putonghua": TableFacts(facts=_ASKED, outputs={"minimum": _SPOKEN}),
    "putonghua_level": TableFacts(facts=frozenset({"score"}), outputs={"level": _SPOKEN}),
    "education": TableFacts(facts=_ASKED | {"graduated"}, outputs={"minimum": frozenset(EDUCATION)}),
    "enrolment": TableFacts(
        facts=frozenset({"status", "study_form", "level", "months_left", "province"}),
        outputs={"allowed": _TRUTH},
    ),
    "exam_routes": TableFacts(facts=_ASKED, outputs={"allowed": _TRUTH}),
    "exemptions": TableFacts(facts=_ASKED | {"matter", "title", "degree"}, outputs={"exempt": _TRUTH}),
    "authority_level": TableFacts(
        facts=frozenset({"kind", "province"}), outputs={"level": frozenset(LEVELS)}
    ),
}


class NoSuchTable(NotFound):
    """A decision table that was never deployed."""

    sentence = lazy_gettext("没有部署过这张决策表，请联系系统管理员。")


class WrongTable(DomainError):
    """A decision table whose outcome is not of the expected form."""

    code = "wrong_table"
    sentence = lazy_gettext("决策表的结果不能使用，请联系规则维护人员。")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody applies for, as far as it is known."""

    kind: str
    subject: str = ""
    exam_route: str = ""
    province: str  # six digits


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What exempts from a test."""

    title: str = "none"  # of PROFESSIONAL_TITLES
    degree: str = "none"  # doctor or none


@dataclass(frozen=True, kw_only=True)
class Studies:
    """An enrolment as the rules see it."""

    status: str
    study_form: str
    level: str  # GB/T 4658
    months_left: int  # until the expected graduation


@dataclass(frozen=True, kw_only=True)
class Minimum:
    """The least level that is asked."""

    level: str
    article: str
    reason: str = ""  # of a level of authority: who decides
    condition: str = ""  # of schooling: what is asked besides


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """Whether something is so, why, and by which article."""

    holds: bool
    reason: str
    article: str
    evidence: str = ""  # what has to be shown


def putonghua(asked: Asked) -> Minimum:
    """The Putonghua level that is asked: 1A to 3B, or none."""
    row = _decide("putonghua", _facts(asked))
    level = _one_of(row, "minimum", {*PUTONGHUA_LEVELS, "none"})
    return Minimum(level=level, article=_text(row, "article"))


def education(asked: Asked, graduated: int) -> Minimum:
    """The level of schooling that is asked of somebody who graduates in a year."""
    row = _decide("education", {**_facts(asked), "graduated": graduated})
    return Minimum(
        level=_one_of(row, "minimum", EDUCATION),
        article=_text(row, "article"),
        condition=_text(row, "condition"),
    )


def enrolment(studies: Studies, province: str) -> Ruling:
    """Whether somebody may apply on an enrolment, before there is a diploma."""
    facts = {
        "status": studies.status,
        "study_form": studies.study_form,
        "level": studies.level,
        "months_left": studies.months_left,
        "province": province,
    }
    return _ruling(_decide("enrolment", facts), "allowed")


def exam_route(asked: Asked) -> Ruling:
    """Whether a kind may be applied for by an exam route, and what has to be shown."""
    return _ruling(_decide("exam_routes", _facts(asked)), "allowed")


def exemption(matter: str, asked: Asked, standing: Standing) -> Ruling:
    """Whether somebody is exempt from a test: exam or putonghua."""
    facts = {**_facts(asked), "matter": matter, "title": standing.title, "degree": standing.degree}
    return _ruling(_decide("exemptions", facts), "exempt")


def authority_level(kind: str, province: str) -> Minimum:
    """The level that decides on a kind: county, city or province."""
    row = _decide("authority_level", {"kind": kind, "province": province})
    return Minimum(
        level=_one_of(row, "level", LEVELS), article=_text(row, "article"), reason=_text(row, "reason")
    )


def putonghua_level(score: float) -> str:
    """The level that a test score gives: 1A to 3B, or none."""
    return str(_decide("putonghua_level", {"score": score})["level"])


def _facts(asked: Asked) -> dict[str, Any]:
    return {
        "kind": asked.kind,
        "subject": asked.subject,
        "exam_route": asked.exam_route,
        "province": asked.province,
    }


def _ruling(row: Mapping[str, Any], name: str) -> Ruling:
    if not isinstance(row.get(name), bool):
        raise WrongTable(f"决策表的结果 {name} 应为 true 或 false，请联系规则维护人员。")
    return Ruling(
        holds=row[name],
        reason=_text(row, "reason"),
        article=_text(row, "article"),
        evidence=_text(row, "evidence"),
    )


def _one_of(row: Mapping[str, Any], name: str, known: Collection[str]) -> str:
    value = row.get(name)
    if not isinstance(value, str) or value not in known:
        raise WrongTable(f"决策表的结果 {name} 不能是“{value}”，请联系规则维护人员。")
    return value


def _text(row: Mapping[str, Any], name: str) -> str:
    # Columns that only explain may be missing from a table.
    return str(row.get(name) or "")


def _decide(key: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    newest = (
        select(Definition.source, Definition.file_name)
        .where(Definition.sort == "decision", Definition.key == key)
        .order_by(Definition.version.desc())
    )
    found = db.session.execute(newest).first()
    if found is None:
        raise NoSuchTable
    return decisions.evaluate(_table(found.source, found.file_name, key), facts)


@lru_cache(maxsize=32)
def _table(source: bytes, file: str, key: str) -> decisions.Table:
    return next(table for table in decisions.parse_tables(source, name=file) if table.key == key)
