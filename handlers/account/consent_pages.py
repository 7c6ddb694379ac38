"""Agreeing to the versions of 用户协议 and 隐私说明 that have begun since somebody agreed last."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, request
from marshmallow import ValidationError, fields, validate, validates_schema

from domain.site import agreed_texts
from handlers.account.blueprint import pages
from handlers.account.proofs import schemas, sessions
from handlers.entry import consent_gate
from handlers.entry.access import allow
from handlers.page.contract import Page, Submission, accept, show
from models import db
from translations import gettext, lazy_gettext
from workflows.clock import wall_time


class AgreeSchema(schemas.PageSchema):
    """The versions that the page showed, and the tick."""

    agreed_texts = fields.String(
        load_default="",
        validate=validate.Length(max=100, error=agreed_texts.TextsChanged.sentence),
    )
    agree = fields.Boolean(load_default=False, metadata={"label": lazy_gettext("同意")})

    @validates_schema(skip_on_field_errors=False)
    def agreed(self, data: dict[str, Any], **_: Any) -> None:
        """Nobody agrees without a tick."""
        if not data.get("agree"):
            raise ValidationError(gettext("请阅读后勾选同意"), "agree")


@pages.route("/agreement", methods=["GET", "POST"])
@allow("applicant")
@show("account/agree.html")
@accept(AgreeSchema, refusals="agree")
def agree(sent: Submission) -> Page:
    """Show what is new, note the agreement, and lead on to where the person was going."""
    moment, person = wall_time(), g.principal.person_id
    owed = agreed_texts.list_owed(person, moment)
    if sent.is_accepted:
        numbers = consent_gate.read_numbers(sent.answers["agreed_texts"])
        if not {one.id for one in owed} <= set(numbers):
            raise agreed_texts.TextsChanged
        address = request.remote_addr or ""
        agreed = [one.id for one in owed]
        agreed_texts.record_consent(person, agreed, moment=moment, address=address)
        db.session.commit()
        return redirect(sessions.find_target(g.principal.kind), 303)
    if not owed:
        return redirect(sessions.find_target(g.principal.kind), 303)
    shown = {"texts": owed, "titles": agreed_texts.TITLES, "next": request.values.get("next", "")}
    return shown | {"numbers": consent_gate.name_numbers(owed)}
