"""Tables, constraints and named queries. Nothing here commits."""

from models import (
    applications,
    calendar,
    clock,
    credentials,
    files,
    materials,
    notices,
    people,
    places,
    plans,
    process,
)
from models.database import db

__all__ = [
    "applications",
    "calendar",
    "clock",
    "credentials",
    "db",
    "files",
    "materials",
    "notices",
    "people",
    "places",
    "plans",
    "process",
]
