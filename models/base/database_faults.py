"""Why a database does not do what it is asked, by what its driver says: each cause is mended otherwise.

A server that is down and a database that is damaged raise the same class of exception, and a backup that is
brought back over the first would lose everything that came after it.
"""

from __future__ import annotations

import sqlite3
from enum import Enum

import psycopg
from sqlalchemy.exc import DBAPIError

DATABASE_ERRORS = (DBAPIError, sqlite3.Error, psycopg.Error)


class DatabaseFault(Enum):
    """What is the matter."""

    UNREACHABLE = "unreachable"  # no server answers, or it does not let us in; no such folder, no right to it
    UNPREPARED = "unprepared"  # no tables yet, or those of an older version
    BUSY = "busy"  # somebody else holds a lock, or the server has no room for one more
    FULL = "full"  # the disk
    DAMAGED = "damaged"  # it opens and cannot be read


# What SQLite says; the first that fits counts.
_BY_WORDS = (
    ("no such table", DatabaseFault.UNPREPARED),
    ("no such column", DatabaseFault.UNPREPARED),
    ("unable to open", DatabaseFault.UNREACHABLE),
    ("readonly database", DatabaseFault.UNREACHABLE),
    ("is locked", DatabaseFault.BUSY),
    ("is full", DatabaseFault.FULL),
    ("disk i/o error", DatabaseFault.DAMAGED),
    ("malformed", DatabaseFault.DAMAGED),
    ("not a database", DatabaseFault.DAMAGED),
)
# How PostgreSQL's codes begin (its manual, appendix A).
_BY_CODES = (
    ("42P01", DatabaseFault.UNPREPARED),
    ("42703", DatabaseFault.UNPREPARED),
    ("3F", DatabaseFault.UNPREPARED),
    ("08", DatabaseFault.UNREACHABLE),
    ("28", DatabaseFault.UNREACHABLE),
    ("3D", DatabaseFault.UNREACHABLE),
    ("57P", DatabaseFault.UNREACHABLE),
    ("53100", DatabaseFault.FULL),
    ("53", DatabaseFault.BUSY),
    ("55P03", DatabaseFault.BUSY),
    ("57014", DatabaseFault.BUSY),
    ("40", DatabaseFault.BUSY),
    ("XX", DatabaseFault.DAMAGED),
)


def find_driver_error(error: Exception) -> BaseException:
    """What the driver itself raised, with or without SQLAlchemy around it."""
    return (error.orig or error) if isinstance(error, DBAPIError) else error


def classify_fault(error: Exception) -> DatabaseFault | None:
    """What is the matter with the database; nothing where the statement is, which is a fault of ours."""
    found = find_driver_error(error)
    said, code = str(found).lower(), getattr(found, "sqlstate", "")
    if code == "":  # SQLite's driver has no codes of this kind
        return next((fault for words, fault in _BY_WORDS if words in said), None)
    if code is None:  # no server said it: there is none
        return DatabaseFault.UNREACHABLE
    return next((fault for start, fault in _BY_CODES if code.startswith(start)), None)
