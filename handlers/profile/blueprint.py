"""The blueprint that the pages of the personal centre share, and the way back from them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from domain.rules import eligibility
from handlers.entry import safe_redirects as addresses
from models import db
from models.persons.people import Person
from translations import gettext

pages = Blueprint("profile", __name__)
# Open although particulars are missing: they are completed here, and the account is mended.
ALWAYS_OPEN = frozenset(
    f"profile.{name}"
    for name in (
        "particulars",
        "overview",
        "mobile",
        "email",
        "identity",
        "identity_document",
        "name",
        "request_particulars",
    )
)


@pages.before_request
def require_particulars() -> ResponseReturnValue | None:
    """Whoever lacks particulars is led to them first; afterwards they go on to where they wanted."""
    if request.method != "GET" or request.endpoint in ALWAYS_OPEN:
        return None
    person = db.session.get_one(Person, g.principal.person_id)
    lacks = bool(eligibility.missing_particulars(person))
    db.session.rollback()
    return redirect(url_for("profile.particulars", next=request.full_path.rstrip("?"))) if lacks else None


@pages.context_processor
def _provide_return_address() -> dict[str, Any]:
    return {"back": return_address(), "back_text": _back_text(return_address())}


def return_address() -> str:
    """Where `?next=` leads: an address of ours, or nothing."""
    return addresses.safe_address(request.values.get("next", ""))


def redirect_back(endpoint: str, **values: Any) -> ResponseReturnValue:
    """After a success: back to where the person came from, else to a page of the centre."""
    return redirect(return_address() or url_for(endpoint, **values), 303)


def redirect_to_page(endpoint: str, **values: Any) -> ResponseReturnValue:
    """A page of the centre, keeping the way back."""
    return redirect(
        url_for(endpoint, **values, **({"next": return_address()} if return_address() else {})), 303
    )


def _back_text(address: str) -> str:
    if address.startswith("/apply"):
        return gettext("返回报名")
    return gettext("返回") if address else ""
