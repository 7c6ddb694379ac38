"""Diagrams and tables against what was deployed, and the releases made of them."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from domain.checking.rows import Found, are, sliced
from models.process import Definition, Release
from workflows import engine


def _definitions() -> Found:
    columns = select(Definition.id, Definition.key, Definition.sha256, Definition.source)
    for row in sliced(columns, Definition.id):
        if not are(bytes, row.source) or hashlib.sha256(row.source).hexdigest() != row.sha256:
            yield "definition", f"definition:{row.id} {row.key}"


def _releases() -> Found:
    for row in sliced(select(Release.id, Release.process_key, Release.digest), Release.id):
        try:
            engine.specs_of(row.id, row.digest)
        except DatabaseError:
            raise
        except Exception as error:  # specs that nobody wrote can fail in any way
            yield "release", f"release:{row.id} {row.process_key} {type(error).__name__}: {error}"


CHECKS = (_definitions, _releases)
