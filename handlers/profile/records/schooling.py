"""学历证书和学位证书: looked up by number or entered by hand; one shape for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, g, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError

from domain.outside.records import register_records
from domain.rules import requirements
from domain.wording import dates
from handlers.entry.access import allow
from handlers.page.contract import Page, ShowAgain, Submission, accept, show
from handlers.profile.blueprint import pages, redirect_back, redirect_to_page
from handlers.profile.records import record_locks, schemas
from models import db
from models.base import codes
from models.base.errors import NotFound
from models.cases.applications import Application
from models.cases.credentials import Degree, Diploma, Enrolment, select_records
from models.cases.states import RecordSource
from translations import gettext, lazy_gettext
from workflows.clock import now


@dataclass(frozen=True, kw_only=True)
class CertificateSort:
    """A sort of certificate: its table, its form, and the two halves of its register."""

    model: Any
    label: str
    schema: type[Schema]
    day: str  # the field of the day, which has three boxes
    page: str
    ask: Callable[[register_records.Holder, str], Any]
    keep: Callable[[int, Any], None]
    checks: Mapping[str, Callable[[Application], None]]  # field → what an application that uses it needs


CERTIFICATE_SORTS = {
    "diploma": CertificateSort(
        model=Diploma,
        label=lazy_gettext("学历证书"),
        schema=schemas.DiplomaByHand,
        day="graduated_on",
        page="profile.schooling",
        ask=register_records.ask_diploma,
        keep=register_records.keep_diploma,
        checks={"level": requirements.check_education},
    ),
    "degree": CertificateSort(
        model=Degree,
        label=lazy_gettext("学位证书"),
        schema=schemas.DegreeByHand,
        day="awarded_on",
        page="profile.degrees",
        ask=register_records.ask_degree,
        keep=register_records.keep_degree,
        checks={"name": requirements.check_putonghua},  # a doctor's degree exempts
    ),
}
DATE_FIELDS = tuple(one.day for one in CERTIFICATE_SORTS.values())
NOT_GRADUATED = lazy_gettext("这份证书的结论不是“毕业”，不符合认定要求")
ALREADY_ADDED = lazy_gettext("这份证书已经添加过，请看下面的列表")


@pages.get("/schooling")
@allow("applicant")
@show("profile/schooling.html")
@accept(schemas.CertificateNumber)
def schooling(sent: Submission) -> Page:
    """Diplomas, and the enrolment of those still at school."""
    return _list_certificates("diploma")


@pages.get("/degrees")
@allow("applicant")
@show("profile/schooling.html")
@accept(schemas.CertificateNumber)
def degrees(sent: Submission) -> Page:
    """Degrees."""
    return _list_certificates("degree")


@pages.post("/schooling/<sort>/check")
@allow("applicant")
@show("profile/schooling.html")
@accept(schemas.CertificateNumber, page=lambda sent, sort: _list_certificates(sort), refusals="number")
def check_certificate(sent: Submission, sort: str) -> Page:
    """Ask the register for the number, keep what is the person's own."""
    one, number = _find_sort(sort), sent.answers["number"]
    holder = register_records.read_holder(g.principal.person_id)
    try:
        found = one.ask(holder, number)
    except register_records.RegisterDown as error:
        raise ShowAgain({}, error.status, down=True) from error
    register_records.lock_holder(g.principal.person_id, holder)
    _check_found(one, number, found)
    with record_locks.carry_over_changes(number=requirements.check_education):
        one.keep(g.principal.person_id, found)
    db.session.commit()
    flash(gettext("%(label)s核验通过，已保存。", label=one.label), "ok")
    return redirect_back(one.page)


@pages.route("/schooling/<sort>/enter", methods=["GET", "POST"])
@allow("applicant")
@show("profile/schooling_entry.html")
@accept(lambda sort: _find_sort(sort).schema(), dates=DATE_FIELDS)
def enter_certificate(sent: Submission, sort: str) -> Page:
    """Keep a certificate that cannot be looked up."""
    one = _find_sort(sort)
    if not sent.is_accepted:
        form = sent.view({"number": request.args.get("number", "")})
        return {"form": form, "row": None, "sort": sort, "label": one.label, "day": one.day, "page": one.page}
    return _save_certificate(one, None, sent.answers)


@pages.route("/schooling/<sort>/<int:record_id>", methods=["GET", "POST"])
@allow("applicant")
@show("profile/schooling_entry.html")
@accept(lambda sort, record_id: _find_sort(sort).schema(), dates=DATE_FIELDS)
def edit_certificate(sent: Submission, sort: str, record_id: int) -> Page:
    """Correct a certificate that was typed."""
    one = _find_sort(sort)
    row = _find_by_hand(one, record_id)
    if not sent.is_accepted:
        form = sent.view({name: getattr(row, name) for name in one.schema().fields})
        return {"form": form, "row": row, "sort": sort, "label": one.label, "day": one.day, "page": one.page}
    return _save_certificate(one, row, sent.answers)


@pages.post("/schooling/<sort>/<int:record_id>/remove")
@allow("applicant")
def remove_certificate(sort: str, record_id: int) -> ResponseReturnValue:
    """Delete a certificate that nothing uses."""
    one = _find_sort(sort)
    record_locks.remove_record(
        record_locks.find_changeable_record(one.model, record_id, g.principal.person_id)
    )
    db.session.commit()
    flash(gettext("%(label)s已删除。", label=one.label), "ok")
    return redirect_to_page(one.page)


def _save_certificate(one: CertificateSort, row: Any, answers: dict[str, Any]) -> ResponseReturnValue:
    row = _find_target(one, row, answers["number"])
    with record_locks.carry_over_changes(**one.checks):
        for name, value in answers.items():
            setattr(row, name, value)
        db.session.add(row)
    db.session.commit()
    flash(gettext("%(label)s已保存，未经系统核验，确认时请带原件。", label=one.label), "ok")
    return redirect_back(one.page)


def _check_found(sort: CertificateSort, number: str, found: Any) -> None:
    if getattr(found, "conclusion", "毕业") != "毕业":
        raise ValidationError(NOT_GRADUATED, "number")
    known = _find_own(sort, number)
    reason = (
        record_locks.why_record_locked(known)
        if known is not None and known.source != RecordSource.VERIFIED
        else ""
    )
    if reason:
        raise record_locks.RecordInUse(reason)


def _find_target(sort: CertificateSort, row: Any, number: str) -> Any:
    same = _find_own(sort, number)
    if same is not None and same is not row:
        raise ValidationError(ALREADY_ADDED, "number")
    return row or sort.model(person_id=g.principal.person_id, source=RecordSource.MANUAL, created_at=now())


def _find_by_hand(sort: CertificateSort, record_id: int) -> Any:
    row = record_locks.find_changeable_record(sort.model, record_id, g.principal.person_id)
    if row.source != RecordSource.MANUAL:
        raise record_locks.RecordInUse(
            gettext("系统核验通过的证书不能修改。信息有误的，请联系发证学校更正后重新核验。")
        )
    return row


def _find_own(sort: CertificateSort, number: str) -> Any:
    return db.session.scalar(select_records(sort.model, g.principal.person_id).filter_by(number=number))


def _find_sort(name: str) -> CertificateSort:
    if name not in CERTIFICATE_SORTS:
        raise NotFound
    return CERTIFICATE_SORTS[name]


def _list_certificates(sort: str) -> dict[str, Any]:
    one, person_id = _find_sort(sort), g.principal.person_id
    found = db.session.scalars(select_records(one.model, person_id))
    enrolled = db.session.scalar(select_records(Enrolment, person_id).limit(1))
    return {
        "sort": sort,
        "label": one.label,
        "records": [_build_card(row) for row in found],
        "enrolled": enrolled is not None,
        "down": False,
    }


def _build_card(row: Any) -> dict[str, Any]:
    if isinstance(row, Diploma):
        title = f"{row.school}　{row.major}"
        meta = [
            codes.EDUCATION_LEVELS.get(row.level, row.level),
            codes.STUDY_FORMS.get(row.study_form, row.study_form),
            dates.format_day(row.graduated_on),
        ]
    else:
        title, meta = f"{row.name}　{row.school}", [dates.format_day(row.awarded_on)]
    kept = {"locked": record_locks.why_record_locked(row), "use": record_locks.find_use(row)}
    return {
        "row": row,
        "title": title,
        "meta": [*meta, gettext("编号 %(number)s", number=row.number)],
        **kept,
    }
