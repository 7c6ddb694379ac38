"""The picture that came with a request about an account, for those who check it."""

from __future__ import annotations

from flask import Response, g

from domain.reach import scope
from handlers.casework.blueprint import pages
from handlers.casework.dossier import audit_trail
from handlers.entry.access import allow
from handlers.page.stored_files import stream_file
from models import db
from models.base.errors import NotFound
from models.persons.accounts import AccountRequest, select_request
from models.processes.instances import WorkItem


@pages.get("/tasks/<int:item_id>/document")
@allow("staff")
def request_document(item_id: int) -> Response:
    """The picture of the document; every look at it leaves a row."""
    item = scope.find_item(g.principal, item_id)
    audit_trail.record_request_view(g.principal, "account_request.document_viewed", _find_request(item))
    return stream_file(_find_request(scope.find_item(g.principal, item_id)).file)


def _find_request(item: WorkItem) -> AccountRequest:
    found = db.session.scalar(select_request(item.instance_id))
    if found is None:
        raise NotFound
    return found
