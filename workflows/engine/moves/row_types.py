"""The rows that a step reads and writes, with their columns."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, TypedDict

from workflows.engine.elements.plain_values import Variables


class InstanceRow(NamedTuple):
    """What a step reads of an instance's row, and the digest of its release."""

    id: int
    release_id: int
    process_key: str
    business_key: str | None
    state: str  # active | completed
    revision: int
    public_state: str | None
    blob: bytes
    digest: str

    def on_release(self, number: int, digest: str) -> InstanceRow:
        """The same instance on another release."""
        return InstanceRow(
            id=self.id,
            release_id=number,
            process_key=self.process_key,
            business_key=self.business_key,
            state=self.state,
            revision=self.revision,
            public_state=self.public_state,
            blob=self.blob,
            digest=digest,
        )


class EventRow(TypedDict):
    """Something that happened to an instance, as its row has it."""

    instance_id: int
    at: datetime
    kind: str
    element: str | None
    actor_id: int | None
    detail: object


class Described(TypedDict):
    """What the diagram says of a user task."""

    element: str
    name: str
    role: str | None
    form_key: str | None
    duty: str | None
    not_by: str | None


class Addressed(TypedDict):
    """Whom a user task is for."""

    role: str | None
    place: str | None
    assignee_id: int | None


class ItemRow(Described):
    """A user task that begins to wait, as its row has it."""

    place: str | None
    assignee_id: int | None
    instance_id: int
    process_key: str
    task_id: str
    state: str
    created_at: datetime
    due_at: datetime | None


class JobRow(TypedDict):
    """The call of an outward operation, as its row has it."""

    key: str
    request_key: str
    operation: str
    lane: str
    parameters: Variables
    instance_id: int
    task_id: str
    element: str
    state: str
    attempts: int
    losses: int
    run_at: datetime
    created_at: datetime


class WaitRow(TypedDict):
    """Something that is waited for, as its row has it."""

    instance_id: int
    task_id: str
    element: str
    kind: str
    message: str | None
    key: str | None
    due_at: datetime | None
    fire_at: datetime | None
    waits_for: str | None
    purpose: str | None
