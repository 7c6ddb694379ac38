"""学历证书和学位证书: looked up by number or entered by hand; one shape for both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, g, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError

from domain.outside import register_records
from domain.rules import requirements
from domain.wording import dates
from handlers.page.formfields import FormView, join_dates
from handlers.profile.blueprint import pages, redirect_back, redirect_to_page
from handlers.profile.records import record_locks, schemas
from models import db
from models.base import codes
from models.base.errors import DomainError, NotFound
from models.cases.applications import Application
from models.cases.credentials import Degree, Diploma, Enrolment, select_records
from translations import gettext, lazy_gettext
from workflows.clock import now


@dataclass(frozen=True, kw_only=True)
class CertificateSort:
    """A sort of certificate: its table, its form, and the two halves of its register."""

    model: Any
    label: str
    schema: type[Schema]
    day: str  # the field with three boxes
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
NOT_FOUND = lazy_gettext(
    "没有核验到这份证书。请核对编号，并确认证书上的姓名与本平台一致；仍核验不到的，请改用录入。"
)
NOT_GRADUATED = lazy_gettext("这份证书的结论不是“毕业”，不符合认定要求")
ALREADY_ADDED = lazy_gettext("这份证书已经添加过，请看下面的列表")


@pages.get("/schooling")
def schooling() -> ResponseReturnValue:
    """Diplomas, and the enrolment of those still at school."""
    return _render_page("diploma")


@pages.get("/degrees")
def degrees() -> ResponseReturnValue:
    """Degrees."""
    return _render_page("degree")


@pages.post("/schooling/<sort>/check")
def check_certificate(sort: str) -> ResponseReturnValue:
    """Ask the register for the number, keep what is the person's own."""
    one = _find_sort(sort)
    schema = schemas.CertificateNumber()
    try:
        number = schema.load(request.form)["number"]
        holder = register_records.read_holder(g.principal.person_id)
        found = one.ask(holder, number)
        register_records.lock_holder(g.principal.person_id, holder)
        _check_found(one, number, found)
        with record_locks.carry_over_changes(number=requirements.check_education):
            one.keep(g.principal.person_id, found)
    except ValidationError as error:
        return _render_refused(sort, FormView.refused(request.form, error.normalized_messages(), schema), 422)
    except register_records.RegisterDown as error:
        return _render_refused(sort, FormView.blank(schema, dict(request.form)), error.status, down=True)
    except DomainError as error:
        form = FormView.refused(request.form, {"number": [error.sentence]}, schema)
        return _render_refused(sort, form, error.status)
    db.session.commit()
    flash(gettext("%(label)s核验通过，已保存。", label=one.label), "ok")
    return redirect_back(one.page)


@pages.get("/schooling/<sort>/enter")
def enter_certificate(sort: str) -> ResponseReturnValue:
    """The form for a certificate that cannot be looked up."""
    values = {"number": request.args.get("number", "")}
    return _render_entry(sort, FormView.blank(_find_sort(sort).schema(), values))


@pages.post("/schooling/<sort>/enter")
def add_certificate(sort: str) -> ResponseReturnValue:
    """Keep a certificate that was typed."""
    return _save_certificate(sort, None)


@pages.get("/schooling/<sort>/<int:record_id>")
def edit_certificate(sort: str, record_id: int) -> ResponseReturnValue:
    """The form of a certificate that was typed."""
    row = _find_by_hand(_find_sort(sort), record_id)
    schema = _find_sort(sort).schema()
    return _render_entry(
        sort, FormView.blank(schema, {name: getattr(row, name) for name in schema.fields}), row
    )


@pages.post("/schooling/<sort>/<int:record_id>")
def change_certificate(sort: str, record_id: int) -> ResponseReturnValue:
    """Correct a certificate that was typed."""
    return _save_certificate(sort, record_id)


@pages.post("/schooling/<sort>/<int:record_id>/remove")
def remove_certificate(sort: str, record_id: int) -> ResponseReturnValue:
    """Delete a certificate that nothing uses."""
    one = _find_sort(sort)
    record_locks.remove_record(
        record_locks.find_changeable_record(one.model, record_id, g.principal.person_id)
    )
    db.session.commit()
    flash(gettext("%(label)s已删除。", label=one.label), "ok")
    return redirect_to_page(one.page)


def _save_certificate(sort: str, record_id: int | None) -> ResponseReturnValue:
    one = _find_sort(sort)
    schema, typed = one.schema(), join_dates(request.form, one.day)
    row = _find_by_hand(one, record_id) if record_id else None
    try:
        answers = schema.load(typed)
        row = _find_target(one, row, answers["number"])
        with record_locks.carry_over_changes(**one.checks):
            for name, value in answers.items():
                setattr(row, name, value)
            db.session.add(row)
    except ValidationError as error:
        db.session.rollback()
        again = _find_by_hand(one, record_id) if record_id else None
        return _render_entry(sort, FormView.refused(typed, error.normalized_messages(), schema), again), 422
    db.session.commit()
    flash(gettext("%(label)s已保存，未经系统核验，确认时请带原件。", label=one.label), "ok")
    return redirect_back(one.page)


def _check_found(sort: CertificateSort, number: str, found: Any) -> None:
    if found is None:
        raise ValidationError(NOT_FOUND, "number")
    if getattr(found, "conclusion", "毕业") != "毕业":
        raise ValidationError(NOT_GRADUATED, "number")
    known = _find_own(sort, number)
    reason = record_locks.why_record_locked(known) if known is not None and known.source != "verified" else ""
    if reason:
        raise record_locks.RecordInUse(reason)


def _find_target(sort: CertificateSort, row: Any, number: str) -> Any:
    same = _find_own(sort, number)
    if same is not None and same is not row:
        raise ValidationError(ALREADY_ADDED, "number")
    return row or sort.model(person_id=g.principal.person_id, source="manual", created_at=now())


def _find_by_hand(sort: CertificateSort, record_id: int) -> Any:
    row = record_locks.find_changeable_record(sort.model, record_id, g.principal.person_id)
    if row.source != "manual":
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


def _render_refused(sort: str, form: FormView, status: int, *, down: bool = False) -> ResponseReturnValue:
    db.session.rollback()
    return _render_page(sort, form, down=down), status


def _render_page(sort: str, form: FormView | None = None, *, down: bool = False) -> str:
    one = CERTIFICATE_SORTS[sort]
    person_id = g.principal.person_id
    found = db.session.scalars(select_records(one.model, person_id))
    enrolled = db.session.scalar(select_records(Enrolment, person_id).limit(1))
    return render_template(
        "profile/schooling.html",
        form=form or FormView.blank(schemas.CertificateNumber()),
        sort=sort,
        label=one.label,
        records=[_build_card(row) for row in found],
        enrolled=enrolled is not None,
        down=down,
    )


def _render_entry(sort: str, form: FormView, row: Any = None) -> str:
    one = CERTIFICATE_SORTS[sort]
    return render_template(
        "profile/schooling_entry.html",
        form=form,
        row=row,
        sort=sort,
        label=one.label,
        day=one.day,
        page=one.page,
    )


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
    kept = {"locked": record_locks.why_record_locked(row), "used": record_locks.why_record_used(row)}
    return {
        "row": row,
        "title": title,
        "meta": [*meta, gettext("编号 %(number)s", number=row.number)],
        **kept,
    }
