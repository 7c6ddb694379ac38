"""The SMS gateway and the mail service: what is sent to them is kept for the inbox page."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from simulator import faults
from simulator.registers import Reply, answer_once, current_world

pages = Blueprint("channels", __name__)

NUMBER = re.compile(r"\+?[0-9]{6,20}")
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


@pages.post("/sms/messages")
def send_sms() -> ResponseReturnValue:
    """Take one short message."""
    body = request.get_json()
    if not _has_texts(body, "to", "text"):
        return faults.refuse(400, "BAD_REQUEST", "缺少字段：to、text")
    if not NUMBER.fullmatch(body["to"]):
        return faults.refuse(422, "REFUSED", "没有这个号码")
    return answer_once("sms/messages", body, lambda: _keep_message("sms", body))


@pages.post("/mail/messages")
def send_mail() -> ResponseReturnValue:
    """Take one mail."""
    body = request.get_json()
    if not _has_texts(body, "to", "subject", "text") or not isinstance(body.get("attachments", []), list):
        return faults.refuse(400, "BAD_REQUEST", "缺少字段：to、subject、text")
    if not ADDRESS.fullmatch(body["to"]):
        return faults.refuse(422, "REFUSED", "没有这个地址")
    return answer_once("mail/messages", body, lambda: _keep_message("mail", body))


@pages.get("/messages")
def messages() -> ResponseReturnValue:
    """What was sent, newest first, for tests: ?channel=sms&to=138…"""
    found = current_world().store.messages(
        channel=request.args.get("channel", ""), recipient=request.args.get("to", "")
    )
    return jsonify(messages=found)


def _keep_message(channel: str, body: dict[str, Any]) -> Reply:
    current_world().store.send(
        channel=channel,
        recipient=body["to"],
        subject=body.get("subject", ""),
        text=body["text"],
        attachments=[str(name) for name in body.get("attachments", [])],
    )
    return "ACCEPTED", []


def _has_texts(body: Any, *fields: str) -> bool:
    return isinstance(body, dict) and all(isinstance(body.get(f), str) and body[f].strip() for f in fields)
