"""Requests about accounts for those who check them: a list without names, as each task records who looks."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from marshmallow import fields, validate

from handlers.casework.blueprint import pages
from handlers.entry.access import allow
from handlers.page.contract import Page, ask, show
from handlers.page.queries import QuerySchema, RowReference
from models import db
from models.listing.account_requests import select_requests
from models.persons.accounts import SORTS
from models.persons.states import RequestSort

PAGE_SIZE = 50


class RequestQuery(QuerySchema):
    """A part of the list."""

    view = fields.String(load_default="open", validate=validate.OneOf(("open", "ended")))
    sort = fields.String(load_default="", validate=validate.OneOf(("", *RequestSort)))
    before = RowReference()  # the request that the page before ended with


@pages.get("/account-requests", endpoint="account_requests")
@allow("account.clerk")
@show("casework/account_requests.html")
@ask(RequestQuery)
def account_request_list(asked: dict[str, Any]) -> Page:
    """Requests about accounts, those to be checked or those that ended, each with its task."""
    query = select_requests(
        ended=asked["view"] == "ended", sort=asked["sort"] or None, before=asked["before"]
    )
    found = db.session.execute(query.limit(PAGE_SIZE + 1)).all()
    return {
        "rows": found[:PAGE_SIZE],
        "view": asked["view"],
        "sort": asked["sort"],
        "sorts": SORTS,
        "before": found[PAGE_SIZE - 1][0].id if len(found) > PAGE_SIZE else None,
        "here": url_for("casework.account_requests", **request.args.to_dict()),
    }
