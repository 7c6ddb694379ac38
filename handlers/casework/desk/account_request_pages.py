"""The picture of a document that those see who check whose an account or a name is."""

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
from models.persons.files import StoredFile
from models.persons.identity import IdentityCheck, select_check
from models.processes.instances import WorkItem


@pages.get("/tasks/<int:item_id>/document")
@allow("staff")
def request_document(item_id: int) -> Response:
    """The picture of the document; every look at it leaves a row."""
    seen = _find_matter(scope.find_item(g.principal, item_id))
    if isinstance(seen, AccountRequest):
        audit_trail.record_request_view(g.principal, "account_request.document_viewed", seen)
    else:
        audit_trail.record_check_view(g.principal, "identity_check.document_viewed", seen)
    return stream_file(_find_picture(scope.find_item(g.principal, item_id)))


def _find_matter(item: WorkItem) -> AccountRequest | IdentityCheck:
    found = db.session.scalar(select_request(item.instance_id)) or db.session.scalar(
        select_check(item.instance_id)
    )
    if found is None:
        raise NotFound
    return found


def _find_picture(item: WorkItem) -> StoredFile:
    found = _find_matter(item).file
    if found is None:
        raise NotFound
    return found
