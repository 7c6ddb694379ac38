"""其他证书信息: certificates of vocational skill, typed by the person, with the page that proves them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import flash, g, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from domain.outside import uploads
from domain.wording import dates
from handlers.entry.access import allow
from handlers.page import signed_values
from handlers.page.attachments import AttachedFiles
from handlers.page.contract import Page, Submission, accept, show
from handlers.profile.blueprint import pages, redirect_back, redirect_to_page
from handlers.profile.records import record_locks, schemas
from models import db
from models.base import codes
from models.base.errors import Invalid
from models.cases.credentials import SkillCertificate, select_records
from models.cases.states import RecordSource
from models.persons.files import StoredFile
from translations import gettext, lazy_gettext
from workflows.clock import now

FILE, CARRIED = "details", "uploaded"  # the inputs: the page itself, and one that the form carries
NO_PAGE = lazy_gettext("请上传证书详情页")
ALREADY_ENTERED = lazy_gettext("这份证书已经录入过，可以在列表中修改")


def _receive_page() -> AttachedFiles:
    """The page, judged and stored before the first query; one that the form carried is not sent again."""
    sent, packed = request.files.get(FILE), request.form.get(CARRIED, "")
    found: tuple[uploads.Upload, ...] = ()
    problems: tuple[str, ...] = ()
    try:
        if sent and sent.filename:
            found = (uploads.store_page(FILE, sent.filename, sent.read()),)
        elif packed:
            found = (uploads.Upload(**signed_values.unpack_values(_carry_purpose(), packed)),)
    except Invalid as refusal:
        problems = tuple(refusal.fields[FILE])
    except signed_values.PageExpired:
        problems = (gettext("刚才的文件已经过期，请重新选择"),)
    return AttachedFiles(uploads=found, problems=problems, field=FILE)


def _carry_purpose() -> str:
    return f"skill.{g.principal.person_id}"


@pages.get("/skills")
@allow("applicant")
@show("profile/skills.html")
def skills() -> Page:
    """What there is, and the way to add one."""
    found = db.session.scalars(select_records(SkillCertificate, g.principal.person_id))
    return {"records": [_build_card(one) for one in found]}


@pages.route("/skills/enter", methods=["GET", "POST"])
@allow("applicant")
@show("profile/skill_entry.html")
@accept(schemas.SkillByHand, dates=("issued_on",), files=_receive_page)
def enter_skill(sent: Submission) -> Page:
    """Keep a certificate with its page."""
    if not sent.is_accepted:
        return _build_entry(sent, {}, None)
    row = SkillCertificate(person_id=g.principal.person_id, source=RecordSource.MANUAL, created_at=now())
    return _save_certificate(row, sent)


@pages.route("/skills/<int:record_id>", methods=["GET", "POST"])
@allow("applicant")
@show("profile/skill_entry.html")
@accept(schemas.SkillByHand, dates=("issued_on",), files=_receive_page)
def edit_skill(sent: Submission, record_id: int) -> Page:
    """Correct a certificate, until an application that was confirmed stands on it."""
    row = _find_changeable(record_id)
    if not sent.is_accepted:
        return _build_entry(sent, {name: getattr(row, name) for name in schemas.SkillByHand().fields}, row)
    return _save_certificate(row, sent)


@pages.post("/skills/<int:record_id>/remove")
@allow("applicant")
def remove_skill(record_id: int) -> ResponseReturnValue:
    """Delete a certificate that nothing uses."""
    record_locks.remove_record(_find_changeable(record_id))
    db.session.commit()
    flash(gettext("职业技能等级证书已删除。"), "ok")
    return redirect_to_page("profile.skills")


def _find_changeable(record_id: int) -> SkillCertificate:
    found: SkillCertificate = record_locks.find_changeable_record(
        SkillCertificate, record_id, g.principal.person_id
    )
    return found


def _save_certificate(row: SkillCertificate, sent: Submission) -> ResponseReturnValue:
    _refuse_twin(row, sent.answers["number"])
    if not sent.files.uploads and row.file_id is None:
        raise ValidationError(str(NO_PAGE), FILE)
    with record_locks.carry_over_changes():
        for upload in sent.files.uploads:
            row.file_id = uploads.add_upload_row(upload, g.principal.person_id, now())
        for name, value in sent.answers.items():
            setattr(row, name, value)
        db.session.add(row)
    db.session.commit()
    flash(gettext("职业技能等级证书已保存，确认时请带原件。"), "ok")
    return redirect_back("profile.skills")


def _refuse_twin(row: SkillCertificate, number: str) -> None:
    own = select_records(SkillCertificate, g.principal.person_id).filter_by(number=number)
    same = db.session.scalar(own)
    if same is not None and same is not row:
        raise ValidationError(str(ALREADY_ENTERED), "number")


def _build_entry(sent: Submission, known: dict[str, Any], row: SkillCertificate | None) -> dict[str, Any]:
    stored = db.session.get(StoredFile, row.file_id) if row else None
    upload = sent.files.uploads[0] if sent.files.uploads else None
    return {
        "form": sent.view(known),
        "row": row,
        "file": upload or stored,
        "view_url": url_for("apply.file", file_id=stored.id) if stored and not upload else "",
        "uploaded": signed_values.pack_values(_carry_purpose(), asdict(upload)) if upload else "",
    }


def _build_card(row: SkillCertificate) -> dict[str, Any]:
    return {
        "row": row,
        "title": f"{row.occupation}　{codes.SKILL_LEVELS.get(row.level, row.level)}",
        "meta": [
            gettext("编号 %(number)s", number=row.number),
            row.issuer,
            dates.format_day(row.issued_on),
        ],
        "locked": record_locks.why_record_locked(row),
        "use": record_locks.find_use(row),
        "file": url_for("apply.file", file_id=row.file_id),
    }
