"""Tables, constraints and named queries. Nothing here commits."""

from models.authorities import calendar, guidance, places, plans
from models.base import clock
from models.base.database import db
from models.cases import (
    application_changes,
    applications,
    credentials,
    enquiries,
    letters,
    materials,
    notices,
    register_syncs,
    threads,
)
from models.persons import accounts, exchanges, files, identity, limits, people, published_texts
from models.processes import form_answers, instances, item_drafts

__all__ = [
    "accounts",
    "application_changes",
    "applications",
    "calendar",
    "clock",
    "credentials",
    "db",
    "enquiries",
    "exchanges",
    "files",
    "form_answers",
    "guidance",
    "identity",
    "instances",
    "item_drafts",
    "letters",
    "limits",
    "materials",
    "notices",
    "people",
    "places",
    "plans",
    "published_texts",
    "register_syncs",
    "threads",
]
