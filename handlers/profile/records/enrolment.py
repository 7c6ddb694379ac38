"""学籍: synchronised once and never again; 补充数据 by hand stays open and can be corrected."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from domain.outside import register_records, uploads
from domain.rules import requirements
from domain.wording import dates
from handlers.page import signed_values
from handlers.page.formfields import FormView, join_dates
from handlers.profile.blueprint import pages, redirect_back, redirect_to_page
from handlers.profile.records import record_locks, schemas
from models import db
from models.authorities.plans import Plan
from models.base import codes
from models.base.database import writing
from models.base.errors import Invalid
from models.cases.credentials import Enrolment, select_records
from models.persons.files import StoredFile
from translations import gettext, lazy_gettext, source_of
from workflows.clock import now

NONE_FOUND = lazy_gettext(
    "学籍库中没有您的在读学籍。请先在学信网核对姓名和证件号码；核对无误仍没有的，请用“补充数据”填写。"
)
CHOOSE_ONE = lazy_gettext("请选择与本次申请一致的学籍")
LONGEST_STUDY = timedelta(days=12 * 366)  # part-time studies and breaks are long, but not longer
DATE_FIELDS = ("entered_on", "expected_graduation")


@pages.get("/enrolment")
def enrolment() -> ResponseReturnValue:
    """What there is, the one synchronisation, and the way to 补充数据."""
    return _render_page()


@pages.post("/enrolment/sync")
def sync_enrolment() -> ResponseReturnValue:
    """Ask the register of students; of several the person chooses one."""
    person_id = g.principal.person_id
    _refuse_second_sync(person_id)
    holder = register_records.read_holder(person_id)
    try:
        found = register_records.ask_enrolments(holder)
    except register_records.RegisterDown as error:
        return _render_page(down=True), error.status
    chosen = _find_chosen(found)
    if chosen is None:
        return _render_choice(found)
    try:
        register_records.lock_holder(person_id, holder)
        register_records.keep_enrolment(person_id, chosen)
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        raise register_records.AlreadySynced from None
    flash(gettext("学籍已同步。"), "ok")
    return redirect_back("profile.enrolment")


@pages.get("/enrolment/enter")
def enter_enrolment() -> ResponseReturnValue:
    """补充数据: the form."""
    return _render_entry(
        FormView.blank(schemas.EnrolmentByHand(), {"status": source_of(schemas.STATUSES[0])})
    )


@pages.post("/enrolment/enter")
def add_enrolment() -> ResponseReturnValue:
    """Keep an enrolment that was typed."""
    return _save_enrolment(None)


@pages.get("/enrolment/<int:record_id>")
def edit_enrolment(record_id: int) -> ResponseReturnValue:
    """The form of an enrolment that was typed."""
    row, schema = _find_by_hand(record_id), schemas.EnrolmentByHand()
    return _render_entry(FormView.blank(schema, {name: getattr(row, name) for name in schema.fields}), row)


@pages.post("/enrolment/<int:record_id>")
def change_enrolment(record_id: int) -> ResponseReturnValue:
    """Correct an enrolment that was typed."""
    return _save_enrolment(record_id)


@pages.post("/enrolment/<int:record_id>/remove")
def remove_enrolment(record_id: int) -> ResponseReturnValue:
    """Delete an enrolment that was typed and nothing uses."""
    record_locks.remove_record(_find_by_hand(record_id))
    db.session.commit()
    flash(gettext("学籍信息已删除。"), "ok")
    return redirect_to_page("profile.enrolment")


def _refuse_second_sync(person_id: int) -> None:
    # Asked in a transaction of its own, as the register is asked next; asked again when it is kept.
    before = writing.get()
    writing.set(False)
    known = register_records.find_synced_enrolment(person_id)
    db.session.rollback()
    writing.set(before)
    if known is not None:
        raise register_records.AlreadySynced


def _find_chosen(found: Any) -> Any:
    if len(found) == 1:
        return found[0]
    wanted = request.form.get("choice", "")
    return next((one for one in found if register_records.enrolment_digest(one) == wanted), None)


def _render_choice(found: Any) -> ResponseReturnValue:
    if not found:
        return _render_page(nothing=True), 422
    form = (
        FormView.refused(request.form, {"choice": [CHOOSE_ONE]})
        if "chosen" in request.form
        else FormView.blank()
    )
    cards = [
        {
            "value": register_records.enrolment_digest(one),
            "title": f"{one.school}　{one.major}",
            "meta": [codes.STUDY_LEVELS.get(one.level, one.level), one.status],
        }
        for one in found
    ]
    status = 422 if form.errors else 200
    return render_template("profile/enrolment_choice.html", form=form, cards=cards), status


def _save_enrolment(record_id: int | None) -> ResponseReturnValue:
    upload, problems = _receive_proof()
    schema, typed = schemas.EnrolmentByHand(), join_dates(request.form, *DATE_FIELDS)
    if typed.get("expected") and typed["expected"] != "other":
        typed["expected_graduation"] = typed["expected"]
    row = _find_by_hand(record_id) if record_id else None
    answers, wrong = _check_answers(schema, typed)
    if wrong or problems:
        form = FormView.refused(typed, wrong | problems, schema)
        return _render_entry(form, row, upload), 422
    moment = now()
    row = row or Enrolment(person_id=g.principal.person_id, source="manual", created_at=moment)
    try:
        with record_locks.carry_over_changes(
            status=requirements.check_enrolment, level=requirements.check_education
        ):
            if upload is not None:
                row.file_id = uploads.add_upload_row(upload, g.principal.person_id, moment)
            for name, value in answers.items():
                setattr(row, name, value)
            db.session.add(row)
    except ValidationError as error:
        db.session.rollback()
        form = FormView.refused(typed, error.normalized_messages(), schema)
        return _render_entry(form, _find_by_hand(record_id) if record_id else None, upload), 422
    db.session.commit()
    flash(gettext("学籍信息已保存，未经系统核验，确认时请带学生证等材料。"), "ok")
    return redirect_back("profile.enrolment")


def _check_answers(schema: Schema, typed: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        answers = schema.load(typed)
    except ValidationError as error:
        return {}, _move_to_choice(error.normalized_messages(), typed)
    stays = answers["expected_graduation"] - answers["entered_on"]
    if not timedelta(0) < stays < LONGEST_STUDY:
        wrong = gettext("应晚于入学日期") if stays < LONGEST_STUDY else gettext("距入学超过 12 年，请核对")
        return {}, {"expected_graduation": [gettext("预计毕业时间%(wrong)s", wrong=wrong)]}
    return answers, {}


def _receive_proof() -> tuple[uploads.Upload | None, dict[str, list[str]]]:
    # Judged and stored before the first query. A file of a form that came back is carried, not sent again.
    sent, packed = request.files.get("proof"), request.form.get("uploaded", "")
    try:
        if sent and sent.filename:
            return uploads.store_upload("proof", sent.filename, sent.read()), {}
        if packed:
            return uploads.Upload(**signed_values.unpack_values(_carry_purpose(), packed)), {}
    except Invalid as refusal:
        return None, refusal.fields
    except signed_values.PageExpired:
        return None, {"proof": [gettext("刚才的文件已经过期，请重新选择")]}
    return None, {}


def _carry_purpose() -> str:
    return f"enrolment.{g.principal.person_id}"


def _move_to_choice(problems: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    # While no day is chosen the boxes of another day are folded away; the choice itself is at fault.
    if "expected_graduation" in problems and not typed.get("expected") and _graduation_days():
        return {
            ("expected" if name == "expected_graduation" else name): said for name, said in problems.items()
        }
    return problems


def _find_by_hand(record_id: int) -> Enrolment:
    row: Enrolment = record_locks.find_changeable_record(Enrolment, record_id, g.principal.person_id)
    if row.source != "manual":
        raise record_locks.RecordInUse(
            gettext("同步的学籍不能修改或删除。信息有误的，请用“补充数据”填写现在的学籍。")
        )
    return row


def _render_page(*, down: bool = False, nothing: bool = False) -> str:
    db.session.rollback()
    found = db.session.scalars(select_records(Enrolment, g.principal.person_id)).all()
    return render_template(
        "profile/enrolment.html",
        records=[_build_card(one) for one in found],
        synced=any(one.source == "synced" for one in found),
        down=down,
        nothing=NONE_FOUND if nothing else "",
    )


def _render_entry(form: FormView, row: Enrolment | None = None, upload: uploads.Upload | None = None) -> str:
    stored = db.session.get(StoredFile, row.file_id) if row and row.file_id else None
    return render_template(
        "profile/enrolment_entry.html",
        form=form,
        row=row,
        offered=_graduation_days(),
        file=upload or stored,
        uploaded=signed_values.pack_values(_carry_purpose(), asdict(upload)) if upload else "",
    )


def _graduation_days() -> list[tuple[str, str]]:
    # Plans name the day on which the graduates of the year leave; most people mean that day.
    plans = select(Plan.graduation_date).where(Plan.graduation_date.is_not(None), Plan.confirm_until >= now())
    days: list[date] = sorted({day for day in db.session.scalars(plans) if day})
    return [(day.isoformat(), dates.format_day(day)) for day in days]


def _build_card(row: Enrolment) -> dict[str, Any]:
    return {
        "row": row,
        "title": f"{row.school}　{row.major}",
        "meta": [
            codes.STUDY_LEVELS.get(row.level, row.level),
            codes.STUDY_FORMS.get(row.study_form, row.study_form),
            row.status,
            gettext("预计 %(day)s毕业", day=dates.format_day(row.expected_graduation))
            if row.expected_graduation
            else "",
        ],
        "locked": record_locks.why_record_locked(row),
        "used": record_locks.why_record_used(row),
        "file": url_for("apply.file", file_id=row.file_id) if row.file_id else "",
    }
