"""证书查询: its two ways, and one's own certificates after signing in."""

from __future__ import annotations

from flask import g, redirect, request, url_for

from domain.outside.records import register_records
from handlers.entry.access import allow
from handlers.page.contract import Page, show
from handlers.public.blueprint import pages
from models.base.codes import KINDS
from models.persons.states import PersonKind


@pages.get("/certificates")
@allow("public")
@show("public/certificates.html")
def certificates() -> Page:
    """What can be asked, and where older certificates are."""
    return {}


@pages.get("/certificates/own")
@allow("applicant", "staff")
@show("public/certificates_own.html")
def own_certificates() -> Page:
    """本人查询: one's own certificates, from here and from the register."""
    if g.principal is None:
        return redirect(url_for("account.sign_in", next=request.path))
    if g.principal.kind != PersonKind.APPLICANT:
        return {"holding": None}
    holding = register_records.list_certificates(g.principal.person_id)
    return {"holding": holding, "kinds": KINDS}
