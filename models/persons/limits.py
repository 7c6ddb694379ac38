"""How often something was tried."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base.columns import Moment
from models.base.database import Model


class TryCount(Model):
    """Tries of somebody at something within a window of time; only the hash of what is counted is kept."""

    __tablename__ = "try_count"
    __table_args__ = (Index("ix_try_count_expires_at", "expires_at"),)

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(Moment)
