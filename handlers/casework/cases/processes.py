"""Processes that can be started by hand: for designers who try a diagram, and for administrators."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from domain.reach import visibility
from handlers.casework.blueprint import pages
from handlers.entry import size_limits
from handlers.entry.access import allow
from handlers.page.formfields import FormView
from models import db
from models.base.errors import DomainError, NotAllowed, NotFound
from models.processes import running
from translations import gettext
from workflows import engine

STARTERS = frozenset({"process.designer", "admin"})


@pages.get("/processes")
@allow("staff")
def processes() -> ResponseReturnValue:
    """The newest release of each process, with how many instances run."""
    _need_role()
    return render_template("casework/processes.html", rows=_list_processes())


@pages.get("/processes/<key>/start")
@allow("staff")
def start_page(key: str) -> ResponseReturnValue:
    """What an instance starts with."""
    _need_role()
    return render_template("casework/start.html", process=_find_process(key), form=FormView.blank())


@pages.post("/processes/<key>/start")
@allow("staff")
def start(key: str) -> ResponseReturnValue:
    """Start an instance."""
    _need_role()
    process = _find_process(key)
    variables, problems = _read_variables(request.form.get("variables", ""))
    if not problems:
        problems = _start_instance(key, variables)
    if problems:
        db.session.rollback()
        form = FormView.refused(request.form, problems)
        return render_template("casework/start.html", process=process, form=form), 422
    flash(gettext("已启动“%(process)s”。", process=process["name"]), "ok")
    return redirect(url_for("casework.worklist"))


def _start_instance(key: str, variables: dict[str, Any]) -> dict[str, list[str]]:
    business_key = request.form.get("business_key", "").strip() or None
    if business_key and business_key.startswith(visibility.ABOUT_SOMEBODY):
        return {"business_key": [gettext("认定申请只能由申请人报名产生，请换一个业务编号。")]}
    try:
        engine.start_instance(
            key, business_key=business_key, variables=variables, actor=g.principal.person_id
        )
    except DomainError as refusal:
        return {"variables": [refusal.sentence]}
    db.session.commit()
    return {}


def _read_variables(text: str) -> tuple[dict[str, Any], dict[str, list[str]]]:
    if not text.strip():
        return {}, {}
    try:
        found = size_limits.read_json(text)
    except ValueError:
        return {}, {"variables": [gettext("不是有效的 JSON，请检查引号和逗号。")]}
    if not isinstance(found, dict):
        return {}, {"variables": [gettext('请填写一个 JSON 对象，如 {"days": 3}。')]}
    return found, {}


def _list_processes() -> list[dict[str, Any]]:
    counts = dict(db.session.execute(running.select_running_counts()).all())
    found = db.session.execute(running.select_newest_releases()).all()
    return [
        {"key": key, "number": number, "name": _find_name(key), "running": counts.get(key, 0)}
        for key, number in found
    ]


def _find_process(key: str) -> dict[str, Any]:
    for row in _list_processes():
        if row["key"] == key:
            return row
    raise NotFound


def _find_name(key: str) -> str:
    return db.session.scalar(running.select_process_names(key).limit(1)) or key


def _need_role() -> None:
    if not g.principal.roles & STARTERS:
        raise NotAllowed
