"""Tables, constraints and named queries. Nothing here commits."""

from models import (
    accounts,
    applications,
    calendar,
    changes,
    clock,
    credentials,
    drafts,
    files,
    letters,
    limits,
    materials,
    notices,
    people,
    places,
    plans,
    process,
    threads,
)
from models.database import db

__all__ = [
    "accounts",
    "applications",
    "calendar",
    "changes",
    "clock",
    "credentials",
    "db",
    "drafts",
    "files",
    "letters",
    "limits",
    "materials",
    "notices",
    "people",
    "places",
    "plans",
    "process",
    "threads",
]
