"""What the decision tables say outside a running process; the newest deployed version counts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from models import db
from models.applications import Application
from models.errors import NotFound
from models.process import Definition
from workflows.engine import decisions


class NoSuchTable(NotFound):
    """没有部署过这张决策表，请联系系统管理员。"""


def putonghua_minimum(application: Application) -> str:
    """The Putonghua level asked of an application: 1A to 3B, or none."""
    facts = {
        "kind": application.kind or "",
        "subject": application.subject or "",
        "standing": application.professional_title or "none",
        "province": application.authority.region_code[:2] + "0000",
    }
    return str(_decide("putonghua", facts)["minimum"])


def authority_level(kind: str, province: str) -> str:
    """The level that decides on a kind: county, city or province."""
    return str(_decide("authority_level", {"kind": kind, "province": province})["level"])


def putonghua_level(score: float) -> str:
    """The level that a test score gives: 1A to 3B, or none."""
    return str(_decide("putonghua_level", {"score": score})["level"])


def _decide(key: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    newest = (
        select(Definition.source, Definition.file_name)
        .where(Definition.sort == "decision", Definition.key == key)
        .order_by(Definition.version.desc())
    )
    found = db.session.execute(newest).first()
    if found is None:
        raise NoSuchTable
    return decisions.evaluate(_table(found.source, found.file_name, key), facts)


@lru_cache(maxsize=32)
def _table(source: bytes, file: str, key: str) -> decisions.Table:
    return next(table for table in decisions.parse_tables(source, name=file) if table.key == key)
