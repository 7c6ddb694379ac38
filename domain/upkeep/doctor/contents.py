"""What the database must hold before anybody can work, and what a production must not hold."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from lxml import etree
from sqlalchemy import func, select

from domain.sample.people import STAFF
from domain.upkeep.doctor.checks import CheckFailed, DoctorCheck
from models import db
from models.authorities.calendar import CalendarYear
from models.authorities.places import Region
from models.persons.people import Person, Post
from models.processes.instances import Definition, Job
from settings import Settings
from workflows.clock import LOCAL, now

LATE = timedelta(minutes=10)
SORTS = {"process", "decision"}


def _check_library(_settings: Settings) -> str:
    wanted = {key for path in _library_files() for key in _definition_keys(path)}
    missing = sorted(wanted - set(db.session.execute(select(Definition.sort, Definition.key)).tuples()))
    if missing:
        names = ", ".join(key for _, key in missing)
        raise CheckFailed(f"not deployed: {names}; run ./zige flask deploy workflows/library")
    return f"{len(wanted)} processes and rules are deployed"


def _library_files() -> list[Path]:
    folder = Path(current_app.root_path) / "workflows" / "library"
    return [path for path in folder.rglob("*") if path.suffix in {".bpmn", ".dmn"}]


def _definition_keys(path: Path) -> list[tuple[str, str]]:
    roots = list(etree.parse(path).getroot())
    named = [(etree.QName(one).localname, str(one.get("id"))) for one in roots if isinstance(one.tag, str)]
    return [(sort, key) for sort, key in named if sort in SORTS]


def _check_administrator(_settings: Settings) -> str:
    held = (Post.role == "admin", Person.disabled_at.is_(None))
    if not _count_rows(select(func.count(Person.id)).join(Post).where(*held)):
        raise CheckFailed("there is no administrator; run ./zige flask admin create")
    return "an administrator can sign in"


def _check_regions(_settings: Settings) -> str:
    if not (count := _count_rows(select(func.count(Region.code)))):
        raise CheckFailed("there are no regions; run ./zige flask regions load")
    return f"{count} regions"


def _check_calendar(_settings: Settings) -> str:
    year = now().astimezone(LOCAL).year
    kept = set(db.session.scalars(select(CalendarYear.year)))
    missing = [str(wanted) for wanted in (year, year + 1) if wanted not in kept]
    if missing:
        raise CheckFailed(f"no working days of {' and '.join(missing)}; run ./zige flask calendar load")
    return f"working days of {year} and {year + 1}"


def _check_samples(settings: Settings) -> str:
    logins = [one.login for one in STAFF]
    if settings.production and _count_rows(select(func.count(Person.id)).where(Person.login.in_(logins))) > 3:
        raise CheckFailed(
            "sample people can sign in here, their password is public; begin with an empty database"
        )
    return "fit for this mode"


def _check_worker(settings: Settings) -> str:
    if late := _count_rows(select(func.count(Job.id)).where(Job.state == "due", Job.run_at < _late_since())):
        raise CheckFailed(
            f"{late} jobs wait longer than {LATE.seconds // 60} minutes; start ./zige flask worker"
        )
    return "no job waits too long"


def _late_since() -> datetime:
    return now() - LATE


def _count_rows(query: object) -> int:
    return int(db.session.scalar(query) or 0)  # type: ignore[call-overload]


TABLES = ("database", "schema")
CHECKS = tuple(
    DoctorCheck(what=what, look=look, needs=TABLES)
    for what, look in (
        ("regions", _check_regions),
        ("calendar", _check_calendar),
        ("library", _check_library),
        ("administrator", _check_administrator),
        ("sample people", _check_samples),
        ("worker", _check_worker),
    )
)
