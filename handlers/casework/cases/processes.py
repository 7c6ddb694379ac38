"""Processes that can be started by hand: for designers who try a diagram, and for administrators."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, url_for
from marshmallow import ValidationError, post_load, validates

from domain.reach import starting
from handlers.casework.blueprint import pages
from handlers.casework.forms.schema_fields import text_field
from handlers.entry import size_limits
from handlers.entry.access import allow
from handlers.page.contract import Page, Submission, accept, show
from handlers.page.printable_text import StandardTextSchema
from models import db
from models.base.errors import NotFound
from models.processes import running
from translations import gettext, lazy_gettext
from workflows import engine

STARTERS = frozenset({"process.designer", "admin"})


class StartSchema(StandardTextSchema):
    """What an instance starts with."""

    business_key = text_field(lazy_gettext("业务编号"), most=120)
    variables = text_field(lazy_gettext("初始变量"), most=20_000)

    @validates("business_key")
    def check_business_key(self, value: str, **_: Any) -> None:
        """What is about somebody starts with an act of theirs."""
        if starting.names_a_row(value):
            raise ValidationError(starting.BegunByPages().sentence)

    @post_load
    def read_variables(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The variables as values."""
        return {"business_key": data["business_key"] or None, "variables": _read_variables(data["variables"])}


@pages.get("/processes")
@allow(*STARTERS)
@show("casework/processes.html")
def processes() -> Page:
    """The newest release of each process, with how many instances run."""
    return {"rows": _list_processes()}


@pages.route("/processes/<key>/start", methods=["GET", "POST"])
@allow(*STARTERS)
@show("casework/start.html")
@accept(StartSchema, refusals="variables")
def start_page(sent: Submission, key: str) -> Page:
    """Start an instance with variables."""
    process = _find_process(key)
    if not sent.is_accepted:
        return {"process": process}
    engine.start_instance(key, **sent.answers, actor=g.principal.person_id)
    db.session.commit()
    flash(gettext("已启动“%(process)s”。", process=process["name"]), "ok")
    return redirect(url_for("casework.worklist"))


def _read_variables(text: str) -> dict[str, Any]:
    try:
        found = size_limits.read_json(text) if text.strip() else {}
    except ValueError:
        raise ValidationError(gettext("不是有效的 JSON，请检查引号和逗号。"), "variables") from None
    if not isinstance(found, dict):
        raise ValidationError(gettext('请填写一个 JSON 对象，如 {"days": 3}。'), "variables")
    return found


def _list_processes() -> list[dict[str, Any]]:
    counts = dict(db.session.execute(running.select_running_counts()).all())
    found = db.session.execute(running.select_newest_releases()).all()
    bound = starting.list_bound_processes()
    return [
        {
            "key": key,
            "number": number,
            "name": _find_name(key),
            "running": counts.get(key, 0),
            "startable": key not in bound and starting.may_begin(key, g.principal.roles),
        }
        for key, number in found
    ]


def _find_process(key: str) -> dict[str, Any]:
    for row in _list_processes():
        if row["key"] == key:
            starting.check_start(key, None, g.principal.roles)
            return row
    raise NotFound


def _find_name(key: str) -> str:
    return db.session.scalar(running.select_process_names(key).limit(1)) or key
