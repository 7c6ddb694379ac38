"""What the database must hold before anybody can work, and what a production must not hold."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from lxml import etree
from sqlalchemy import func, select

from domain.diagrams import folders
from domain.sample.people import STAFF
from domain.upkeep.doctor.checks import CheckFailed, DoctorCheck
from models import db
from models.authorities.calendar import CalendarYear
from models.authorities.places import Region
from models.persons.people import Person, Post
from models.processes.instances import Definition, Job
from models.processes.states import JobState
from settings import Settings
from translations import gettext, gettext_plural, join_words, lazy_gettext
from workflows.clock import LOCAL, now
from workflows.definitions import files

LATE = timedelta(minutes=10)
SORTS = {"process", "decision"}


def _check_library(_settings: Settings) -> str:
    folder = Path(current_app.root_path) / "workflows" / "library"
    wanted = {key for path in folders.list_files(folder) for key in _list_keys(path)}
    missing = sorted(wanted - set(db.session.execute(select(Definition.sort, Definition.key)).tuples()))
    if missing:
        names = join_words(key for _, key in missing)
        raise CheckFailed(
            gettext(
                "没有部署：%(names)s，请运行 ./zige flask deploy workflows/library (not deployed)",
                names=names,
            )
        )
    return gettext_plural(
        "已部署流程和规则 %(num)s 个 (%(num)s processes and rules are deployed)", num=len(wanted)
    )


def _list_keys(path: Path) -> list[tuple[str, str]]:
    if files.find_sort(path.name) is not None:
        return [(one.sort, one.key) for one in files.read_file(path.name, path.read_bytes())]
    roots = list(etree.parse(path).getroot())
    named = [(etree.QName(one).localname, str(one.get("id"))) for one in roots if isinstance(one.tag, str)]
    return [(sort, key) for sort, key in named if sort in SORTS]


def _check_administrator(_settings: Settings) -> str:
    held = (Post.role == "admin", Person.disabled_at.is_(None))
    if not _count_rows(select(func.count(Person.id)).join(Post).where(*held)):
        raise CheckFailed(gettext("没有管理员，请运行 ./zige flask admin create (there is no administrator)"))
    return gettext("管理员可以登录 (an administrator can sign in)")


def _check_regions(_settings: Settings) -> str:
    if not (count := _count_rows(select(func.count(Region.code)))):
        raise CheckFailed(gettext("没有行政区划，请运行 ./zige flask regions load (there are no regions)"))
    return gettext_plural("%(num)s 个 (%(num)s regions)", num=count)


def _check_calendar(_settings: Settings) -> str:
    year = now().astimezone(LOCAL).year
    kept = set(db.session.scalars(select(CalendarYear.year)))
    missing = join_words(str(wanted) for wanted in (year, year + 1) if wanted not in kept)
    if missing:
        raise CheckFailed(
            gettext(
                "没有 %(missing)s 年的工作日，请运行 ./zige flask calendar load "
                "(no working days of %(missing)s)",
                missing=missing,
            )
        )
    return gettext(
        "有 %(year)s、%(next_year)s 年的工作日 (working days of %(year)s and %(next_year)s)",
        year=year,
        next_year=year + 1,
    )


def _check_samples(settings: Settings) -> str:
    logins = [one.login for one in STAFF]
    if settings.production and _count_rows(select(func.count(Person.id)).where(Person.login.in_(logins))) > 3:
        raise CheckFailed(
            gettext(
                "示例人员可以登录，他们的密码是公开的，请从空的数据库开始 "
                "(sample people can sign in here, their password is public; begin with an empty database)"
            )
        )
    return gettext("适合这个模式 (fit for this mode)")


def _check_worker(settings: Settings) -> str:
    if late := _count_rows(
        select(func.count(Job.id)).where(Job.state == JobState.DUE, Job.run_at < _late_since())
    ):
        minutes = LATE.seconds // 60
        raise CheckFailed(
            gettext(
                "有 %(late)s 项任务等了 %(minutes)s 分钟以上，请启动 ./zige flask worker (%(late)s jobs "
                "wait longer than %(minutes)s minutes)",
                late=late,
                minutes=minutes,
            )
        )
    return gettext("没有等得太久的任务 (no job waits too long)")


def _late_since() -> datetime:
    return now() - LATE


def _count_rows(query: object) -> int:
    return int(db.session.scalar(query) or 0)  # type: ignore[call-overload]


TABLES = ("database", "schema")
CHECKS = tuple(
    DoctorCheck(what=what, called=called, look=look, needs=TABLES)
    for what, called, look in (
        ("regions", lazy_gettext("行政区划"), _check_regions),
        ("calendar", lazy_gettext("工作日历"), _check_calendar),
        ("library", lazy_gettext("流程库"), _check_library),
        ("administrator", lazy_gettext("管理员"), _check_administrator),
        ("sample people", lazy_gettext("示例人员"), _check_samples),
        ("worker", lazy_gettext("后台任务"), _check_worker),
    )
)
