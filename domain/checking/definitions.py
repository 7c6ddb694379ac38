"""Diagrams and tables against what was deployed, and the releases made of them."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from domain.checking.rows import FoundRows, all_of_type, read_in_slices
from models.processes.instances import Definition, Release
from workflows import engine


def _check_definitions() -> FoundRows:
    columns = select(Definition.id, Definition.key, Definition.sha256, Definition.source)
    for row in read_in_slices(columns, Definition.id):
        if not all_of_type(bytes, row.source) or hashlib.sha256(row.source).hexdigest() != row.sha256:
            yield "definition", f"definition:{row.id} {row.key}"


def _check_releases() -> FoundRows:
    for row in read_in_slices(select(Release.id, Release.process_key, Release.digest), Release.id):
        try:
            engine.find_specs(row.id, row.digest)
        except DatabaseError:
            raise
        except Exception as error:  # specs that nobody wrote can fail in any way
            yield "release", f"release:{row.id} {row.process_key} {type(error).__name__}: {error}"


CHECKS = (_check_definitions, _check_releases)
