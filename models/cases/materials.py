"""What applicants upload under full online handling: versions, kept for ever, and pages that become one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from models.base.columns import Json, Moment
from models.base.database import Model, db, read_once
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
    warnings: Mapped[Any] = mapped_column(Json, default=list)  # what looks odd in it: "blank:2", "hidden:0"

    file: Mapped[StoredFile] = relationship()


class MaterialPage(Model):
    """A photographed page on its way into a material: kept until they are made into one PDF."""

    __tablename__ = "material_page"
    __table_args__ = (Index("ix_material_page_application", "application_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    key: Mapped[str] = mapped_column(String(40))
    position: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    turn: Mapped[int] = mapped_column(default=0)  # degrees clockwise: 0, 90, 180, 270
    crop: Mapped[Any | None] = mapped_column(Json)  # left, top, right, bottom in thousandths of it, turned
    by_edges: Mapped[bool] = mapped_column(default=False)  # the crop was found, and set by nobody
    added_at: Mapped[datetime] = mapped_column(Moment)

    file: Mapped[StoredFile] = relationship()


def select_material_versions(application_id: int) -> Select[Material]:
    """Every version of every material of an application, the oldest first."""
    query = select(Material).where(Material.application_id == application_id)
    return query.order_by(Material.key, Material.version)


def list_material_versions(application_id: int) -> tuple[Material, ...]:
    """The same for the parts of a page."""
    query = select_material_versions(application_id)
    return read_once(("material versions", application_id), lambda: tuple(db.session.scalars(query)))


def select_material_pages(application_id: int) -> Select[MaterialPage]:
    """The photographed pages of an application that are not in a version yet, in their order."""
    query = select(MaterialPage).where(MaterialPage.application_id == application_id)
    return query.options(joinedload(MaterialPage.file)).order_by(
        MaterialPage.key, MaterialPage.position, MaterialPage.id
    )
