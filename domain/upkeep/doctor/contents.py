"""What the database must hold before anybody can work, and what a production must not hold."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from lxml import etree
from sqlalchemy import func, select

from domain.sample.people import STAFF
from domain.upkeep.doctor.checks import Check, Unfit
from models import db
from models.calendar import CalendarYear
from models.people import Person, Post
from models.places import Region
from models.process import Definition, Job
from settings import Settings
from workflows.clock import LOCAL, now

LATE = timedelta(minutes=10)
SORTS = {"process", "decision"}


def _library(_settings: Settings) -> str:
    wanted = {key for path in _sources() for key in _keys(path)}
    missing = sorted(wanted - set(db.session.execute(select(Definition.sort, Definition.key)).tuples()))
    if missing:
        names = ", ".join(key for _, key in missing)
        raise Unfit(f"not deployed: {names}; run ./zige flask deploy workflows/library")
    return f"{len(wanted)} processes and rules are deployed"


def _sources() -> list[Path]:
    folder = Path(current_app.root_path) / "workflows" / "library"
    return [path for path in folder.rglob("*") if path.suffix in {".bpmn", ".dmn"}]


def _keys(path: Path) -> list[tuple[str, str]]:
    roots = list(etree.parse(path).getroot())
    named = [(etree.QName(one).localname, str(one.get("id"))) for one in roots if isinstance(one.tag, str)]
    return [(sort, key) for sort, key in named if sort in SORTS]


def _administrator(_settings: Settings) -> str:
    held = (Post.role == "admin", Person.disabled_at.is_(None))
    if not _count(select(func.count(Person.id)).join(Post).where(*held)):
        raise Unfit("there is no administrator; run ./zige flask admin create")
    return "an administrator can sign in"


def _regions(_settings: Settings) -> str:
    if not (count := _count(select(func.count(Region.code)))):
        raise Unfit("there are no regions; run ./zige flask regions load")
    return f"{count} regions"


def _calendar(_settings: Settings) -> str:
    year = now().astimezone(LOCAL).year
    kept = set(db.session.scalars(select(CalendarYear.year)))
    missing = [str(wanted) for wanted in (year, year + 1) if wanted not in kept]
    if missing:
        raise Unfit(f"no working days of {' and '.join(missing)}; run ./zige flask calendar load")
    return f"working days of {year} and {year + 1}"


def _samples(settings: Settings) -> str:
    logins = [one.login for one in STAFF]
    if settings.production and _count(select(func.count(Person.id)).where(Person.login.in_(logins))) > 3:
        raise Unfit("sample people can sign in here, their password is public; begin with an empty database")
    return "fit for this mode"


def _worker(settings: Settings) -> str:
    if late := _count(select(func.count(Job.id)).where(Job.state == "due", Job.run_at < _long_ago())):
        raise Unfit(f"{late} jobs wait longer than {LATE.seconds // 60} minutes; start ./zige flask worker")
    return "no job waits too long"


def _long_ago() -> datetime:
    return now() - LATE


def _count(query: object) -> int:
    return int(db.session.scalar(query) or 0)  # type: ignore[call-overload]


TABLES = ("database", "schema")
CHECKS = tuple(
    Check(what=what, look=look, needs=TABLES)
    for what, look in (
        ("regions", _regions),
        ("calendar", _calendar),
        ("library", _library),
        ("administrator", _administrator),
        ("sample people", _samples),
        ("worker", _worker),
    )
)
