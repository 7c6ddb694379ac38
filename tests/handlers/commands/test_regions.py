"""Regions are loaded once, in production too."""

from __future__ import annotations

from flask import Flask

from models import db
from models.authorities.places import Region


def test_regions_are_loaded_once(app: Flask) -> None:
    first = app.test_cli_runner().invoke(args=["regions", "load"])
    assert (first.exit_code, "regions added" in first.output) == (0, True)
    quzhou = db.session.get_one(Region, "330802")
    assert (quzhou.name, quzhou.parent_code) == ("柯城区", "330800")
    assert db.session.get_one(Region, "110101").parent_code == "110100"
    again = app.test_cli_runner().invoke(args=["regions", "load"])
    assert "there already" in again.output
