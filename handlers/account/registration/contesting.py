"""A number that somebody else has registered is contested with a picture and a sentence."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError, validate

from domain.accounts import account_requests
from domain.accounts.account_requests import AccountClaim
from domain.outside import pictures
from handlers.account.blueprint import pages
from handlers.account.proofs.schemas import PageSchema, text_field
from handlers.account.registration import pending_registrations
from handlers.page import signed_values
from handlers.page.formfields import FormView
from models import db
from models.base.codes import ACCOUNT_STATES
from models.base.errors import DomainError, Invalid
from models.processes.instances import ProcessInstance
from translations import gettext, lazy_gettext
from workflows.clock import now

MOST = 500
PICTURE = lazy_gettext("请选择证件照片")


class ContestSchema(PageSchema):
    """Why the number is one's own."""

    statement = text_field(
        lazy_gettext("申诉说明"),
        validate.Length(max=MOST, error=lazy_gettext("申诉说明不超过 %(most)s 个字", most=MOST)),
        hint=lazy_gettext("说明这个证件号码为什么是您的，例如从未注册过本平台"),
    )


@pages.get("/contest")
def contest_page() -> ResponseReturnValue:
    """The form, for somebody whose mobile number was proved a moment ago."""
    token = pending_registrations.remembered_token()
    try:
        known = pending_registrations.read_registration(token)
    except signed_values.PageExpired:
        return redirect(url_for("account.register"))
    if not (known["proved"] and known["taken"]):
        return redirect(url_for("account.confirm_page"))
    return _render_page(token, FormView.blank(ContestSchema()))


@pages.post("/contest")
def contest() -> ResponseReturnValue:
    """Judge the picture, keep the request and start its course."""
    token = request.form.get("carried", "")
    known = pending_registrations.read_registration(token)
    try:
        typed, picture = _read_claim()
        pending_registrations.find_proved(token)
        claim = AccountClaim(**{name: known[name] for name in pending_registrations.NAMES}, statement=typed)
        row = account_requests.open_request(claim, picture, now())
    except ValidationError as error:
        return _render_page(
            token, FormView.refused(request.form, error.normalized_messages(), ContestSchema())
        ), 422
    except account_requests.RequestAlreadyOpen as refusal:
        db.session.rollback()
        problems = {"statement": [refusal.sentence]}
        return _render_page(token, FormView.refused(request.form, problems, ContestSchema())), refusal.status
    pending_registrations.finish_registration(token, row.person_id, "contest")
    code = row.code
    db.session.commit()
    return redirect(url_for("account.contested", code=code), 303)


@pages.get("/requests")
def find_request() -> ResponseReturnValue:
    """Where somebody types the code that came by SMS."""
    code = request.args.get("code", "").strip()
    if not code:
        return render_template("account/find_request.html", form=FormView.blank())
    try:
        found = account_requests.find_by_code(code)
    except DomainError:
        problems = {"code": [gettext("没有这个查询码的申诉，请照短信核对")]}
        form = FormView.refused({"code": code}, problems)
        return render_template("account/find_request.html", form=form), 422
    return redirect(url_for("account.contested", code=found.code))


@pages.get("/requests/<code>")
def contested(code: str) -> ResponseReturnValue:
    """Where a request stands, for whoever has its code; it names nobody."""
    found = account_requests.find_by_code(code)
    instance = db.session.get(ProcessInstance, found.instance_id)
    state = (instance.public_state if instance else None) or "account_checking"
    return render_template("account/contested.html", row=found, state=state, word=ACCOUNT_STATES[state])


def _read_claim() -> tuple[str, pictures.StoredPicture]:
    """The sentence and the picture, both judged before anything is told about either."""
    problems: dict[str, list[str]] = {}
    typed = request.form.get("statement", "")
    try:
        typed = ContestSchema().load(request.form)["statement"]
    except ValidationError as error:
        problems |= error.messages_dict
    file = request.files.get("picture")
    content = file.read() if file and file.filename else b""
    problems |= {} if content else {"picture": [PICTURE]}
    if problems:
        raise ValidationError(problems)
    try:
        return typed, pictures.store_picture("document", content)
    except Invalid as refusal:
        raise ValidationError({"picture": refusal.fields["document"]}) from None


def _render_page(token: str, form: FormView) -> str:
    return render_template("account/contest.html", form=form, carried=token, most=MOST)
