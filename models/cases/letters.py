"""Letters that an authority issued: their facts and their template as they were at the moment of the act."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.columns import Json, Moment
from models.base.database import Model
from models.cases.applications import Application
from translations import reader_language


class LetterTemplate(Model):
    """One version of a template with the files that it reads, kept as long as a letter was made by it."""

    __tablename__ = "letter_template"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)  # of the files
    files: Mapped[Any] = mapped_column(Json)  # pairs of name and text, the template itself first
    created_at: Mapped[datetime] = mapped_column(Moment)


class Letter(Model):
    """An issued letter; it reads the same for ever, whatever becomes of the case or the template."""

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("application_id", "kind", "sequence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("application.id"))
    kind: Mapped[str] = mapped_column(String(120))  # the key of its definition
    title: Mapped[str] = mapped_column(String(120))  # what people call it
    english_title: Mapped[str] = mapped_column(String(120), default="", server_default="")
    sequence: Mapped[int]  # 1 for the first of its kind on a case
    number: Mapped[str] = mapped_column(String(60))  # 文号
    facts: Mapped[Any] = mapped_column(Json)
    template_sha256: Mapped[str] = mapped_column(ForeignKey("letter_template.sha256"))
    issued_at: Mapped[datetime] = mapped_column(Moment)
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    application: Mapped[Application] = relationship()
    template: Mapped[LetterTemplate] = relationship()

    @property
    def name(self) -> str:
        """What people call it, in the reader's language where its definition had one for it."""
        return self.english_title if self.english_title and reader_language() == "en" else self.title


def select_letters(application_id: int) -> Select[Letter]:
    """The letters issued on an application, the newest first."""
    return select(Letter).where(Letter.application_id == application_id).order_by(Letter.id.desc())
