"""The simulator's pages: overview, inbox, console, and the data that the registers hold."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from simulator import world as vocabulary
from simulator.registers import current_world
from simulator.seed import PEOPLE
from simulator.world import BadSetting

pages = Blueprint("pages", __name__)

_KINDS = {
    "kindergarten": "幼儿园",
    "primary": "小学",
    "junior": "初级中学",
    "senior": "高级中学",
    "vocational": "中等职业学校",
    "vocational_practice": "中等职业学校实习指导教师",
    "higher": "高等学校",
}
_ADDRESS = re.compile(r"https?://[!-~]+[\w/=-]", re.ASCII)
_LEVELS = {
    "1A": "一级甲等",
    "1B": "一级乙等",
    "2A": "二级甲等",
    "2B": "二级乙等",
    "3A": "三级甲等",
    "3B": "三级乙等",
}


@pages.app_template_filter("moment")
def format_moment(at: float) -> str:
    """A time as people here read it."""
    return datetime.fromtimestamp(at, ZoneInfo("Asia/Shanghai")).strftime("%m月%d日 %H:%M:%S")


@pages.app_template_filter("links")
def link_addresses(text: str) -> Markup:
    """A message with its addresses as links; Chinese punctuation on either side is no part of them."""
    return Markup(_ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', str(escape(text))))


@pages.get("/")
def overview() -> ResponseReturnValue:
    """What this is, and where to go."""
    return render_template("simulator/overview.html", **_list_labels())


@pages.get("/inbox")
def inbox() -> ResponseReturnValue:
    """SMS and mail, newest first."""
    channel, to = request.args.get("channel", ""), request.args.get("to", "").strip()
    found = current_world().store.messages(channel=channel, recipient=to)
    refresh = min(max(request.args.get("refresh", 0, type=int), 0), 60)
    return render_template("simulator/inbox.html", messages=found, channel=channel, to=to, refresh=refresh)


@pages.get("/control")
def console() -> ResponseReturnValue:
    """How each register behaves, and what the checks find about whom."""
    return render_template("simulator/control.html", refused="", **_list_labels(), **_list_settings())


@pages.post("/control")
def change() -> ResponseReturnValue:
    """Change settings: the form, or JSON {registers, people, pending_seconds, identity_tries, reset}."""
    try:
        _apply_settings(request.get_json() if request.is_json else _read_form(request.form.to_dict()))
    except BadSetting as refusal:
        if request.is_json:
            return jsonify(error=str(refusal)), 400
        return render_template(
            "simulator/control.html", refused=str(refusal), **_list_labels(), **_list_settings()
        ), 400
    return jsonify(_list_settings()) if request.is_json else redirect(url_for("pages.console"))


@pages.get("/state")
def state() -> ResponseReturnValue:
    """The settings as JSON."""
    return jsonify(_list_settings())


@pages.get("/people")
def people() -> ResponseReturnValue:
    """Everybody whom the registers know, with the numbers that can be typed in."""
    return render_template("simulator/people.html", refused="", given={}, **_list_people())


@pages.post("/people")
def add_person() -> ResponseReturnValue:
    """Take a person in: JSON or form, {document_kind, document_number, name}."""
    given = request.get_json() if request.is_json else request.form.to_dict()
    texts = {name: str(given.get(f"document_{name}", "")) for name in ("kind", "number")}
    try:
        person = current_world().add(**texts, name=str(given.get("name", "")))
    except BadSetting as refusal:
        if request.is_json:
            return jsonify(error=str(refusal)), 400
        return render_template(
            "simulator/people.html", refused=str(refusal), given=given, **_list_people()
        ), 400
    if request.is_json:
        return jsonify(person), 201
    return redirect(url_for("pages.people", _anchor=person.document_number))


def _list_people() -> dict[str, Any]:
    return {
        "people": PEOPLE,
        "added": current_world().added(),
        "kinds": _KINDS,
        "levels": _LEVELS,
        **_list_labels(),
    }


def _list_labels() -> dict[str, Any]:
    return {
        "registers": vocabulary.REGISTERS,
        "modes": vocabulary.MODES,
        "checks": vocabulary.CHECKS,
        "outcomes": vocabulary.OUTCOMES,
        "document_kinds": vocabulary.DOCUMENT_KINDS,
    }


def _list_settings() -> dict[str, Any]:
    return {
        "behaviours": {name: current_world().behaviour(name) for name in vocabulary.REGISTERS},
        "numbers": {name: current_world().number(name) for name in vocabulary.DEFAULTS},
        "found": current_world().store.space("outcome"),
        "used": current_world().store.space("used"),
        "arrived": current_world().store.space("arrived"),
        "answered": {key: kept["address"] for key, kept in current_world().store.space("answers").items()},
        "names": {person.document_number: person.name for person in PEOPLE},
        "standing": {
            person.document_number: {check: getattr(person, check) for check in vocabulary.CHECKS}
            for person in PEOPLE
            if any(getattr(person, check) != "clear" for check in vocabulary.CHECKS)
        },
    }


def _apply_settings(settings: dict[str, Any]) -> None:
    with current_world().store.turn():
        if settings.get("reset"):
            current_world().store.clear()
        for register, behaviour in settings.get("registers", {}).items():
            current_world().behave(
                register, mode=behaviour["mode"], seconds=float(behaviour.get("seconds", 0))
            )
        for number, outcomes in settings.get("people", {}).items():
            for register, outcome in outcomes.items():
                current_world().decide(register, number, outcome)
        for setting in vocabulary.DEFAULTS.keys() & settings.keys():
            current_world().set_number(setting, settings[setting])


def _read_form(form: dict[str, str]) -> dict[str, Any]:
    # One form changes one thing; its button says which.
    act = form.get("act", "")
    if act == "registers":
        return {
            "registers": {name: _read_behaviour(form, name) for name in vocabulary.REGISTERS}
        } | _read_numbers(form)
    if act == "person":
        return {"people": {form.get("number", ""): {form.get("check", ""): form.get("outcome", "")}}}
    if act == "reset":
        return {"reset": True}
    raise BadSetting("没有说明要做什么，设置没有改动。请用页面上的按钮提交")


def _read_behaviour(form: dict[str, str], register: str) -> dict[str, Any]:
    mode, seconds = form.get(f"mode-{register}", "normal"), form.get(f"seconds-{register}", "") or "0"
    if not seconds.replace(".", "", 1).isdigit():
        raise BadSetting(f"{vocabulary.REGISTERS[register]}：秒数请填数字")
    return {"mode": mode, "seconds": seconds}


def _read_numbers(form: dict[str, str]) -> dict[str, int]:
    given = {name: form[name] for name in vocabulary.DEFAULTS if name in form}
    if not all(text.isdigit() for text in given.values()):
        raise BadSetting("等待秒数和每日次数请填整数")
    return {name: int(text) for name, text in given.items()}
