"""撤回: until the decision an applicant may end an application, after reading what it means."""

from __future__ import annotations

from flask import flash, g, redirect, url_for
from flask.typing import ResponseReturnValue
from marshmallow import validate

from domain.cases import application_drafts, revisions
from domain.wording import public_states
from handlers.apply.applications import application_pages
from handlers.apply.blueprint import pages
from handlers.apply.summary import listing
from handlers.entry.access import allow
from handlers.entry.typed_input import TrimmedString
from handlers.page.contract import Page, Submission, accept, show
from handlers.page.printable_text import StandardTextSchema
from models import db
from models.base.errors import DomainError
from models.cases.applications import Application
from models.cases.states import Standing
from translations import gettext, lazy_gettext
from workflows import engine, worklist


class NotWithdrawable(DomainError):
    """An application in a stage that the applicant cannot withdraw from."""

    code = "not_withdrawable"
    sentence = lazy_gettext("这件申请不能撤回。")


class WithdrawalSchema(StandardTextSchema):
    """Why, if the applicant likes to say it."""

    reason = TrimmedString(
        load_default="",
        validate=validate.Length(max=400, error=lazy_gettext("撤回原因不超过 400 个字")),
        metadata={
            "label": lazy_gettext("撤回原因"),
            "hint": lazy_gettext("可以不填，不超过 400 个字"),
            "optional": True,
        },
    )


@pages.route("/applications/<int:application_id>/withdraw", methods=["GET", "POST"])
@allow("applicant")
@show("apply/withdraw.html")
@accept(WithdrawalSchema)
def withdraw(sent: Submission, application_id: int) -> Page:
    """End the application, after what that means was read; asked for twice, it is ended once."""
    if (
        sent.typed is not None
        and application_pages.find_own_application(application_id).standing == Standing.WITHDRAWN
    ):
        return _redirect_to_status(application_id)
    own = _find_withdrawable(application_id)
    if not sent.is_accepted:
        return {"application": own, "row": listing.build_row(own), "help_contact": own.authority.contact}
    _complete_reminder(own)
    payload = {"application": application_id, "reason": sent.answers["reason"]}
    engine.perform_act(own.instance_id, revisions.WITHDRAW, payload, actor=g.principal.person_id)
    db.session.commit()
    flash(gettext("申请已撤回，报名号作废。"), "ok")
    return _redirect_to_status(application_id)


def _find_withdrawable(application_id: int) -> Application:
    found = application_pages.find_own_application(application_id)
    if not revisions.is_withdrawable(found):
        state = public_states.find_state(found).label
        raise NotWithdrawable(
            gettext("认定状态为“%(state)s”，不能撤回；作出认定结论之前可以撤回。", state=state)
        )
    return found


def _complete_reminder(own: Application) -> None:
    # Whoever withdraws has seen the number; the reminder would only hold the process up.
    item = application_drafts.find_open_step(g.principal.person_id)
    if item is not None and not engine.is_awaited(own.instance_id, revisions.WITHDRAW):
        worklist.complete_item(item.id, {}, actor=g.principal.person_id)


def _redirect_to_status(application_id: int) -> ResponseReturnValue:
    return redirect(url_for("apply.application", application_id=application_id), 303)
