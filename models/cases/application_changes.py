"""What applicants changed of an application after it had its number."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.columns import Moment
from models.base.database import Model
from models.persons.people import Person


class ApplicationChange(Model):
    """One particular as it was and as it became; all changes of one act carry the same revision."""

    __tablename__ = "application_change"
    __table_args__ = (Index("ix_application_change_application", "application_id", "revision", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    revision: Mapped[int]  # of the application after the act
    field: Mapped[str] = mapped_column(String(60))  # as people read it
    before: Mapped[str] = mapped_column(Text, default="")
    after: Mapped[str] = mapped_column(Text, default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    person: Mapped[Person] = relationship()


def select_changes(application_id: int, *, after: int = -1) -> Select[ApplicationChange]:
    """The changes of an application since a revision, in the order in which they were made."""
    return (
        select(ApplicationChange)
        .where(ApplicationChange.application_id == application_id, ApplicationChange.revision > after)
        .order_by(ApplicationChange.revision, ApplicationChange.id)
    )
