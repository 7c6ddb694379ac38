"""What the plan of a case says about its confirmation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from domain.cases.application_drafts import APPLICANT
from domain.cases.process_hooks import find_plan
from domain.wording import public_states
from models import db
from models.authorities.plans import Plan
from models.cases.applications import Application
from models.cases.states import Ability
from models.processes import running
from models.processes.instances import WorkItem
from workflows import engine
from workflows.clock import now
from workflows.operations import OperationCall

AFTER_WINDOW = timedelta(days=5)  # for a case that is still to be confirmed after the window ended


def read_arrangement(call: OperationCall, application: int) -> dict[str, Any]:
    """Read how and until when the case is to be confirmed."""
    plan = find_plan(application)
    until = last_moment(plan, call.now)
    return {"mode": plan.mode, "until": until.isoformat(), "own": until > plan.confirm_until}


def applicant_deadline(application: Application) -> datetime:
    """Until when the applicant may act: as long as the process waits for it, else the plan's window."""
    ends = application.plan.confirm_until
    instance = application.instance_id
    waiting = engine.find_party_deadline(instance, APPLICANT) if instance is not None else None
    if public_states.is_allowed(application, Ability.CORRECT):
        # set when it was returned; the window no longer counts
        return waiting or ends
    return max(ends, waiting) if waiting and ends <= now() else ends


def is_with_authority(application: Application) -> bool:
    """Whether people of the site have the case, so that no time of its applicant runs."""
    waiting = running.select_live_items(application.instance_id)
    return db.session.scalar(waiting.where(WorkItem.role.like("site.%")).limit(1)) is not None


def renew_arrangement(application: Application, known: dict[str, Any], moment: datetime) -> dict[str, Any]:
    """The arrangement after the plan's windows moved; a case that was given days of its own keeps them."""
    ends = application.plan.confirm_until
    own = datetime.fromisoformat(known["until"]) if known.get("until") else ends
    kept = own > moment >= ends or own == ends or (known.get("own") and own > ends)
    return known if kept else {**known, "until": ends.isoformat(), "own": False}


def last_moment(plan: Plan, moment: datetime) -> datetime:
    """Until when to confirm or correct at the latest; a case set back is not to lapse at the same moment."""
    return plan.confirm_until if plan.confirm_until > moment else moment + AFTER_WINDOW
