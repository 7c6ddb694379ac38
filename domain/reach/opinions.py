"""Whose opinions on a case are told to whom: a deliberation belongs to those who check or decide.

Whoever handed a case on is told what becomes of it and not what is thought of it on the way, as they are told
none of its variables. What is written on the application form and in letters is everybody's who works on it.
"""

from __future__ import annotations

from collections.abc import Collection

from domain.reach import scope
from domain.reach.principal import Principal
from models.cases import casework
from models.cases.applications import Application, Opinion

OF_EVERYBODY = frozenset({"confirmation", "return", "withdrawal", "set_back"})
OF_EXPERTS = OF_EVERYBODY | {"experts", "expert", "committee"}
EXPERT_ROLES = frozenset({"expert", "expert.officer", "expert.chair"})
# Conclusions: what stands between them, such as a return for another review, is a deliberation again.
FINAL = frozenset(
    {("committee", "pass"), ("committee", "fail"), ("decision", "granted"), ("decision", "refused")}
)


def find_told_stages(principal: Principal, application: Application) -> frozenset[str] | None:
    """The stages of which a person who sees a case is told every opinion; None is all."""
    if scope.may_see_background(principal, application):
        return None
    place = f"authority:{application.authority_id}"
    return OF_EXPERTS if scope.holds_role(principal, EXPERT_ROLES, place) else OF_EVERYBODY


def list_told_opinions(
    application: Application, stages: Collection[str] | None = OF_EVERYBODY
) -> list[Opinion]:
    """The opinions on a case in their order: those of some stages, and every conclusion."""
    written = casework.list_opinions(application.id)
    return [one for one in written if stages is None or one.stage in stages or is_final(one)]


def is_final(opinion: Opinion) -> bool:
    """Whether an opinion concludes a part of the process, so that it is on paper for everybody."""
    return (opinion.stage, opinion.verdict) in FINAL
