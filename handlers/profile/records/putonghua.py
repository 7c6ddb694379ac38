"""普通话证书信息: looked up by number, entered by hand, or exempt from the test."""

from __future__ import annotations

from typing import Any

from flask import flash, g, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from domain.outside.records import register_records
from domain.rules import policy, requirements
from handlers.entry.access import allow
from handlers.page.contract import Page, ShowAgain, Submission, accept, show
from handlers.profile.blueprint import pages, redirect_back, redirect_to_page
from handlers.profile.records import record_locks, schemas
from models import db
from models.base.codes import PUTONGHUA_LEVELS
from models.cases.credentials import PutonghuaCertificate, select_putonghua
from models.cases.states import RecordSource
from translations import gettext, lazy_gettext
from workflows.clock import now

NO_LEVEL = lazy_gettext("60 分以下不入级，不能用于教师资格认定")
ALREADY_VERIFIED = lazy_gettext("这份证书已经核验通过，不用再录入")
ALREADY_ENTERED = lazy_gettext("这份证书已经录入过，可以在下面的列表中修改")
EXEMPT = lazy_gettext("免测")


@pages.get("/putonghua")
@allow("applicant")
@show("profile/putonghua.html")
@accept(schemas.PutonghuaNumber)
def putonghua(sent: Submission) -> Page:
    """The three ways, and what there is already."""
    return _list_certificates()


@pages.post("/putonghua/check")
@allow("applicant")
@show("profile/putonghua.html")
@accept(schemas.PutonghuaNumber, page=lambda sent: _list_certificates(), refusals="number")
def check_putonghua(sent: Submission) -> Page:
    """① 核验: ask the register for the number, keep what agrees."""
    number, holder = sent.answers["number"], register_records.read_holder(g.principal.person_id)
    try:
        one = register_records.ask_putonghua(holder, number)
    except register_records.RegisterDown as error:
        raise ShowAgain({}, error.status, down=True) from error
    register_records.lock_holder(g.principal.person_id, holder)
    _check_not_locked(number)
    with record_locks.carry_over_changes(number=requirements.check_putonghua):
        register_records.keep_putonghua(g.principal.person_id, one)
    db.session.commit()
    flash(
        gettext(
            "普通话证书核验通过：%(putonghua_levels)s，%(score)s 分。",
            putonghua_levels=PUTONGHUA_LEVELS[one.level],
            score=f"{one.score:g}",
        ),
        "ok",
    )
    return redirect_back("profile.putonghua")


@pages.route("/putonghua/enter", methods=["GET", "POST"])
@allow("applicant")
@show("profile/putonghua_entry.html")
@accept(schemas.PutonghuaByHand, dates=("tested_on",))
def enter_putonghua(sent: Submission) -> Page:
    """② 录入: keep a certificate that cannot be looked up; its level follows from the score."""
    if not sent.is_accepted:
        return {"row": None, "form": sent.view({"number": request.args.get("number", "")})}
    return _save_certificate(None, sent.answers)


@pages.route("/putonghua/<int:record_id>", methods=["GET", "POST"])
@allow("applicant")
@show("profile/putonghua_entry.html")
@accept(schemas.PutonghuaByHand, dates=("tested_on",))
def edit_putonghua(sent: Submission, record_id: int) -> Page:
    """Correct a certificate that was typed."""
    row = _find_by_hand(record_id)
    if not sent.is_accepted:
        values = {name: getattr(row, name) for name in ("number", "score", "tested_on", "issuer")}
        return {"row": row, "form": sent.view(values)}
    return _save_certificate(row, sent.answers)


@pages.post("/putonghua/<int:record_id>/remove")
@allow("applicant")
def remove_putonghua(record_id: int) -> ResponseReturnValue:
    """Delete a certificate that nothing uses."""
    record_locks.remove_record(
        record_locks.find_changeable_record(PutonghuaCertificate, record_id, g.principal.person_id)
    )
    db.session.commit()
    flash(gettext("普通话证书已删除。"), "ok")
    return redirect_to_page("profile.putonghua")


@pages.post("/putonghua/exempt")
@allow("applicant")
def exempt() -> ResponseReturnValue:
    """③ 免测: kept as a record that only higher education accepts."""
    person_id = g.principal.person_id
    if _find_own(number=EXEMPT) is None:
        db.session.add(
            PutonghuaCertificate(
                person_id=person_id, source=RecordSource.EXEMPT, number=EXEMPT, level="", created_at=now()
            )
        )
        db.session.commit()
    flash(gettext("已登记免测，是否符合由认定机构审核。"), "ok")
    return redirect_back("profile.putonghua")


def _save_certificate(row: PutonghuaCertificate | None, answers: dict[str, Any]) -> ResponseReturnValue:
    level = _compute_level(answers["score"])
    row = _find_target(row, answers["number"])
    with record_locks.carry_over_changes(score=requirements.check_putonghua):
        row.number, row.score, row.level = answers["number"], float(answers["score"]), level
        row.tested_on, row.issuer = answers["tested_on"], answers["issuer"]
        db.session.add(row)
    db.session.commit()
    flash(
        gettext(
            "普通话证书已保存：%(putonghua_levels)s，未经系统核验，确认时请带原件。",
            putonghua_levels=PUTONGHUA_LEVELS[level],
        ),
        "ok",
    )
    return redirect_back("profile.putonghua")


def _compute_level(score: Any) -> str:
    level = policy.putonghua_level(float(score))
    if level not in PUTONGHUA_LEVELS:
        raise ValidationError(NO_LEVEL, "score")
    return level


def _find_target(row: PutonghuaCertificate | None, number: str) -> PutonghuaCertificate:
    same = _find_own(number=number)
    if same is not None and same is not row:
        raise ValidationError(
            ALREADY_VERIFIED if same.source == RecordSource.VERIFIED else ALREADY_ENTERED, "number"
        )
    return row or PutonghuaCertificate(
        person_id=g.principal.person_id, source=RecordSource.MANUAL, created_at=now()
    )


def _check_not_locked(number: str) -> None:
    # What an application uses stays as it is; what is verified already may be verified again.
    known = _find_own(number=number)
    reason = (
        record_locks.why_record_locked(known)
        if known is not None and known.source != RecordSource.VERIFIED
        else ""
    )
    if reason:
        raise record_locks.RecordInUse(reason)


def _find_by_hand(record_id: int) -> PutonghuaCertificate:
    row: PutonghuaCertificate = record_locks.find_changeable_record(
        PutonghuaCertificate, record_id, g.principal.person_id
    )
    if row.source != RecordSource.MANUAL:
        raise record_locks.RecordInUse(
            gettext("系统核验通过的证书不能修改。信息有误的，请联系发证的测试机构更正后重新核验。")
        )
    return row


def _find_own(**values: Any) -> PutonghuaCertificate | None:
    own = select_putonghua(g.principal.person_id).filter_by(**values)
    return db.session.scalars(own).first()


def _list_certificates() -> dict[str, Any]:
    found = db.session.scalars(select_putonghua(g.principal.person_id)).all()
    cards = [_build_card(one) for one in found]
    return {
        "records": cards,
        "exempt": any(one.source == RecordSource.EXEMPT for one in found),
        "down": False,
    }


def _build_card(one: PutonghuaCertificate) -> dict[str, Any]:
    return {
        "row": one,
        "title": EXEMPT if one.source == RecordSource.EXEMPT else PUTONGHUA_LEVELS.get(one.level, one.level),
        "locked": record_locks.why_record_locked(one),
        "use": record_locks.find_use(one),
    }
