"""What the decision tables say outside a running process.

The newest deployed version counts, also for applications under way: a changed rule is asked for the next
time somebody sends a step, and again when the number is given.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from models import db
from models.base.codes import (
    BASES,
    DOCUMENT_KINDS,
    EDUCATION,
    EXAM_ROUTES,
    KINDS,
    PROFESSIONAL_TITLES,
    PUTONGHUA_LEVELS,
    STUDY_FORMS,
    STUDY_LEVELS,
)
from models.base.database import read_lasting
from models.base.errors import DomainError, NotFound
from models.processes.instances import Definition
from models.processes.states import DefinitionSort
from translations import gettext, lazy_gettext
from workflows.engine import TableFacts, decisions

OTHER = aliased(Definition)
AUTHORITY_LEVELS = ("county", "city", "province")
_ASKED = frozenset({"kind", "subject", "exam_route", "province"})
_TRUTH: frozenset[str | bool] = frozenset({True, False})
_SPOKEN: frozenset[str | bool] = frozenset({*PUTONGHUA_LEVELS, "none"})
# What the law may ask of some people beside the list of their plan.
ASKED_BY_LAW = ("criminal_record", "skill", "training", "appointment")
ASKED = frozenset({"required", "optional", "plan", "not"})  # plan: where its list has it, and as it says
# What the linter holds tables to before they are deployed.
TABLES = {
    "putonghua": TableFacts(facts=_ASKED, outputs={"minimum": _SPOKEN}),
    "putonghua_level": TableFacts(facts=frozenset({"score"}), outputs={"level": _SPOKEN}),
    "education": TableFacts(facts=_ASKED | {"graduated"}, outputs={"minimum": frozenset(EDUCATION)}),
    "enrolment": TableFacts(
        facts=frozenset({"status", "study_form", "level", "months_left", "province"}),
        outputs={"allowed": _TRUTH},
        words={"study_form": frozenset(STUDY_FORMS), "level": frozenset(STUDY_LEVELS)},
    ),
    "exam_routes": TableFacts(facts=_ASKED, outputs={"allowed": _TRUTH}),
    "exemptions": TableFacts(
        facts=_ASKED | {"matter", "title", "degree"},
        outputs={"exempt": _TRUTH},
        words={
            "matter": frozenset({"exam", "putonghua"}),
            "title": frozenset({*PROFESSIONAL_TITLES, "none"}),
            "degree": frozenset({"doctor", "none"}),
        },
    ),
    "authority_level": TableFacts(
        facts=frozenset({"kind", "province"}), outputs={"level": frozenset(AUTHORITY_LEVELS)}
    ),
    "materials": TableFacts(
        facts=frozenset({"material", "document_kind", "basis", "kind", "exam_route", "at_school"}),
        outputs={"asked": frozenset[str | bool](ASKED)},
        words={
            "material": frozenset({"identity", "residence", "exam", *ASKED_BY_LAW}),
            "document_kind": frozenset(DOCUMENT_KINDS),
            "basis": frozenset(BASES),
            "kind": frozenset(KINDS),
            "exam_route": frozenset(EXAM_ROUTES),
        },
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
class QualificationRequest:
    """What somebody applies for, as far as it is known."""

    kind: str
    subject: str = ""
    exam_route: str = ""
    province: str  # six digits


@dataclass(frozen=True, kw_only=True)
class ExemptionGrounds:
    """What exempts from a test."""

    title: str = "none"  # of PROFESSIONAL_TITLES
    degree: str = "none"  # doctor or none


@dataclass(frozen=True, kw_only=True)
class MaterialFacts:
    """Of whom a material is asked."""

    document_kind: str
    basis: str  # of BASES: why the authority of this place decides
    kind: str
    exam_route: str
    at_school: bool


@dataclass(frozen=True, kw_only=True)
class MaterialRuling:
    """Whether somebody has to give a material, and what it is in their case."""

    asked: str  # of ASKED
    name: str  # empty: what the plan calls it
    hint: str


@dataclass(frozen=True, kw_only=True)
class EnrolmentFacts:
    """An enrolment as the rules see it."""

    status: str
    study_form: str
    level: str  # GB/T 4658
    months_left: int  # until the expected graduation


@dataclass(frozen=True, kw_only=True)
class MinimumLevel:
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


def minimum_putonghua(asked: QualificationRequest) -> MinimumLevel:
    """The Putonghua level that is asked: 1A to 3B, or none."""
    row = _evaluate_table("putonghua", _table_inputs(asked))
    level = _read_code(row, "minimum", {*PUTONGHUA_LEVELS, "none"})
    return MinimumLevel(level=level, article=_read_text(row, "article"))


def minimum_education(asked: QualificationRequest, graduated: int) -> MinimumLevel:
    """The level of schooling that is asked of somebody who graduates in a year."""
    row = _evaluate_table("education", {**_table_inputs(asked), "graduated": graduated})
    return MinimumLevel(
        level=_read_code(row, "minimum", EDUCATION),
        article=_read_text(row, "article"),
        condition=_read_text(row, "condition"),
    )


def rule_on_enrolment(studies: EnrolmentFacts, province: str) -> Ruling:
    """Whether somebody may apply on an enrolment, before there is a diploma."""
    facts = {
        "status": studies.status,
        "study_form": studies.study_form,
        "level": studies.level,
        "months_left": studies.months_left,
        "province": province,
    }
    return _build_ruling(_evaluate_table("enrolment", facts), "allowed")


def rule_on_exam_route(asked: QualificationRequest) -> Ruling:
    """Whether a kind may be applied for by an exam route, and what has to be shown."""
    return _build_ruling(_evaluate_table("exam_routes", _table_inputs(asked)), "allowed")


def rule_on_exemption(matter: str, asked: QualificationRequest, standing: ExemptionGrounds) -> Ruling:
    """Whether somebody is exempt from a test: exam or putonghua."""
    facts = {**_table_inputs(asked), "matter": matter, "title": standing.title, "degree": standing.degree}
    return _build_ruling(_evaluate_table("exemptions", facts), "exempt")


def deciding_level(kind: str, province: str) -> MinimumLevel:
    """The level that decides on a kind: county, city or province."""
    row = _evaluate_table("authority_level", {"kind": kind, "province": province})
    return MinimumLevel(
        level=_read_code(row, "level", AUTHORITY_LEVELS),
        article=_read_text(row, "article"),
        reason=_read_text(row, "reason"),
    )


def rule_on_material(material: str, whose: MaterialFacts) -> MaterialRuling:
    """What a material is for somebody, whatever document, place and kind they have."""
    row = _evaluate_table("materials", {"material": material, **asdict(whose)})
    return MaterialRuling(
        asked=_read_code(row, "asked", ASKED), name=_read_text(row, "name"), hint=_read_text(row, "hint")
    )


def putonghua_level(score: float) -> str:
    """The level that a test score gives: 1A to 3B, or none."""
    return str(_evaluate_table("putonghua_level", {"score": score})["level"])


def _table_inputs(asked: QualificationRequest) -> dict[str, Any]:
    return {
        "kind": asked.kind,
        "subject": asked.subject,
        "exam_route": asked.exam_route,
        "province": asked.province,
    }


def _build_ruling(row: Mapping[str, Any], name: str) -> Ruling:
    if not isinstance(row.get(name), bool):
        raise WrongTable(gettext("决策表的结果 %(name)s 应为 true 或 false，请联系规则维护人员。", name=name))
    return Ruling(
        holds=row[name],
        reason=_read_text(row, "reason"),
        article=_read_text(row, "article"),
        evidence=_read_text(row, "evidence"),
    )


def _read_code(row: Mapping[str, Any], name: str, known: Collection[str]) -> str:
    value = row.get(name)
    if not isinstance(value, str) or value not in known:
        raise WrongTable(
            gettext("决策表的结果 %(name)s 不能是“%(value)s”，请联系规则维护人员。", name=name, value=value)
        )
    return value


def _read_text(row: Mapping[str, Any], name: str) -> str:
    # Columns that only explain may be missing from a table.
    return str(row.get(name) or "")


def _evaluate_table(key: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    newest = read_lasting(("newest tables", None), _read_newest_tables)
    if key not in newest:
        raise NoSuchTable
    return decisions.evaluate_table(_find_table(key, *newest[key]), facts)


def _read_newest_tables() -> dict[str, tuple[int, str]]:
    """Table → the number and the digest of its newest version."""
    is_table = Definition.sort == DefinitionSort.DECISION
    others = select(func.max(OTHER.version)).where(OTHER.sort == Definition.sort, OTHER.key == Definition.key)
    newest = Definition.version == others.scalar_subquery()
    rows = db.session.execute(
        select(Definition.key, Definition.id, Definition.sha256).where(is_table, newest)
    )
    return {key: (number, digest) for key, number, digest in rows}


@lru_cache(maxsize=32)
def _find_table(key: str, number: int, _digest: str) -> decisions.Table:
    """The table as it is read; the digest names it, whatever database the row stands in."""
    found = db.session.get_one(Definition, number)
    return next(
        table for table in decisions.load_tables(found.source, name=found.file_name) if table.key == key
    )
