"""Drafts: what a person typed into an item and has not sent, theirs until they send it or clear it.

Others may meanwhile have taken the item, done it, or the process may have withdrawn it: the text stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite

from models import db
from models.base.prebuilt import on_postgresql
from models.processes.instances import WorkItem
from models.processes.item_drafts import ItemDraft
from workflows.clock import now
from workflows.worklist import statements


def find_draft(item_id: int, person: int) -> ItemDraft | None:
    """What the person typed into an item; nothing that anybody else did."""
    return db.session.get(ItemDraft, (item_id, person))


def keep_draft(item_id: int, typed: Mapping[str, Any], person: int) -> None:
    """Keep what the person typed, whoever holds the item now; what they have sent needs no draft."""
    if db.session.get_one(WorkItem, item_id).done_by == person:
        return  # saved in the background, and overtaken by the sending of it
    dialect = postgresql if on_postgresql() else sqlite
    said = {"typed": dict(typed), "saved_at": now()}
    row = dialect.insert(ItemDraft).values(work_item_id=item_id, person_id=person, **said)
    db.session.execute(row.on_conflict_do_update(index_elements=["work_item_id", "person_id"], set_=said))
    db.session.expire_all()


def forget_draft(item_id: int, person: int) -> None:
    """End the person's draft of an item."""
    statements.FORGET_DRAFT.run({"item": item_id, "person": person})
    db.session.expire_all()
