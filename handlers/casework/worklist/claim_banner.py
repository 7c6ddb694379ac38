"""Whose a work item is, as its page tells it, and what may be done about it there."""

from __future__ import annotations

from typing import Any

from flask import g, url_for

from handlers.casework.worklist import return_links
from models import db
from models.listing import claims
from models.persons.people import Person
from models.processes.instances import WorkItem
from models.processes.states import LIVE_ITEMS, ItemState
from workflows import worklist
from workflows.clock import now

LINKS = ("claim_task", "release_task", "hand_over")


def build_banner(item: WorkItem) -> dict[str, Any]:
    """What the claim banner says of an item."""
    mine = claims.holds_item(item, g.principal.person_id)
    held = item.state == ItemState.CLAIMED and not claims.is_free(item, now())
    links = {
        name: url_for(f"casework.{name}", item_id=item.id, **return_links.return_query()) for name in LINKS
    }
    return {
        "claimed_by_me": mine and item.state == ItemState.CLAIMED,
        "assigned": mine and item.state == ItemState.OPEN,
        "claimed_by": _find_name(item.assignee_id) if held and not mine else None,
        "assigned_to": _find_name(item.assignee_id) if item.state == ItemState.OPEN and not mine else None,
        "supervised": worklist.supervises_assignee(item.id, g.principal.person_id),
        "bar": worklist.explain_bar(item.id, g.principal.person_id) if item.state in LIVE_ITEMS else "",
        "claimed_at": item.claimed_at,
        "until": item.claim_expires_at,
        "expired": mine and item.state == ItemState.CLAIMED and not held,
        "claim_url": links["claim_task"],
        "release_url": links["release_task"],
        "hand_over_url": links["hand_over"],
    }


def _find_name(person_id: int | None) -> str | None:
    person = db.session.get(Person, person_id) if person_id else None
    return person.name if person else None
