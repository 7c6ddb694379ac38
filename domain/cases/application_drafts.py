"""The unfinished application of a person: its open step, its end, and giving it up."""

from __future__ import annotations

from datetime import datetime

from flask import current_app
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from domain.rules import eligibility
from models import db
from models.authorities.plans import PlanSite
from models.base import business_keys
from models.base.database import read_lasting
from models.base.errors import NotAllowed, NothingWaiting
from models.cases.applications import Application, select_drafts
from models.cases.refusals import HasDraft
from models.processes.instances import WorkItem
from models.processes.states import LIVE_ITEMS
from translations import lazy_gettext
from workflows import engine
from workflows.clock import now
from workflows.definitions import contents

ABANDON = "application.abandon"
NEEDED = (Application.plan, Application.authority, Application.site)  # by nearly every step
APPLICANT = "applicant"  # the role of what waits for them in the diagrams


class NotBegunOnline(NotAllowed):
    """A service that does not let applicants begin."""

    sentence = lazy_gettext("认定申请目前不能在网上报名，请咨询认定机构。")


def find_draft(person_id: int) -> Application | None:
    """The person's draft, if there is one."""
    return db.session.scalars(select_drafts(person_id)).first()


def start_draft(person_id: int, part: PlanSite, kind: str) -> Application:
    """A draft for a site of a plan, with its process at the first step."""
    service = contents.get_service(business_keys.CASE)
    if service.starts and APPLICANT not in service.starts:
        raise NotBegunOnline
    if find_draft(person_id) is not None:
        raise HasDraft
    eligibility.release_ended_cases(person_id)
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
    instance = engine.start_instance(
        service.entry,
        business_key=draft.business_key,
        variables={"application": draft.id, "draft_limit": limit},
        actor=person_id,
    )
    draft.instance_id = instance.id
    return draft


def abandon_draft(person_id: int) -> bool:
    """Give the person's draft up, as signing out does; answers whether there was one."""
    draft = find_draft(person_id)
    if draft is None:
        return False
    try:
        engine.perform_act(draft.instance_id, ABANDON, {"application": draft.id}, actor=person_id)
    except NothingWaiting:
        return False  # it was given up or registered in the same moment
    return True


def find_open_step(person_id: int) -> WorkItem | None:
    """The step that waits for the person: of a draft any form, afterwards only the reminder."""
    row = db.session.execute(
        select(WorkItem, Application)
        .join(Application, Application.instance_id == WorkItem.instance_id)
        .where(Application.person_id == person_id, WorkItem.assignee_id == person_id)
        .where(WorkItem.state.in_(LIVE_ITEMS))
        .where(or_(Application.registration_number.is_(None), WorkItem.form_key.like("registration/%")))
        .options(joinedload(WorkItem.instance), *map(joinedload, NEEDED))
        .order_by(WorkItem.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    # What the step asks for next is read with it, and kept from being read again.
    return read_lasting(("open step", row[0].id), lambda: (row[0], row[1]))[0]


def draft_expiry(draft: Application) -> datetime | None:
    """When the unfinished application is given up by itself."""
    if draft.instance_id is None:
        return None
    return engine.find_party_deadline(draft.instance_id, APPLICANT)


def step_name(item: WorkItem) -> str:
    """The name of a step in its address: identity for registration/identity."""
    return (item.form_key or "").rsplit("/", 1)[-1]
