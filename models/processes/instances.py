"""Definitions, releases, instances, and what an instance waits for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.columns import Json, Moment, Word
from models.base.database import Model
from models.processes.states import (
    DefinitionSort,
    EventKind,
    InstanceState,
    ItemState,
    JobState,
    TimerPurpose,
    WaitKind,
)


class Definition(Model):
    """One deployed version of one process or decision, as its author wrote it."""

    __tablename__ = "definition"
    __table_args__ = (UniqueConstraint("sort", "key", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sort: Mapped[DefinitionSort] = mapped_column(Word(DefinitionSort, 16))
    key: Mapped[str] = mapped_column(String(120))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(200), default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    deployed_at: Mapped[datetime] = mapped_column(Moment)
    deployed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Release(Model):
    """A process with the versions of all that it reaches, locked; an instance keeps its release."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("process_key", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    process_key: Mapped[str] = mapped_column(String(120))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))  # of its parts; the same parts make no new release
    # written and read by workflows.engine only
    specs: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    parts: Mapped[list[Definition]] = relationship(secondary="release_part")


class ReleasePart(Model):
    """Which definitions a release locks."""

    __tablename__ = "release_part"

    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"), primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"), primary_key=True)


class ProcessInstance(Model):
    """One running or ended process: its place is in the state blob, what others ask for is in columns."""

    __tablename__ = "process_instance"
    __table_args__ = (
        Index("ix_process_instance_business_key", "business_key"),
        Index("ix_process_instance_process_key_state", "process_key", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    process_key: Mapped[str] = mapped_column(String(120))
    business_key: Mapped[str | None] = mapped_column(String(120))
    state: Mapped[InstanceState] = mapped_column(Word(InstanceState, 12), default=InstanceState.ACTIVE)
    revision: Mapped[int] = mapped_column(default=0)
    blob: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    public_state: Mapped[str | None] = mapped_column(String(40))
    elements: Mapped[Any] = mapped_column(Json, default=list)  # ids of the elements where tokens rest
    end_element: Mapped[str | None] = mapped_column(String(120))
    started_at: Mapped[datetime] = mapped_column(Moment)
    started_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class WorkItem(Model):
    """A user task that waits for a person, or did."""

    __tablename__ = "work_item"
    __table_args__ = (
        Index(
            "ix_work_item_open",
            "role",
            "place",
            "id",
            postgresql_where=text("state = 'open'"),
            sqlite_where=text("state = 'open'"),
        ),
        Index(
            "ix_work_item_claimed",
            "role",
            "place",
            "id",
            postgresql_where=text("state = 'claimed'"),
            sqlite_where=text("state = 'claimed'"),
        ),
        Index(
            "ix_work_item_assignee",
            "assignee_id",
            postgresql_where=text("state <> 'done'"),
            sqlite_where=text("assignee_id IS NOT NULL"),
        ),
        Index(
            "ix_work_item_done",
            "done_by",
            "id",
            postgresql_where=text("state = 'done'"),
            sqlite_where=text("state = 'done'"),
        ),
        UniqueConstraint("instance_id", "task_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    process_key: Mapped[str] = mapped_column(String(120))  # of the root process
    task_id: Mapped[str] = mapped_column(String(32))  # the engine's task, UUID in hex
    element: Mapped[str] = mapped_column(String(120))  # BPMN id of the user task
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str | None] = mapped_column(String(60))
    form_key: Mapped[str | None] = mapped_column(String(120))
    place: Mapped[str | None] = mapped_column(
        String(40)
    )  # "site:3", "authority:1"; none: wherever the role is held
    duty: Mapped[str | None] = mapped_column(String(60))
    not_by: Mapped[str | None] = mapped_column(String(200))  # duty groups, comma separated
    state: Mapped[ItemState] = mapped_column(Word(ItemState, 12), default=ItemState.OPEN)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    claim_expires_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_by: Mapped[str | None] = mapped_column(String(200))  # the event that took it away

    instance: Mapped[ProcessInstance] = relationship()


class Wait(Model):
    """A message or a moment that one task of one instance waits for."""

    __tablename__ = "wait"
    __table_args__ = (
        Index("ix_wait_fire_at", "fire_at"),
        Index("ix_wait_message_key", "message", "key"),
        Index("ix_wait_instance", "instance_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    task_id: Mapped[str] = mapped_column(String(32))
    element: Mapped[str] = mapped_column(String(120))
    kind: Mapped[WaitKind] = mapped_column(Word(WaitKind, 8))
    message: Mapped[str | None] = mapped_column(String(120))
    key: Mapped[str | None] = mapped_column(String(120))  # the correlation key's value as text
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    # when a worker fires it: as due_at, or never while a job tries the timer again
    fire_at: Mapped[datetime | None] = mapped_column(Moment)
    waits_for: Mapped[str | None] = mapped_column(String(20))  # applicant | authority | recipient
    # of a timer; none on rows from before it was kept, which count as deadlines
    purpose: Mapped[TimerPurpose | None] = mapped_column(Word(TimerPurpose, 8))


class Duty(Model):
    """Who has acted in which duty group of an instance; one row a person and group."""

    __tablename__ = "duty"
    __table_args__ = (UniqueConstraint("instance_id", "duty", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    duty: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    element: Mapped[str] = mapped_column(String(120))


class Event(Model):
    """What happened to an instance; rows are only ever added, and the record in their detail blanked."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_instance", "instance_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    kind: Mapped[EventKind] = mapped_column(Word(EventKind, 16))
    element: Mapped[str | None] = mapped_column(String(120))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    detail: Mapped[Any | None] = mapped_column(Json)


class Job(Model):
    """Work to be done after the commit: an outward operation, once, by a worker."""

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "ix_job_due",
            "lane",
            "run_at",
            "id",
            postgresql_where=text("state = 'due'"),
            sqlite_where=text("state = 'due'"),
        ),
        Index(
            "ix_job_leased",
            "lease_until",
            postgresql_where=text("state = 'leased'"),
            sqlite_where=text("state = 'leased'"),
        ),
        Index(
            "ix_job_dead",
            "id",
            postgresql_where=text("state = 'dead'"),
            sqlite_where=text("state = 'dead'"),
        ),
        Index("ix_job_instance", "instance_id"),
        UniqueConstraint("key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120))  # its name in this database; the task id for service tasks
    # What is sent outward, the same at each try. Another database, or this one restored, must never say
    # the same for something else: a gateway would take it for a repetition.
    request_key: Mapped[str] = mapped_column(String(120))
    operation: Mapped[str] = mapped_column(String(120))
    lane: Mapped[str] = mapped_column(String(160))  # jobs of one lane wait for one another, and for no others
    parameters: Mapped[Any] = mapped_column(Json, default=dict)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    task_id: Mapped[str | None] = mapped_column(String(32))
    element: Mapped[str | None] = mapped_column(String(120))
    state: Mapped[JobState] = mapped_column(Word(JobState, 8), default=JobState.DUE)
    attempts: Mapped[int] = mapped_column(default=0)
    losses: Mapped[int] = mapped_column(default=0)  # how often in a row its worker went away
    run_at: Mapped[datetime] = mapped_column(Moment)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)


class Act(Model):
    """A write that a person sent, under its transaction id: the same id again gets the first answer."""

    __tablename__ = "act"

    transaction_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))
    work_item_id: Mapped[int | None] = mapped_column(ForeignKey("work_item.id"))
    answer: Mapped[Any | None] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(Moment)
