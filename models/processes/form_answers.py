"""What people answered in forms that designers defined."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base.columns import Json, Moment
from models.base.database import Model
from models.processes.instances import WorkItem


class FormAnswer(Model):
    """The answers of one completed item, under the keys of its form; rows are only ever added."""

    __tablename__ = "form_answer"
    __table_args__ = (
        Index("ix_form_answer_instance", "instance_id", "id"),
        Index("ix_form_answer_work_item", "work_item_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id"))
    form_key: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))  # of the definition that asked; its labels are told
    answers: Mapped[Any] = mapped_column(Json)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime] = mapped_column(Moment)

    item: Mapped[WorkItem] = relationship()


def select_answers(instance_id: int | None) -> Select[FormAnswer]:
    """All answers of an instance, in the order in which they were given."""
    return select(FormAnswer).where(FormAnswer.instance_id == instance_id).order_by(FormAnswer.id)
