"""Tables, constraints and named queries. Nothing here commits."""

from models import applications, credentials, files, notices, people, places, plans, process
from models.database import db

__all__ = ["applications", "credentials", "db", "files", "notices", "people", "places", "plans", "process"]
