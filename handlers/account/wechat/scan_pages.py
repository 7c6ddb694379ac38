"""What opens on the phone that scanned: into WeChat, and back with a code that tells who agreed."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from domain import outside
from domain.accounts import password_resets, wechat_bindings
from domain.wording.masking import mask_document
from handlers.account.blueprint import pages
from handlers.entry.access import allow
from handlers.page.contract import ON_THE_PAGE, Page, Submission, accept, show
from models import db
from models.base.database import writing
from models.base.errors import DomainError
from models.persons.accounts import PasswordReset, WeChatTicket
from models.persons.people import Person
from translations import lazy_gettext
from workflows.operations import OperationPending, OperationRejected, OperationUnavailable


class WeChatSilent(DomainError):
    """WeChat did not say who agreed."""

    code = "wechat_silent"
    sentence = lazy_gettext("微信暂时没有答复，请稍后再点一次。")


class AgreementOver(DomainError):
    """What WeChat gave the phone was used, or is too old."""

    code = "wechat_code_over"
    sentence = lazy_gettext("微信的授权已经用过或者失效，请重新授权。")


@pages.get("/wechat/go/<ticket>")
@allow("public")
def open_wechat(ticket: str) -> ResponseReturnValue:
    """Lead the phone to the page on which WeChat asks whether the site may know who it is."""
    wechat_bindings.find_ticket(ticket)
    back = f"{current_app.config['PUBLIC_URL']}{url_for('account.return_from_wechat')}"
    return redirect(outside.build_wechat_address(back, ticket))


@pages.route("/wechat/back", methods=["GET", "POST"])
@allow("public")
@show("account/wechat_back.html")
@accept(refusals=ON_THE_PAGE)
def return_from_wechat(sent: Submission) -> Page:
    """Ask once more what the scan is for; the button does it, as opening an address does nothing."""
    if not sent.is_accepted:
        return _build_page()
    wechat_bindings.find_ticket(_read_ticket())
    user = _ask_who_agreed(request.form.get("code", ""))
    ticket = wechat_bindings.use_ticket(_read_ticket())
    if ticket.person_id is not None:
        wechat_bindings.bind(ticket.person_id, user.openid, user.nickname)
        db.session.commit()
        return redirect(url_for("account.wechat_bound"), 303)
    return _go_on_with_reset(ticket, user.openid)


@pages.get("/wechat/done")
@allow("public")
@show("account/wechat_done.html")
def wechat_bound() -> Page:
    """The phone's last page."""
    return {}


def _go_on_with_reset(ticket: WeChatTicket, openid: str) -> ResponseReturnValue:
    """Let the phone of the owner, and no other browser, set the new password."""
    reset = db.session.get(PasswordReset, ticket.reset_id)
    if reset is None or reset.ended_at is not None:
        raise wechat_bindings.TicketOver
    wechat_bindings.check_reset(reset, openid)
    link = password_resets.make_link(reset, password_resets.WECHAT_LINK)
    db.session.commit()
    return redirect(link, 303)


def _ask_who_agreed(code: str) -> Any:
    """No transaction may be open while WeChat is asked."""
    db.session.rollback()
    try:
        return outside.find_wechat_user(code)
    except OperationRejected:
        raise AgreementOver from None
    except (OperationUnavailable, OperationPending):
        raise WeChatSilent from None
    finally:
        writing.set(True)


def _read_ticket() -> str:
    return request.values.get("state", "")


def _build_page() -> dict[str, Any]:
    ticket = wechat_bindings.find_ticket(_read_ticket())
    return {
        "binds": ticket.person_id is not None,
        "document": mask_document(_find_document(ticket)),
        "code": request.values.get("code", ""),
        "ticket": _read_ticket(),
    }


def _find_document(ticket: WeChatTicket) -> str | None:
    """The number of the account, as it is known to whoever had the code drawn."""
    if ticket.person_id is not None:
        return db.session.get_one(Person, ticket.person_id).document_number
    return db.session.get_one(PasswordReset, ticket.reset_id).document_number
