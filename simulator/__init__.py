"""A real server that plays the outside registers and channels, with pages to steer it and an inbox.

It is a program of its own: nothing here imports the application, and the application reaches it by HTTP only.
"""

from __future__ import annotations

import hmac
import os
import time

from flask import Flask, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from simulator import channels, pages, registers, wechat
from simulator.store import Store
from simulator.world import World

_CLOSED = ("/registers/", "/sms/", "/mail/")


def create_app(database: str | None = None, key: str | None = None) -> Flask:
    """The simulator over a database file (":memory:" keeps nothing), open to whoever has the key."""
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config["MAX_CONTENT_LENGTH"] = 1024 * 1024
    path = database or os.environ.get("ZIGE_SIMULATOR_DATABASE", "instance/simulator.db")
    app.extensions["world"] = World(Store(path))
    app.extensions["key"] = key or os.environ.get("ZIGE_SIMULATOR_KEY", "simulator")
    app.before_request(_admit_request)
    for blueprint in (registers.pages, channels.pages, wechat.pages, pages.pages):
        app.register_blueprint(blueprint)
    return app


def _admit_request() -> ResponseReturnValue | None:
    """Ask for the key and the request id, then behave as the console says."""
    if request.path.startswith("/sns/"):  # the secret of WeChat comes in the address
        return _misbehave_as_set("wechat")
    if not request.path.startswith(_CLOSED):
        return None
    if not hmac.compare_digest(request.headers.get("X-Api-Key", ""), current_app.extensions["key"]):
        abort(401)
    if not request.headers.get("X-Request-Id"):
        abort(400)
    return _misbehave_as_set(request.path.strip("/").removeprefix("registers/").split("/")[0])


def _misbehave_as_set(register: str) -> ResponseReturnValue | None:
    behaviour = registers.current_world().behaviour(register)
    if behaviour.mode == "slow":
        _keep_waiting(register, time.monotonic() + behaviour.seconds)
    if behaviour.mode == "down":
        return jsonify(code="UNAVAILABLE"), 503
    if behaviour.mode == "malformed":
        return jsonify(state="fine", records={"number": 7})
    if behaviour.mode == "garbled":
        return "<html><title>系统维护中</title></html>", 200, {"Content-Type": "text/html; charset=utf-8"}
    if behaviour.mode == "oversized":
        return " " * (4 * 1024 * 1024), 200, {"Content-Type": "application/json"}
    if behaviour.mode == "failing":
        return "<html><title>Internal Server Error</title></html>", 500, {"Content-Type": "text/html"}
    if behaviour.mode == "truncated":  # the line goes dead in the middle of what was announced
        return '{"request_id": "', 200, {"Content-Type": "application/json", "Content-Length": "400"}
    if behaviour.mode == "busy":
        return jsonify(code="UNAVAILABLE"), 503, {"Retry-After": f"{behaviour.seconds:.0f}"}
    if behaviour.mode == "refusing":
        return jsonify(code="REFUSED"), 422
    if behaviour.mode == "pending":
        return registers.answer_pending() if register != "wechat" else (jsonify(code="PENDING"), 202)
    return None


def _keep_waiting(register: str, until: float) -> None:
    """Keep whoever asked waiting, until the time is over or the console says otherwise."""
    world = registers.current_world()
    world.arrive(register)
    while time.monotonic() < until and world.behaviour(register).mode == "slow":
        time.sleep(0.02)
