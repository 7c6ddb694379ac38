"""A real server that plays the outside registers and channels, with pages to steer it and an inbox.

It is a program of its own: nothing here imports the application, and the application reaches it by HTTP only.
"""

from __future__ import annotations

import hmac
import os
import time

from flask import Flask, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from simulator import channels, faults, pages, registers, wechat
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
    app.after_request(_spoil_answer)
    for blueprint in (registers.pages, channels.pages, wechat.pages, pages.pages):
        app.register_blueprint(blueprint)
    return app


def _admit_request() -> ResponseReturnValue | None:
    """Ask for the key and the request id, then behave as the console says."""
    register = _asked_register()
    if register is None:
        return None
    if register == "wechat":  # whose secret comes in the address
        return _misbehave_as_set(register)
    if not hmac.compare_digest(request.headers.get("X-Api-Key", ""), current_app.extensions["key"]):
        return faults.refuse(401, "UNAUTHORISED", "密钥不对")
    if not request.headers.get("X-Request-Id"):
        return faults.refuse(400, "BAD_REQUEST", "没有请求编号")
    return _misbehave_as_set(register)


def _asked_register() -> str | None:
    """The register or channel that an address belongs to; none for the simulator's own pages."""
    if request.path.startswith("/sns/"):
        return "wechat"
    if not request.path.startswith(_CLOSED):
        return None
    return request.path.strip("/").removeprefix("registers/").split("/")[0]


def _misbehave_as_set(register: str) -> ResponseReturnValue | None:
    behaviour = registers.current_world().behaviour(register)
    if behaviour.mode == "slow":
        _keep_waiting(register, time.monotonic() + behaviour.seconds)
    if behaviour.mode == "pending":
        return registers.answer_pending() if register != "wechat" else (jsonify(code="PENDING"), 202)
    misbehave = faults.INSTEAD.get(behaviour.mode)
    return misbehave(behaviour.seconds) if misbehave else None


def _spoil_answer(answer: Response) -> Response:
    register = _asked_register()
    if register is None:
        return answer
    return faults.spoil(answer, registers.current_world().behaviour(register).mode)


def _keep_waiting(register: str, until: float) -> None:
    """Keep whoever asked waiting, until the time is over or the console says otherwise."""
    world = registers.current_world()
    world.arrive(register)
    while time.monotonic() < until and world.behaviour(register).mode == "slow":
        time.sleep(0.02)
