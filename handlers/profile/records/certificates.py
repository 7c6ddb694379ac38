"""教师资格证书信息: as the certificate register has them; nothing is changed here."""

from __future__ import annotations

from flask import g

from domain.outside import register_records
from handlers.entry.access import allow
from handlers.page.contract import Page, show
from handlers.profile.blueprint import pages
from models.base.codes import KINDS


@pages.get("/certificates")
@allow("applicant")
@show("profile/certificates.html")
def certificates() -> Page:
    """One's own teacher certificates."""
    holding = register_records.list_certificates(g.principal.person_id)
    return {"holding": holding, "kinds": KINDS}
