"""学籍: synchronised once and never again; 补充数据 by hand stays open and can be corrected."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from flask import flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError, validates_schema
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from domain.outside import uploads
from domain.outside.records import record_mismatches, register_records
from domain.rules import requirements
from domain.wording import dates
from handlers.entry.access import allow
from handlers.page import signed_values
from handlers.page.attachments import AttachedFiles
from handlers.page.contract import Page, Submission, accept, show
from handlers.page.formfields import FormView, join_dates
from handlers.profile.blueprint import pages, redirect_back, redirect_to_page
from handlers.profile.records import record_locks, schemas
from models import db
from models.authorities.plans import Plan
from models.base import codes
from models.base.database import writing
from models.base.errors import Invalid
from models.cases.credentials import Enrolment, select_records
from models.cases.states import RecordSource
from models.persons.files import StoredFile
from translations import gettext, lazy_gettext, source_of
from workflows.clock import now

NONE_FOUND = lazy_gettext(
    "学籍库中没有您的在读学籍。请先在学信网核对姓名和证件号码；核对无误仍没有的，请用“补充数据”填写。"
)
CHOOSE_ONE = lazy_gettext("请选择与本次申请一致的学籍")
LONGEST_STUDY = timedelta(days=12 * 366)  # part-time studies and breaks are long, but not longer
DATE_FIELDS = ("entered_on", "expected_graduation")


class EnrolmentSchema(schemas.EnrolmentByHand):
    """An enrolment as the page asks for it: the day of graduation is often one of those that plans name."""

    @validates_schema
    def check_duration(self, data: dict[str, Any], **_: Any) -> None:
        """Nobody leaves before they came, or studies for ever."""
        stays = data["expected_graduation"] - data["entered_on"]
        if not timedelta(0) < stays < LONGEST_STUDY:
            wrong = (
                gettext("应晚于入学日期") if stays < LONGEST_STUDY else gettext("距入学超过 12 年，请核对")
            )
            raise ValidationError(gettext("预计毕业时间%(wrong)s", wrong=wrong), "expected_graduation")

    def handle_error(self, error: ValidationError, data: Any, **_: Any) -> None:
        """While no day is chosen the boxes of another day are folded away: the choice itself is at fault."""
        problems = error.normalized_messages()
        if "expected_graduation" in problems and not data.get("expected") and _graduation_days():
            moved = {"expected_graduation": "expected"}
            raise ValidationError({moved.get(name, name): said for name, said in problems.items()})


def _read_entry() -> dict[str, Any]:
    typed = join_dates(request.form, *DATE_FIELDS)
    if typed.get("expected") and typed["expected"] != "other":
        typed["expected_graduation"] = typed["expected"]
    return typed


def _receive_proof() -> AttachedFiles:
    """The proof, judged and stored before the first query; one that a form carried is not sent again."""
    sent, packed = request.files.get("proof"), request.form.get("uploaded", "")
    proof, problems = (), ()
    try:
        if sent and sent.filename:
            proof = (uploads.store_upload("proof", sent.filename, sent.read()),)
        elif packed:
            proof = (uploads.Upload(**signed_values.unpack_values(_carry_purpose(), packed)),)
    except Invalid as refusal:
        problems = tuple(refusal.fields["proof"])
    except signed_values.PageExpired:
        problems = (gettext("刚才的文件已经过期，请重新选择"),)
    return AttachedFiles(uploads=proof, problems=problems, field="proof")


def _carry_purpose() -> str:
    return f"enrolment.{g.principal.person_id}"


@pages.get("/enrolment")
@allow("applicant")
@show("profile/enrolment.html")
def enrolment() -> Page:
    """What there is, the one synchronisation, and the way to 补充数据."""
    return _list_enrolments()


@pages.post("/enrolment/sync")
@allow("applicant")
@show("profile/enrolment.html")
def sync_enrolment() -> Page:
    """Ask the register of students; of several the person chooses one."""
    person_id = g.principal.person_id
    _refuse_second_sync(person_id)
    holder = register_records.read_holder(person_id)
    try:
        found = register_records.ask_enrolments(holder)
    except register_records.RegisterDown as error:
        return _list_enrolments(down=True), error.status
    except record_mismatches.RecordMismatch as error:
        return _list_enrolments(nothing=error.sentence), error.status
    if not found:
        return _list_enrolments(nothing=NONE_FOUND), 422
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


@pages.route("/enrolment/enter", methods=["GET", "POST"])
@allow("applicant")
@show("profile/enrolment_entry.html")
@accept(EnrolmentSchema, read=_read_entry, files=_receive_proof)
def enter_enrolment(sent: Submission) -> Page:
    """补充数据: keep an enrolment that the register does not have."""
    if not sent.is_accepted:
        return _build_entry(sent, {"status": source_of(schemas.STATUSES[0])})
    row = Enrolment(person_id=g.principal.person_id, source=RecordSource.MANUAL, created_at=now())
    return _save_enrolment(row, sent)


@pages.route("/enrolment/<int:record_id>", methods=["GET", "POST"])
@allow("applicant")
@show("profile/enrolment_entry.html")
@accept(EnrolmentSchema, read=_read_entry, files=_receive_proof)
def edit_enrolment(sent: Submission, record_id: int) -> Page:
    """Correct an enrolment that was typed."""
    row = _find_by_hand(record_id)
    if not sent.is_accepted:
        return _build_entry(sent, {name: getattr(row, name) for name in EnrolmentSchema().fields}, row)
    return _save_enrolment(row, sent)


@pages.post("/enrolment/<int:record_id>/remove")
@allow("applicant")
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


def _save_enrolment(row: Enrolment, sent: Submission) -> ResponseReturnValue:
    with record_locks.carry_over_changes(
        status=requirements.check_enrolment, level=requirements.check_education
    ):
        for upload in sent.files.uploads:
            row.file_id = uploads.add_upload_row(upload, g.principal.person_id, now())
        for name, value in sent.answers.items():
            setattr(row, name, value)
        db.session.add(row)
    db.session.commit()
    flash(gettext("学籍信息已保存，未经系统核验，确认时请带学生证等材料。"), "ok")
    return redirect_back("profile.enrolment")


def _find_by_hand(record_id: int) -> Enrolment:
    row: Enrolment = record_locks.find_changeable_record(Enrolment, record_id, g.principal.person_id)
    if row.source != RecordSource.MANUAL:
        raise record_locks.RecordInUse(
            gettext("同步的学籍不能修改或删除。信息有误的，请用“补充数据”填写现在的学籍。")
        )
    return row


def _list_enrolments(*, down: bool = False, nothing: str = "") -> dict[str, Any]:
    db.session.rollback()
    found = db.session.scalars(select_records(Enrolment, g.principal.person_id)).all()
    return {
        "records": [_build_card(one) for one in found],
        "synced": any(one.source == RecordSource.SYNCED for one in found),
        "down": down,
        "nothing": nothing,
    }


def _build_entry(sent: Submission, known: dict[str, Any], row: Enrolment | None = None) -> dict[str, Any]:
    stored = db.session.get(StoredFile, row.file_id) if row and row.file_id else None
    upload = sent.files.uploads[0] if sent.files.uploads else None
    return {
        "form": sent.view(known),
        "row": row,
        "offered": _graduation_days(),
        "file": upload or stored,
        "uploaded": signed_values.pack_values(_carry_purpose(), asdict(upload)) if upload else "",
    }


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
        "use": record_locks.find_use(row),
        "file": url_for("apply.file", file_id=row.file_id) if row.file_id else "",
    }
