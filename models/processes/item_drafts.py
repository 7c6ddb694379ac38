"""What a person typed into the form of a work item and has not sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base.columns import Json, Moment
from models.base.database import Model


class ItemDraft(Model):
    """The draft of one person for one item; nobody else is ever shown it."""

    __tablename__ = "item_draft"

    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    typed: Mapped[Any] = mapped_column(Json)  # by the names of the form's inputs
    saved_at: Mapped[datetime] = mapped_column(Moment)
