"""What the decision tables say outside a running process; the newest deployed version counts."""

from __future__ import annotations

from datetime import datetime

from models.applications import Application
from workflows import engine


def putonghua_minimum(application: Application, moment: datetime) -> str:
    """The Putonghua level asked of an application: 1A to 3B, or none."""
    facts = {
        "kind": application.kind or "",
        "subject": application.subject or "",
        "standing": application.professional_title or "none",
        "province": application.authority.region_code[:2] + "0000",
    }
    return str(engine.decide("putonghua", facts)["minimum"])


def authority_level(kind: str, province: str, moment: datetime) -> str:
    """The level that decides on a kind: county, city or province."""
    return str(engine.decide("authority_level", {"kind": kind, "province": province})["level"])
