"""Where a form may lead afterwards, to an address of our own only; and the way back to a form."""

from __future__ import annotations

import re

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from handlers.entry.access import SAFE_METHODS

# Browsers read a backslash as a slash and drop tabs and line breaks, so none of these may be in it.
OWN_ADDRESS = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,1000}")


def safe_address(address: str) -> str:
    """The address if it is one of ours, else nothing."""
    return address if OWN_ADDRESS.fullmatch(address) and address.isprintable() else ""


def find_nearest_page() -> str | None:
    """The page nearest to an address that takes forms only, which a browser asks for on going back to it."""
    ways = current_app.create_url_adapter(request)
    if ways is None or request.method not in SAFE_METHODS:
        return None
    try:
        taking, _ = ways.match(method="POST", return_rule=True)
    except HTTPException:
        return None
    asked = request.url_rule
    if asked and (asked.rule == taking.rule or not asked.arguments):
        return None  # the page is there; what it should show is not
    path = request.path.rpartition("/")[0]
    while path and not _is_page(ways, path):
        path = path.rpartition("/")[0]
    query = request.query_string.decode(errors="replace")
    return f"{path or '/'}?{query}" if query else path or "/"


def _is_page(ways: MapAdapter, path: str) -> bool:
    try:
        ways.match(path, method="GET")
    except RequestRedirect:
        return True  # only the slash at its end is missing
    except HTTPException:
        return False
    return True
