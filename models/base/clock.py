"""How far the test clock has been moved forward."""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from models.base.database import Model


class ClockOffset(Model):
    """The one row of the test clock; production never reads it."""

    __tablename__ = "clock_offset"

    id: Mapped[int] = mapped_column(primary_key=True)
    seconds: Mapped[int] = mapped_column(default=0)
