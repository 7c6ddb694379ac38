"""Where a person came from: the list with its filters and page, the desk, the search, a case.

Links to a task carry the address of the page they stand on, its forms keep it, and after an act one lands
there again.
"""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from handlers.casework.blueprint import pages
from handlers.entry import safe_redirects

FIELD = "back"


def return_address() -> str:
    """The page of ours that the request says it came from; empty when it says none."""
    sent = safe_redirects.safe_address(request.values.get(FIELD, ""))
    return sent if sent.startswith(url_for("casework.worklist")) else ""


def return_query() -> dict[str, str]:
    """The part of an address that hands it on."""
    return {FIELD: return_address()} if return_address() else {}


def redirect_back(endpoint: str, **usual: str) -> ResponseReturnValue:
    """After an act: back where the person came from, else to the usual page."""
    return redirect(return_address() or url_for(endpoint, **usual))


@pages.context_processor
def provide_came_from() -> dict[str, str]:
    """`came_from` of the pages of a case, for the way back, and the entry that it stands in."""
    return {"came_from": return_address(), "came_section": _find_section(return_address())}


def _find_section(address: str) -> str:
    entered = ("casework.desk", "casework.search", "casework.certificates")
    path = address.partition("?")[0]
    return next((name for name in entered if path == url_for(name)), "casework.worklist")
