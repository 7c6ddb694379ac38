"""Letters to a mobile number or an address, whoever it belongs to: a job for each, after the transaction."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import partial

from marshmallow import Schema, fields

from handlers.services.delivery import CHANNELS, Channel
from models.people import Person
from workflows import jobs, operations
from workflows.operations import LASTING, Operation


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Where somebody can be reached; an address stands here only once it is proved."""

    mobile: str | None = None
    email: str | None = None


class OfLetter(Schema):
    """A number or an address, and what is told there."""

    address = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)


def of(person: Person) -> Contact:
    """A person's own contact."""
    return Contact(mobile=person.mobile, email=person.email)


def tell(contact: Contact, title: str, text: str) -> None:
    """Have something told; it is kept with the caller's transaction."""
    for channel in CHANNELS:
        if address := getattr(contact, channel.address):
            letter = {"address": address, "title": title, "text": text}
            jobs.enqueue(f"contacts.{channel.name}", letter, key=f"contact:{uuid.uuid4().hex}")


def _perform(channel: Channel, letter: dict[str, str], key: str) -> None:
    channel.send(letter["address"], letter["title"], letter["text"], key)


for _channel, _summary in zip(
    CHANNELS, ("把一条账号通知发到指定的手机号", "把一条账号通知发到指定的电子邮箱"), strict=True
):
    operations.register(
        Operation(
            name=f"contacts.{_channel.name}",
            kind="outward",
            summary=_summary,
            parameters=OfLetter,
            perform=partial(_perform, _channel),
            patience=LASTING,
        )
    )
