"""我能不能报: the rules asked of what a stranger says of themselves, or of one's own records.

What was said stands in the address, so that an answer can be kept and loaded again; nothing is stored.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g, url_for

from domain.rules import own_records, self_check
from domain.rules.own_records import OwnWish
from domain.rules.self_check import Finding, SelfDescription
from domain.wording import dates
from handlers.apply.choices import offers
from handlers.entry.access import allow
from handlers.page.contract import Page, ask, show
from handlers.page.formfields import FormView
from handlers.page.queries import QuerySchema, SearchWords
from handlers.profile.records.schemas import STATUSES
from handlers.public.blueprint import pages
from models import db
from models.base import codes
from models.persons.people import Person
from models.persons.states import PersonKind
from translations import lazy_gettext, source_of
from workflows.clock import LOCAL

RULES = {
    "kind": lazy_gettext("资格种类"),
    "subject": lazy_gettext("任教学科"),
    "route": lazy_gettext("考试形式"),
    "exemption": lazy_gettext("免试"),
    "enrolment": lazy_gettext("学籍"),
    "education": lazy_gettext("学历"),
    "putonghua": lazy_gettext("普通话"),
    "place": lazy_gettext("在哪里申请"),
    "verification": lazy_gettext("实名核验"),
    "particulars": lazy_gettext("个人身份信息"),
    "exam": lazy_gettext("考试合格证明"),
    "live": lazy_gettext("在办的申请和本年度的资格"),
    "originals": lazy_gettext("要带的原件"),
}
# Where somebody who is signed in puts it right.
WAYS = {
    "verification": "profile.particulars",
    "particulars": "profile.particulars",
    "exam": "profile.exams",
    "putonghua": "profile.putonghua",
    "education": "profile.schooling",
    "live": "apply.enquiry",
}
STATES = {
    self_check.MET: ("ok", "ok", lazy_gettext("符合")),
    self_check.FAILED: ("bad", "bad", lazy_gettext("不符合")),
    self_check.OPEN: ("warn", "info", lazy_gettext("待确认")),
}
LACKING = ("bad", "bad", lazy_gettext("还缺"))
SCHOOLING = (("no", lazy_gettext("已经毕业")), ("yes", lazy_gettext("在校生，还没有毕业")))


class EligibilityQuery(QuerySchema):
    """What somebody says of themselves."""

    kind = SearchWords(most=24)
    subject = SearchWords(most=20)
    exam_route = SearchWords(most=20)
    province = SearchWords(most=6)
    city = SearchWords(most=6)
    county = SearchWords(most=6)
    at_school = SearchWords(most=3)
    level = SearchWords(most=2)
    graduation = SearchWords(most=7)  # 2026-06, or a year
    study_form = SearchWords(most=20)
    status = SearchWords(most=10)
    putonghua = SearchWords(most=4)
    title = SearchWords(most=20)
    doctor = SearchWords(most=3)
    whose = SearchWords(most=5)


@pages.get("/eligibility")
@allow("public")
@show("public/eligibility.html")
@ask(EligibilityQuery)
def eligibility(asked: dict[str, Any]) -> Page:
    """Whether one may apply, with a reason for each rule; of one's own records for whoever is signed in."""
    moment, regions = dates.request_time(), offers.list_region_choices(asked)
    person = _find_applicant() if asked["whose"] != "other" else None
    described = _read_description(asked, moment, regions)
    if person is not None:
        wish = OwnWish(kind=described.kind, province=described.province)
        findings = own_records.list_findings(person, wish, moment)
        described = own_records.describe_person(person, wish, moment)
    else:
        findings = self_check.judge_description(described) if described.kind else []
    return {
        "form": FormView.blank(None, asked),
        "own": person is not None,
        "may_be_own": _find_applicant() is not None,
        "asked": bool(findings),
        "findings": [_describe(one, own=person is not None) for one in findings],
        "verdict": _sum_up(findings),
        "kind_name": codes.KINDS.get(described.kind, ""),
        **_list_places(asked, described, regions, moment),
        **_list_options(regions, moment),
    }


def _find_applicant() -> Person | None:
    if g.principal is None or g.principal.kind != PersonKind.APPLICANT:
        return None
    return db.session.get(Person, g.principal.person_id)


def _read_description(
    asked: dict[str, Any], moment: datetime, regions: dict[str, list[tuple[str, str]]]
) -> SelfDescription:
    """What was said, as far as it means anything."""
    year, months = _read_graduation(asked["graduation"], moment)
    at_school = {"yes": True, "no": False}.get(asked["at_school"])
    return SelfDescription(
        kind=_known(asked["kind"], codes.KINDS),
        subject=asked["subject"],
        exam_route=_known(asked["exam_route"], codes.EXAM_ROUTES),
        province=_known(asked["province"], dict(regions["provinces"])),
        at_school=at_school,
        level=_known(asked["level"], codes.STUDY_LEVELS),
        graduated=year,
        study_form=_known(asked["study_form"], codes.STUDY_FORMS),
        status=_known(asked["status"], {source_of(one): one for one in STATUSES}),
        months_left=months if at_school else None,
        putonghua=_known(asked["putonghua"], {**codes.PUTONGHUA_LEVELS, self_check.NO_CERTIFICATE: ""}),
        title=_known(asked["title"], codes.PROFESSIONAL_TITLES) or "none",
        doctor=asked["doctor"] == "yes",
    )


def _known(value: str, options: Any) -> str:
    return value if value in options else ""


def _read_graduation(text: str, moment: datetime) -> tuple[int | None, int | None]:
    """The year, and the months until then, of 2026-06 or 2026."""
    year, _, month = text.partition("-")
    if not (year.isdecimal() and year.isascii() and len(year) == 4):
        return None, None
    here = moment.astimezone(LOCAL)
    known = month.isdecimal() and month.isascii() and 1 <= int(month) <= 12
    months = (int(year) - here.year) * 12 + int(month) - here.month if known else None
    return int(year), months


def _describe(finding: Finding, *, own: bool) -> dict[str, Any]:
    way = WAYS.get(finding.rule) if own and finding.state != self_check.MET else None
    failed = own and finding.state == self_check.FAILED
    return {
        "rule": RULES[finding.rule],
        "state": LACKING if failed else STATES[finding.state],
        "text": finding.text,
        "way": url_for(way) if way else "",
    }


def _sum_up(findings: list[Finding]) -> str:
    """failed when any rule says no, open when something hangs on what is not known, else met."""
    states = {one.state for one in findings}
    return next((one for one in (self_check.FAILED, self_check.OPEN) if one in states), self_check.MET)


def _list_places(
    asked: dict[str, Any],
    described: SelfDescription,
    regions: dict[str, list[tuple[str, str]]],
    moment: datetime,
) -> dict[str, Any]:
    """Who decides there and when, and what each asks for."""
    names = (("county", "counties"), ("city", "cities"))
    place = next((asked[name] for name, level in names if asked[name] in dict(regions[level])), "")
    if not (place and described.kind):
        return {"offers": [], "place": ""}
    found = offers.list_deciding_offers(described.kind, place, moment)
    shown = [{"offer": one, "materials": _list_materials(one, described)} for one in found]
    return {"offers": shown, "place": offers.full_region_name(place)}


def _list_materials(offer: offers.Offer, described: SelfDescription) -> list[Any]:
    if offer.plan is None:
        return []
    who = {"at_school": bool(described.at_school), "exam_route": described.exam_route}
    return [one for one in offer.plan.materials if one.concerns(**who)]


def _list_options(regions: dict[str, list[tuple[str, str]]], moment: datetime) -> dict[str, Any]:
    subjects = dict.fromkeys(one for kind in codes.SUBJECTS for one in codes.SUBJECTS[kind])
    return {
        "regions": regions,
        "kinds": tuple(codes.KINDS.items()),
        "subjects": [(one, one) for one in subjects],
        "routes": tuple(codes.EXAM_ROUTES.items()),
        "schooling": SCHOOLING,
        "levels": tuple(codes.STUDY_LEVELS.items()),
        "study_forms": tuple(codes.STUDY_FORMS.items()),
        "statuses": [(source_of(one), one) for one in STATUSES],
        "putonghua_levels": (
            *codes.PUTONGHUA_LEVELS.items(),
            (self_check.NO_CERTIFICATE, lazy_gettext("没有证书")),
        ),
        "titles": tuple(codes.PROFESSIONAL_TITLES.items()),
    }
