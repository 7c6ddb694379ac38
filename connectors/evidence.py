"""What is kept of an exchange with the outside, for the audit of answers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One request and the bytes that came back, unchanged; none where no whole answer came."""

    request_id: str
    asked_at: datetime  # UTC
    answered_at: datetime
    raw: bytes
    sha256: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sha256", hashlib.sha256(self.raw).hexdigest())
