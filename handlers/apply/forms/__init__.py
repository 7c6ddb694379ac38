"""The forms of registration: importing a module registers its form."""

from __future__ import annotations

from handlers.apply.forms import (
    agreement,
    authority,
    check,
    details,
    identity,
    materials,
    notes,
    reminder,
    undertaking,
)

__all__ = [
    "agreement",
    "authority",
    "check",
    "details",
    "identity",
    "materials",
    "notes",
    "reminder",
    "undertaking",
]
