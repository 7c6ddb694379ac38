"""What was asked of registers and channels, and the very bytes that they answered."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, LargeBinary, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from models.base.columns import Moment
from models.base.database import Model


class RegisterExchange(Model):
    """One question to one register or channel; rows are only ever added, and their raw answers blanked."""

    __tablename__ = "register_exchange"
    __table_args__ = (
        Index("ix_register_exchange_register", "register", "id"),
        Index("ix_register_exchange_asked_at", "asked_at"),
        Index("ix_register_exchange_request", "request_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    register: Mapped[str] = mapped_column(String(30))  # as the settings name it: identity, exams, …
    request_id: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    answered_at: Mapped[datetime] = mapped_column(Moment)  # or when it was given up
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # none: a stranger, or a job
    outcome: Mapped[str] = mapped_column(String(20))  # the code in small letters, or how it failed
    size: Mapped[int]  # of the answer in bytes
    sha256: Mapped[str] = mapped_column(String(64))  # of the whole answer
    raw: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # none once it was blanked


def select_recent_outcomes(register: str, moment: datetime, within: timedelta) -> Select[str]:
    """How the questions to a register ended lately, the newest first."""
    return (
        select(RegisterExchange.outcome)
        .where(RegisterExchange.register == register, RegisterExchange.asked_at > moment - within)
        .order_by(RegisterExchange.id.desc())
    )
