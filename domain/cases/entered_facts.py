"""What an applicant enters into an application: each fact once, with its label and how it is read.

修改 compares them, the trail of changes names them, and the offices' pages list them. A new question of the
wizard that is to be seen and compared is a row here; `tests/map/test_entered_facts.py` follows it everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.wording import dates
from models.authorities.places import find_region
from models.base import codes
from models.cases.applications import Application
from models.persons.files import StoredFile
from translations import gettext, join_clauses, lazy_gettext
from workflows.clock import LOCAL

Reader = Callable[[Any], str]


@dataclass(frozen=True, kw_only=True)
class EnteredFact:
    """One fact: the column that keeps it, or the first of several."""

    column: str
    label: str
    read: Reader


def label_reader(column: str, words: Mapping[str, str]) -> Reader:
    """Reads a column whose code has a label; an unknown code is told as it is."""
    return lambda row: words.get(getattr(row, column) or "", getattr(row, column) or "")


def date_reader(column: str) -> Reader:
    """Reads a day."""
    return lambda row: dates.format_day(getattr(row, column))


def text_reader(column: str) -> Reader:
    """Reads a text; empty where there is none."""
    return lambda row: getattr(row, column) or ""


def _describe_picture(file: StoredFile | None) -> str:
    if file is None:
        return ""
    at = file.created_at.astimezone(LOCAL)
    return gettext(
        "%(day)s %(time)s 上传（%(digest)s）",
        day=dates.format_day(at.date()),
        time=f"{at:%H:%M}",
        digest=file.sha256[:6],
    )


def _describe_resume(application: Application) -> str:
    rows = application.resume or []
    parts = ("from", "until", "organisation", "post", "witness")
    return join_clauses(" ".join(str(row.get(part, "")) for part in parts) for row in rows)


def _describe_address(application: Application) -> str:
    region = find_region(application.region_code)
    return f"{region.name if region else ''}{application.street or ''}"


def _describe_site(application: Application) -> str:
    return application.site.name if application.site else ""


def _describe_schooling(application: Application) -> str:
    return {True: gettext("是"), False: gettext("否")}[bool(application.at_school)]


def _build_fact(column: str, label: str, read: Reader | None = None) -> EnteredFact:
    return EnteredFact(column=column, label=label, read=read or text_reader(column))


ENTERED = (
    _build_fact("exam_route", lazy_gettext("考试形式"), label_reader("exam_route", codes.EXAM_ROUTES)),
    _build_fact("kind", lazy_gettext("申请资格种类"), label_reader("kind", codes.KINDS)),
    _build_fact("subject", lazy_gettext("任教学科")),
    _build_fact("basis", lazy_gettext("认定依据"), label_reader("basis", codes.BASES)),
    _build_fact("region_code", lazy_gettext("申请地"), _describe_address),
    _build_fact("site_id", lazy_gettext("确认点"), _describe_site),
    _build_fact("at_school", lazy_gettext("是否在校生"), _describe_schooling),
    _build_fact(
        "political_status",
        lazy_gettext("政治面貌"),
        label_reader("political_status", codes.POLITICAL_STATUSES),
    ),
    _build_fact("household_place", lazy_gettext("户籍所在地")),
    _build_fact("birth_place", lazy_gettext("出生地")),
    _build_fact("mailing_address", lazy_gettext("通讯地址")),
    _build_fact("postcode", lazy_gettext("邮编")),
    _build_fact("phone", lazy_gettext("联系电话")),
    _build_fact(
        "major_category", lazy_gettext("专业类别"), label_reader("major_category", codes.MAJOR_CATEGORIES)
    ),
    _build_fact("employer", lazy_gettext("工作单位")),
    _build_fact("occupation", lazy_gettext("现从事职业"), label_reader("occupation", codes.OCCUPATIONS)),
    _build_fact(
        "professional_title",
        lazy_gettext("专业技术职务"),
        label_reader("professional_title", codes.PROFESSIONAL_TITLES),
    ),
    _build_fact("delivery", lazy_gettext("证书领取方式"), label_reader("delivery", codes.DELIVERIES)),
    _build_fact("delivery_address", lazy_gettext("邮寄地址")),
    _build_fact("resume", lazy_gettext("个人简历"), _describe_resume),
    _build_fact("photo_id", lazy_gettext("证件照片"), lambda row: _describe_picture(row.photo)),
    _build_fact(
        "undertaking_id", lazy_gettext("个人承诺书签名"), lambda row: _describe_picture(row.undertaking)
    ),
)
