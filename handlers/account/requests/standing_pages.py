"""Where a request stands, for whoever has its number and proves whose it is by the mobile number."""

from __future__ import annotations

from flask import redirect, request, session, url_for
from limits import parse

from domain.accounts import account_requests
from domain.wording import public_states
from handlers.account.blueprint import pages
from handlers.account.proofs.schemas import FindRequestSchema
from handlers.entry import rate_limits
from handlers.entry.access import allow
from handlers.page.contract import Page, Submission, accept, show
from models import db
from models.base.errors import DomainError, NotFound
from models.persons.accounts import SORTS
from models.processes.instances import ProcessInstance
from translations import lazy_gettext

KEY = "requests"  # in the browser's cookie: the codes that were proved here
MOST = 5
FROM_ADDRESS = parse("30 per hour")


class NoSuchRequest(DomainError):
    """A code and a number that do not belong together, or a code of nothing."""

    code = "no_such_request"
    status = 422
    sentence = lazy_gettext("没有这个查询码的申请，或者手机号与申请时不一致，请照短信核对。")


@pages.route("/requests", methods=["GET", "POST"])
@allow("public")
@show("account/find_request.html")
@accept(FindRequestSchema, refusals="code")
def find_request(sent: Submission) -> Page:
    """Where somebody types the code that came by SMS, and the number that it came to."""
    if not sent.is_accepted:
        return {"form": sent.view({"code": request.args.get("code", "")[:40]})}
    limited = rate_limits.client_address()
    rate_limits.count_or_refuse(rate_limits.TooMany, FROM_ADDRESS, "request", "from", limited)
    try:
        found = account_requests.find_by_code(sent.answers["code"])
    except NotFound:
        raise NoSuchRequest from None
    if found.mobile != sent.answers["mobile"]:
        raise NoSuchRequest
    remember_code(found.code)
    return redirect(url_for("account.contested", code=found.code), 303)


@pages.get("/requests/<code>")
@allow("public")
@show("account/contested.html")
def contested(code: str) -> Page:
    """Where a request stands, for a browser in which its number was proved; it names nobody."""
    if code not in session.get(KEY, ()):
        return redirect(url_for("account.find_request", code=code[:40]))
    found = account_requests.find_by_code(code)
    instance = db.session.get(ProcessInstance, found.instance_id)
    state = public_states.find_named_state(found.instance_id, instance.public_state if instance else None)
    return {"row": found, "state": state, "sort": SORTS[found.sort]}


def remember_code(code: str) -> None:
    """Let this browser see where a request stands."""
    session[KEY] = [code, *(one for one in session.get(KEY, ()) if one != code)][:MOST]
