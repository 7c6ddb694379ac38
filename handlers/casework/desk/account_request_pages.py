"""The picture that came with a request about an account, for those who check it."""

from __future__ import annotations

from flask import Response, g, request
from sqlalchemy import select

from domain.reach import scope
from handlers.casework.blueprint import pages
from handlers.entry.access import allow
from handlers.page.stored_files import stream_file
from models import db
from models.base.database import write_transaction
from models.base.errors import NotFound
from models.cases.notices import AuditEntry
from models.persons.accounts import AccountRequest
from models.processes.instances import WorkItem
from workflows.clock import now


@pages.get("/tasks/<int:item_id>/document")
@allow("staff")
def request_document(item_id: int) -> Response:
    """The picture of the document; every look at it leaves a row."""
    item = scope.find_item(g.principal, item_id)
    found = _find_request(item)
    with write_transaction():
        entry = AuditEntry(
            at=now(),
            actor_id=g.principal.person_id,
            action="account_request.document_viewed",
            person_id=found.person_id,
            address=request.remote_addr or "",
            detail={"request": found.id},
        )
        db.session.add(entry)
    return stream_file(_find_request(scope.find_item(g.principal, item_id)).file)


def _find_request(item: WorkItem) -> AccountRequest:
    own = select(AccountRequest).where(AccountRequest.instance_id == item.instance_id)
    found = db.session.scalar(own)
    if found is None:
        raise NotFound
    return found
