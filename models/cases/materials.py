"""What applicants upload under a plan with full online handling: every version is kept for ever."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.columns import Moment
from models.base.database import Model
from models.persons.files import StoredFile


class Material(Model):
    """One version of one uploaded material; the newest version is the one that counts."""

    __tablename__ = "material"
    __table_args__ = (UniqueConstraint("application_id", "key", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    key: Mapped[str] = mapped_column(String(40))  # of the plan's list
    version: Mapped[int]
    round: Mapped[int]  # the review that it was put there for, counted as findings are
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    uploaded_at: Mapped[datetime] = mapped_column(Moment)
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))

    file: Mapped[StoredFile] = relationship()


def select_material_versions(application_id: int) -> Select[Material]:
    """Every version of every material of an application, the oldest first."""
    query = select(Material).where(Material.application_id == application_id)
    return query.order_by(Material.key, Material.version)
