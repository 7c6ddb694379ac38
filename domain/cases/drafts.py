"""The unfinished application of a person: its open step, its end, and giving it up."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy import or_, select

from domain.rules import eligibility
from models import db
from models.applications import Application, drafts_of
from models.errors import NothingWaiting
from models.plans import PlanSite
from models.process import Wait, WorkItem
from models.refusals import HasDraft
from workflows import engine
from workflows.clock import now

PROCESS = "accreditation"


def of(person_id: int) -> Application | None:
    """The person's draft, if there is one."""
    return db.session.scalars(drafts_of(person_id)).first()


def begin(person_id: int, part: PlanSite, kind: str) -> Application:
    """A draft for a site of a plan, with its process at the first step."""
    if of(person_id) is not None:
        raise HasDraft
    eligibility.free_ended(person_id)
    eligibility.check_person(person_id, now())
    plan = part.plan
    draft = Application(
        person_id=person_id,
        plan_id=plan.id,
        authority_id=plan.authority_id,
        site_id=part.site_id,
        region_code=plan.authority.region_code,
        kind=kind,
        created_at=now(),
    )
    db.session.add(draft)
    db.session.flush()
    limit = current_app.config["DRAFT_LIMIT"]
    instance = engine.start(
        PROCESS,
        business_key=draft.business_key,
        variables={"application": draft.id, "draft_limit": limit},
        actor=person_id,
    )
    draft.instance_id = instance.id
    return draft


def leave(person_id: int) -> bool:
    """Give the person's draft up, as signing out does; answers whether there was one."""
    draft = of(person_id)
    if draft is None:
        return False
    try:
        engine.deliver("abandoned", key=str(draft.id), payload={"application": draft.id}, actor=person_id)
    except NothingWaiting:
        return False  # it was given up or registered in the same moment
    return True


def open_item(person_id: int) -> WorkItem | None:
    """The step that waits for the person: of a draft any form, afterwards only the reminder."""
    return db.session.scalars(
        select(WorkItem)
        .join(Application, Application.instance_id == WorkItem.instance_id)
        .where(Application.person_id == person_id, WorkItem.assignee_id == person_id)
        .where(WorkItem.state.in_(("open", "claimed")))
        .where(or_(Application.registration_number.is_(None), WorkItem.form_key.like("registration/%")))
        .order_by(WorkItem.id.desc())
    ).first()


def ends_at(draft: Application) -> datetime | None:
    """When the unfinished application is given up by itself."""
    return db.session.scalar(
        select(Wait.due_at)
        .where(Wait.instance_id == draft.instance_id, Wait.kind == "timer")
        .order_by(Wait.due_at)
    )


def step_of(item: WorkItem) -> str:
    """The name of a step in its address: identity for registration/identity."""
    return (item.form_key or "").rsplit("/", 1)[-1]
