"""The first page of the personal centre: seven modules, and what is there of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, url_for
from sqlalchemy import func, select

from domain.outside.records import record_syncs, register_records
from domain.rules import eligibility
from domain.wording import sync_states
from handlers.entry.access import allow
from handlers.page.contract import Page, show
from handlers.profile.blueprint import pages, return_address
from models import db
from models.cases.credentials import (
    Degree,
    Diploma,
    Enrolment,
    ExamCertificate,
    PutonghuaCertificate,
    SkillCertificate,
)
from models.cases.register_syncs import RegisterSync
from models.persons.people import Person
from translations import gettext, lazy_gettext

MODULES = (
    (
        "profile.exams",
        lazy_gettext("教师资格考试信息"),
        lazy_gettext("考试合格证明、师范生教师职业能力证书"),
        (ExamCertificate,),
    ),
    (
        "profile.putonghua",
        lazy_gettext("普通话证书信息"),
        lazy_gettext("核验、录入，或者申请免测"),
        (PutonghuaCertificate,),
    ),
    (
        "profile.schooling",
        lazy_gettext("学历学籍信息"),
        lazy_gettext("学历证书；在校生的学籍"),
        (Diploma, Enrolment),
    ),
    ("profile.degrees", lazy_gettext("学位证书信息"), lazy_gettext("没有学位证书的不用填写"), (Degree,)),
    (
        "profile.certificates",
        lazy_gettext("教师资格证书信息"),
        lazy_gettext("2008 年起（广西 2012 年起）的证书"),
        (),
    ),
    (
        "profile.skills",
        lazy_gettext("其他证书信息"),
        lazy_gettext("申请中等职业学校实习指导教师资格用的职业技能等级证书"),
        (SkillCertificate,),
    ),
)
SYNCED = {"profile.exams": record_syncs.EXAMS, "profile.certificates": (record_syncs.CERTIFICATES,)}
Syncs = Mapping[str, RegisterSync]
VERIFICATION = {
    "verified": ("ok", lazy_gettext("实名核验通过")),
    "mismatch": ("bad", lazy_gettext("实名核验不一致")),
    "unavailable": ("warn", lazy_gettext("等待重新核验")),
    "none": ("warn", lazy_gettext("尚未实名核验")),
    "accepted": ("ok", lazy_gettext("人工核对通过")),
}


@pages.get("/")
@allow("applicant")
@show("profile/overview.html")
def overview() -> Page:
    """Every module with its state."""
    person = db.session.get_one(Person, g.principal.person_id)
    syncs = record_syncs.list_syncs(person.id)
    return {
        "person": person,
        "missing": eligibility.missing_particulars(person),
        "verification": VERIFICATION[person.verification],
        "modules": [_describe_module(person.id, syncs, *module) for module in MODULES],
    }


def _describe_module(
    person_id: int, syncs: Syncs, endpoint: str, title: str, note: str, models: tuple[Any, ...]
) -> dict[str, Any]:
    counts = [db.session.scalar(select(func.count()).where(model.person_id == person_id)) for model in models]
    number = sum(count or 0 for count in counts)
    if endpoint == "profile.certificates":  # what was granted here may have been told of, too
        number = len(register_records.list_kept_certificates(person_id))
    state = gettext("%(number)s 条", number=number) if number else _describe_nothing(endpoint, syncs)
    address = url_for(endpoint, next=return_address() or None)
    return {"url": address, "text": title, "note": note, "state": state}


def _describe_nothing(endpoint: str, syncs: Syncs) -> str:
    """Nothing is there: of what registers tell, only once they have answered."""
    views = [sync_states.describe_sync(syncs.get(one)) for one in SYNCED.get(endpoint, ())]
    return next((view.title for view in views if not view.has_answered), gettext("还没有记录"))
