"""教师资格证书信息: as the certificate register told of them; nothing is changed here."""

from __future__ import annotations

from flask import g
from flask.typing import ResponseReturnValue

from domain.outside.records import record_syncs, register_records
from domain.wording import sync_states
from handlers.entry.access import allow
from handlers.page import sync_requests
from handlers.page.contract import Page, show
from handlers.profile.blueprint import pages, redirect_to_page
from models.base.codes import KINDS


@pages.get("/certificates")
@allow("applicant")
@show("profile/certificates.html")
def certificates() -> Page:
    """One's own teacher certificates, and how the asking of their register stands."""
    person_id = g.principal.person_id
    sync = record_syncs.list_syncs(person_id).get(record_syncs.CERTIFICATES)
    return {
        "rows": register_records.list_kept_certificates(person_id),
        "kinds": KINDS,
        "sync": sync_states.describe_sync(sync),
    }


@pages.post("/certificates/sync")
@allow("applicant")
def sync_certificates() -> ResponseReturnValue:
    """Have the register asked now."""
    sync_requests.request_sync(record_syncs.CERTIFICATES)
    return redirect_to_page("profile.certificates")
