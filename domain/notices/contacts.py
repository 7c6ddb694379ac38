"""Letters to a mobile number or an address, whoever it belongs to: a job for each, after the transaction."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from domain.notices.delivery import CHANNELS, Channel
from models.persons.people import Person
from workflows.background import jobs


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Where somebody can be reached; an address stands here only once it is proved."""

    mobile: str | None = None
    email: str | None = None


def contact_of_person(person: Person) -> Contact:
    """A person's own contact."""
    return Contact(mobile=person.mobile, email=person.email)


def notify_contact(contact: Contact, title: str, text: str) -> None:
    """Have something told; it is kept with the caller's transaction."""
    for channel in CHANNELS:
        if address := getattr(contact, channel.address):
            letter = {"address": address, "title": title, "text": text}
            jobs.enqueue_job(f"contacts.{channel.name}", letter, key=f"contact:{uuid.uuid4().hex}")


def deliver_message(channel: Channel, letter: dict[str, str], key: str) -> None:
    channel.send(letter["address"], letter["title"], letter["text"], key)
