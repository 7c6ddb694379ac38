"""Notices go out by SMS and by mail, each in a job of its own: a channel that is down holds up no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from domain import outside
from models import db
from models.cases.notices import Notice
from models.cases.states import DeliveryState
from models.persons.people import Person
from translations import gettext, join_words, lazy_gettext
from workflows.background import jobs
from workflows.operations import OperationCall

LETTERHEAD = lazy_gettext("【教师资格】")


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One way on which notices go out."""

    name: str  # sms | mail
    address: str  # the person's column
    state: str  # the notice's column
    send: Callable[[str, str, str, str], None]  # address, title, text, request key


def _send_sms(mobile: str, _title: str, text: str, key: str) -> None:
    outside.send_sms(mobile, f"{LETTERHEAD}{text}", key)


CHANNELS = (
    Channel(name="sms", address="mobile", state="sms_state", send=_send_sms),
    Channel(name="mail", address="email", state="mail_state", send=outside.send_mail),
)


STATES = {
    ("sms", DeliveryState.WAITING): lazy_gettext("短信待发出"),
    ("sms", DeliveryState.SENT): lazy_gettext("短信已发出"),
    ("sms", DeliveryState.FAILED): lazy_gettext("短信未能发出"),
    ("mail", DeliveryState.WAITING): lazy_gettext("邮件待发出"),
    ("mail", DeliveryState.SENT): lazy_gettext("邮件已发出"),
    ("mail", DeliveryState.FAILED): lazy_gettext("邮件未能发出"),
}


TAGS = {DeliveryState.WAITING: "", DeliveryState.SENT: "ok", DeliveryState.FAILED: "bad"}


def send_notice(notice: Notice) -> None:
    """Add a notice, and queue a job for each channel on which its person can be reached."""
    person = db.session.get_one(Person, notice.person_id)
    db.session.add(notice)
    ways = [channel for channel in CHANNELS if getattr(person, channel.address)]
    for channel in ways:
        setattr(notice, channel.state, DeliveryState.WAITING)
    if not ways:  # it stands in the account, and there is no other way
        notice.sent_at = notice.created_at
    db.session.flush()
    for channel in ways:
        _queue_delivery(notice.id, channel)


def describe_state(notice: Notice) -> str:
    """How far a notice has got on each channel, in words."""
    return join_words(words for words, _ in list_states(notice))


def list_states(notice: Notice) -> list[tuple[str, str]]:
    """The same channel by channel, each with the state of its tag; never empty."""
    found = {name: state for name in ("sms", "mail") if (state := getattr(notice, f"{name}_state"))}
    if found:
        return [(str(STATES[name, state]), TAGS[state]) for name, state in found.items()]
    return [(gettext("已发出"), "ok") if notice.sent_at else (gettext("待发出"), "")]


def _queue_delivery(notice: int, channel: Channel, request_key: str | None = None) -> None:
    jobs.enqueue_job(
        f"notices.{channel.name}",
        {"notice": notice},
        key=f"notice:{notice}:{channel.name}",
        request_key=request_key,
    )


def prepare_delivery(channel: Channel, call: OperationCall, notice: int) -> dict[str, Any]:
    row = db.session.get_one(Notice, notice)
    address = db.session.scalar(select(getattr(Person, channel.address)).where(Person.id == row.person_id))
    text = (row.channels or {}).get(channel.name, row.text)
    return {"address": address, "title": row.title, "text": text}


def perform_delivery(channel: Channel, request: dict[str, Any], key: str) -> bool:
    """Send it; False when the person has taken number or address back."""
    if request["address"]:
        channel.send(request["address"], request["title"], request["text"], key)
    return bool(request["address"])


def record_delivery(channel: Channel, call: OperationCall, parameters: Mapping[str, Any], sent: bool) -> None:
    notice = db.session.get_one(Notice, parameters["notice"], with_for_update=True, populate_existing=True)
    setattr(notice, channel.state, DeliveryState.SENT if sent else None)
    if {notice.sms_state, notice.mail_state} <= {DeliveryState.SENT, None}:
        notice.sent_at = call.now


def abandon_delivery(channel: Channel, call: OperationCall, parameters: Mapping[str, Any]) -> None:
    setattr(db.session.get_one(Notice, parameters["notice"]), channel.state, DeliveryState.FAILED)


def divide_by_channel(call: OperationCall, parameters: Mapping[str, Any], key: str) -> None:
    """Queue both channels of a notice whose job was made when one job stood for both.

    It may have been tried: each channel goes on under the key that it was tried with.
    """
    notice = db.session.get_one(Notice, parameters["notice"])
    for channel in CHANNELS:
        setattr(notice, channel.state, DeliveryState.WAITING)
        _queue_delivery(notice.id, channel, f"{key}:{channel.name}")
