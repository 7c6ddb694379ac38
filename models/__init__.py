"""Tables, constraints and named queries. Nothing here commits."""

from models.authorities import calendar, places, plans
from models.base import clock
from models.base.database import db
from models.cases import (
    application_changes,
    applications,
    credentials,
    letters,
    materials,
    notices,
    register_syncs,
    threads,
)
from models.persons import accounts, files, limits, people
from models.processes import form_answers, instances, item_drafts

__all__ = [
    "accounts",
    "application_changes",
    "applications",
    "calendar",
    "clock",
    "credentials",
    "db",
    "files",
    "form_answers",
    "instances",
    "item_drafts",
    "letters",
    "limits",
    "materials",
    "notices",
    "people",
    "places",
    "plans",
    "register_syncs",
    "threads",
]
