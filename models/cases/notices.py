"""Notices to people, and the record of who looked at what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base.columns import Json, Moment, Word
from models.base.database import Model
from models.cases.states import DeliveryState


class Notice(Model):
    """A notice to one person; it shows in their account, and jobs send it out by SMS and mail."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_person", "person_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    template: Mapped[str] = mapped_column(String(120))  # the key of the notice that it was written by
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    channels: Mapped[Any | None] = mapped_column(Json)  # channel → words of its own
    created_at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    # waiting → sent, or failed; none where the person has no number or no address
    sms_state: Mapped[DeliveryState | None] = mapped_column(Word(DeliveryState, 8))
    mail_state: Mapped[DeliveryState | None] = mapped_column(Word(DeliveryState, 8))
    sent_at: Mapped[datetime | None] = mapped_column(Moment)  # when the last of both had gone out


class AuditEntry(Model):
    """Who saw or changed what of whom; rows are only ever added."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_application", "application_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id"))
    address: Mapped[str] = mapped_column(String(60), default="")
    detail: Mapped[Any | None] = mapped_column(Json)
