"""证书查询: one's own certificates after signing in; the query about others is not open yet."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from domain.outside import register_records
from handlers.entry.access import allow
from handlers.public.blueprint import pages
from models.base.codes import KINDS


@pages.get("/certificates")
@allow("public")
def certificates() -> ResponseReturnValue:
    """What can be asked, and where older certificates are."""
    return render_template("public/certificates.html")


@pages.get("/certificates/own")
@allow("applicant", "staff")
def own_certificates() -> ResponseReturnValue:
    """本人查询: one's own certificates, from here and from the register."""
    if g.principal is None:
        return redirect(url_for("account.sign_in", next=request.path))
    if g.principal.kind != "applicant":
        return render_template("public/certificates_own.html", holding=None)
    holding = register_records.list_certificates(g.principal.person_id)
    return render_template("public/certificates_own.html", holding=holding, kinds=KINDS)
