"""Accreditation plans: who may apply where and when, and what to bring."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, Select, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.authorities.places import Authority, AuthorityKind, Region, Site
from models.authorities.states import PlanMode, PlanStage, RegionLevel
from models.base.columns import Json, Moment, Word
from models.base.database import Model


class Plan(Model):
    """One batch (认定计划) of one authority."""

    __tablename__ = "plan"
    __table_args__ = (Index("ix_plan_authority", "authority_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    batch: Mapped[str] = mapped_column(String(40))  # 2026年下半年
    apply_from: Mapped[datetime] = mapped_column(Moment)
    apply_until: Mapped[datetime] = mapped_column(Moment)
    confirm_from: Mapped[datetime] = mapped_column(Moment)
    confirm_until: Mapped[datetime] = mapped_column(Moment)
    mode: Mapped[PlanMode] = mapped_column(Word(PlanMode, 10), default=PlanMode.ON_SITE)
    open: Mapped[bool] = mapped_column(default=True)
    kinds: Mapped[Any] = mapped_column(Json, default=list)
    exam_routes: Mapped[Any] = mapped_column(Json, default=list)
    deliveries: Mapped[Any] = mapped_column(Json, default=list)  # pickup, post
    graduation_date: Mapped[date | None] = mapped_column(Date)  # offered to those still at school
    notes: Mapped[str] = mapped_column(Text, default="")  # 注意事项, paragraphs apart by an empty line

    authority: Mapped[Authority] = relationship()
    sites: Mapped[list[PlanSite]] = relationship(back_populates="plan")
    materials: Mapped[list[PlanMaterial]] = relationship(
        back_populates="plan", order_by="PlanMaterial.position"
    )

    def stage(self, moment: datetime) -> PlanStage:
        """Where a moment stands in its application window."""
        if not self.open:
            return PlanStage.CLOSED
        if moment < self.apply_from:
            return PlanStage.AHEAD
        return PlanStage.OPEN if moment <= self.apply_until else PlanStage.OVER


class PlanSite(Model):
    """A site that takes part in a plan, with the people it is meant for (确认范围)."""

    __tablename__ = "plan_site"
    __table_args__ = (UniqueConstraint("plan_id", "site_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    scope: Mapped[str] = mapped_column(String(400), default="")
    notes: Mapped[str] = mapped_column(Text, default="")

    plan: Mapped[Plan] = relationship(back_populates="sites")
    site: Mapped[Site] = relationship()


class PlanMaterial(Model):
    """Something to be shown (or uploaded) under a plan."""

    __tablename__ = "plan_material"
    __table_args__ = (UniqueConstraint("plan_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(
        String(40)
    )  # identity, diploma, putonghua, exam, medical, undertaking, photo, student …
    name: Mapped[str] = mapped_column(String(120))
    hint: Mapped[str] = mapped_column(String(400), default="")
    required: Mapped[bool] = mapped_column(default=True)  # a slot that must not stay empty
    # of whom it is asked: "" (everybody), at_school, graduated, or an exam route
    applies_to: Mapped[str] = mapped_column(String(20), default="")

    # asked of everybody alike in these words: the decision table `materials` is not put to it
    own_words: Mapped[bool] = mapped_column(default=False)

    plan: Mapped[Plan] = relationship(back_populates="materials")

    def concerns(self, *, at_school: bool, exam_route: str) -> bool:
        """Whether it is asked of such an applicant."""
        standing = "at_school" if at_school else "graduated"
        return self.applies_to in ("", standing, exam_route)


def select_authorities(kind: str, regions: list[str]) -> Select[Authority]:
    """The authorities that decide on a kind in some regions, county before city before province."""
    return (
        select(Authority)
        .join(AuthorityKind, AuthorityKind.authority_id == Authority.id)
        .where(AuthorityKind.kind == kind, Authority.region_code.in_(regions))
        .order_by(Authority.region_code.desc())
    )


def select_subregions(region: str) -> Select[Region]:
    """The regions directly below one, in the order of their codes."""
    return select(Region).where(Region.parent_code == region).order_by(Region.code)


def select_sites_of(authority: int) -> Select[Site]:
    """The confirmation sites that take part in any plan of an authority."""
    parts = select(PlanSite.site_id).join(Plan, Plan.id == PlanSite.plan_id)
    return select(Site).where(Site.id.in_(parts.where(Plan.authority_id == authority))).order_by(Site.id)


def select_provinces() -> Select[Region]:
    """All provinces."""
    return select(Region).where(Region.level == RegionLevel.PROVINCE).order_by(Region.code)


def select_plans(authority_ids: list[int]) -> Select[Plan]:
    """All plans of some authorities, the earliest window first."""
    return select(Plan).where(Plan.authority_id.in_(authority_ids)).order_by(Plan.apply_from, Plan.id)


def choose_plan(plans: list[Plan], kind: str, moment: datetime) -> Plan | None:
    """Of one authority's plans that take a kind: the one open now, else the next, else the last."""
    taking = [plan for plan in plans if kind in plan.kinds]
    for stage in (PlanStage.OPEN, PlanStage.AHEAD, PlanStage.CLOSED):
        for plan in taking:
            if plan.stage(moment) == stage and plan.apply_until >= moment:
                return plan
    return taking[-1] if taking else None
