"""Files that were uploaded or made; the bytes are in the store under their key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Select, String, UniqueConstraint, exists, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.columns import Moment
from models.base.database import Base, Model


class StoredFile(Model):
    """One file in the store; a new version is a new row with a new key."""

    __tablename__ = "stored_file"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(20))  # photo | undertaking | enrolment | material | letter
    name: Mapped[str] = mapped_column(String(200), default="")
    media_type: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # whose it is
    created_at: Mapped[datetime] = mapped_column(Moment)


def list_file_columns() -> list[Column[Any]]:
    """The columns of all tables that point to a file."""
    return [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column is StoredFile.__table__.c.id for key in column.foreign_keys)
    ]


def select_unused(before: datetime) -> Select[int]:
    """Ids of the files from before a moment that no row of any table points to."""
    free = [~exists().where(column == StoredFile.id) for column in list_file_columns()]
    return select(StoredFile.id).where(StoredFile.created_at < before, *free)


def select_own_file(file_id: int, person_id: int) -> Select[StoredFile]:
    """A file, if it is a person's."""
    return select(StoredFile).where(StoredFile.id == file_id, StoredFile.person_id == person_id)
