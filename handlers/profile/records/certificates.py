"""教师资格证书信息: as the certificate register has them; nothing is changed here."""

from __future__ import annotations

from flask import g, render_template
from flask.typing import ResponseReturnValue

from domain.outside import register_records
from handlers.entry.access import allow
from handlers.profile.blueprint import pages
from models.base.codes import KINDS


@pages.get("/certificates")
@allow("applicant")
def certificates() -> ResponseReturnValue:
    """One's own teacher certificates."""
    holding = register_records.list_certificates(g.principal.person_id)
    return render_template("profile/certificates.html", holding=holding, kinds=KINDS)
