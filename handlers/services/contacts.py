"""Letters to a mobile number or an address, whoever it belongs to: sent by jobs after the transaction."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from typing import Any

from marshmallow import Schema, fields

from handlers.services import outside
from models.people import Person
from workflows import jobs, operations
from workflows.operations import Call, Operation


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Where somebody can be reached; an address stands here only once it is proved."""

    mobile: str | None = None
    email: str | None = None


class OfLetter(Schema):
    """A contact and what it is told."""

    mobile = fields.String(allow_none=True, load_default=None)
    email = fields.String(allow_none=True, load_default=None)
    title = fields.String(required=True)
    text = fields.String(required=True)


def of(person: Person) -> Contact:
    """A person's own contact."""
    return Contact(mobile=person.mobile, email=person.email)


def tell(contact: Contact, title: str, text: str) -> None:
    """Have something told; it is kept with the caller's transaction."""
    letter = asdict(contact) | {"title": title, "text": text}
    jobs.enqueue("contacts.tell", letter, key=f"contact:{uuid.uuid4().hex}")


def _prepare(call: Call, **letter: Any) -> dict[str, Any]:
    return letter


operations.register(
    Operation(
        name="contacts.tell",
        kind="outward",
        summary="把一条账号通知发到指定的手机号和电子邮箱",
        parameters=OfLetter,
        prepare=_prepare,
        perform=outside.send,
    )
)
