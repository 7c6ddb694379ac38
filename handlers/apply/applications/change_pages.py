"""修改 of an application in 网报待确认: what may be changed, part by part, and saved in one act."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NoReturn

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from domain.cases import revisions
from domain.outside.records import record_syncs
from domain.wording import public_states
from handlers.apply.applications import application_pages
from handlers.apply.blueprint import pages
from handlers.apply.changing import pending_changes, submission
from handlers.apply.choices import centre_visits, enrolment_sync
from handlers.apply.forms.wizard_steps import TITLES
from handlers.apply.pictures import picture_uploads
from handlers.apply.resume.rows import RESUME_ROWS
from handlers.apply.summary import application_facts
from handlers.entry import row_numbers
from handlers.entry.access import SAFE_METHODS, allow
from handlers.page import form_parsing, sync_requests
from handlers.page.contract import Page, ShowAgain, Submission, accept, show
from models import db
from models.base.errors import NotFound
from models.cases.applications import Application
from models.cases.states import Ability
from translations import gettext, lazy_gettext
from workflows.clock import now

ANCHORS = {
    "refresh": "province",
    "sync_exams": "route-title",
    "show_exams": "route-title",
    "add_row": "resume",
    "remove_row": "resume",
    "upload": "photo",
}
CHANGED_MEANWHILE = lazy_gettext("您打开页面后，申报内容已在别处修改（见下），请核对后再提交")


@pages.get("/applications/<int:application_id>/change")
@allow("applicant")
@show("apply/change.html")
def change(application_id: int) -> Page:
    """Everything that was filled in, each part with the way to change it, and what waits."""
    own = _find_changeable(application_id)
    shown = {
        "application": own,
        "sections": application_facts.build_sections(own),
        "missing": pending_changes.list_open_parts(own),
        "unsent": pending_changes.list_unsent_parts(own),
        "help_contact": own.authority.contact,
    }
    return shown


@pages.route("/applications/<int:application_id>/change/<part>", methods=["GET", "POST"])
@allow("applicant")
@accept(page=lambda sent, application_id, part: _show_part(sent, application_id, part))
def change_part(sent: Submission, application_id: int, part: str) -> Page:
    """Save a part, whose form is the wizard's, or do what a button of its page asks."""
    _check_part(part)
    received = picture_uploads.receive_pictures(request.form, request.files)
    students = (
        enrolment_sync.ask_register(g.principal.person_id)
        if form_parsing.read_act(request.form) == "sync"
        else None
    )
    own = _find_changeable(application_id, lock=True)
    answers = sent.answers
    seen = str(answers.pop("revision", ""))
    pending_changes.add_pictures(own, picture_uploads.add_picture_rows(own, received.pictures))
    if students is not None:
        return _sync_enrolment(own, part, answers, students)
    if form_parsing.read_act(request.form) or received.errors:
        return _keep_typed(own, part, answers, received.errors)
    pending_changes.keep_answers(own, part, answers)
    if row_numbers.is_row_number(seen) and int(seen) != own.revision:
        return _refuse_stale(own, int(seen))
    return _save_part(own, part, answers)


@pages.route("/applications/<int:application_id>/change/clearing", methods=["GET", "POST"])
@allow("applicant")
@show("apply/change_clearing.html")
def clearing(application_id: int) -> Page:
    """Clear what another 考试形式 or certificate clears; nothing is saved before it is filled in again."""
    only_looks = request.method in SAFE_METHODS
    own = _find_changeable(application_id, lock=not only_looks)
    if only_looks:
        cleared = pending_changes.list_cleared_fields(own)
        return {"application": own, "rows": cleared, "help_contact": own.authority.contact}
    pending_changes.clear_dependents(own)
    db.session.commit()
    flash(gettext("已经清空，请重新选择后一并提交。提交之前，原来的申报内容不变。"), "warn")
    return _redirect_to_part(own, "identity")


@pages.post("/applications/<int:application_id>/change/discard")
@allow("applicant")
def discard(application_id: int) -> ResponseReturnValue:
    """Forget what waits."""
    own = _find_changeable(application_id, lock=True)
    pending_changes.discard_pending(own)
    db.session.commit()
    flash(gettext("没有提交的修改已经放弃，申报内容保持原样。"), "ok")
    return redirect(url_for("apply.change", application_id=application_id), 303)


def why_not_changeable(application: Application) -> str:
    """Why an application cannot be changed, and whom to ask; empty when it can."""
    if revisions.is_changeable(application):
        return ""
    found = public_states.find_state(application)
    state, contact = found.label, application.authority.short_contact
    if Ability.SET_BACK in found.allows:
        return gettext(
            "认定状态为“%(state)s”，不能修改；只有“网报待确认”时可以修改。确需修改的，请联系%(contact)s，"
            "由其把状态调整为“网报待确认”。",
            state=state,
            contact=contact,
        )
    return gettext(
        "认定状态为“%(state)s”，不能修改；只有“网报待确认”时可以修改。有疑问的，请联系%(contact)s。",
        state=state,
        contact=contact,
    )


def _check_part(part: str) -> None:
    if part not in pending_changes.PARTS:
        raise NotFound


def _find_changeable(application_id: int, *, lock: bool = False) -> Application:
    found = application_pages.find_own_application(application_id)
    if lock:
        found = revisions.lock_application(application_id)
    if reason := why_not_changeable(found):
        raise revisions.NotChangeable(reason)
    return found


def _save_part(own: Application, part: str, answers: dict[str, Any]) -> ResponseReturnValue:
    if part == "identity":
        if pending_changes.needs_clearing(own, answers):
            db.session.commit()
            return redirect(url_for("apply.clearing", application_id=own.id), 303)
        if pending_changes.chosen_exam(answers) == pending_changes.saved_exam(own):
            pending_changes.undo_clearing(own)
    try:
        before = own.revision
        saved = submission.submit_part(own, part, now())
    except submission.PartRefused as refusal:
        return _refuse_part(own, part, refusal)
    told = own.revision != before
    db.session.commit()
    if not saved:
        flash(gettext("这一部分已经记下，还有要重新填写的内容，填完后一并提交。"), "warn")
        return _redirect_to_part(own, pending_changes.read_pending(own).open[0])
    flash(gettext("修改已提交。") if told else gettext("没有改动，申报内容保持原样。"), "ok")
    return redirect(url_for("apply.application", application_id=own.id), 303)


def _refuse_part(own: Application, part: str, refusal: submission.PartRefused) -> NoReturn:
    if refusal.part != part:
        waiting = pending_changes.read_pending(own)
        still_open = [*(one for one in waiting.open if one != part), refusal.part]
        ready = [*(one for one in waiting.ready if one != refusal.part), part]
        pending_changes.update_pending(
            own, ready=list(dict.fromkeys(ready)), open=list(dict.fromkeys(still_open))
        )
    db.session.commit()
    raise ShowAgain(refusal.fields, refusal.status, part=refusal.part)


def _refuse_stale(own: Application, seen: int) -> NoReturn:
    db.session.commit()
    differences = revisions.list_changes_since(own.id, seen)
    raise ShowAgain({"_schema": [CHANGED_MEANWHILE]}, 409, differences=differences)


def _keep_typed(
    own: Application, part: str, answers: dict[str, Any], errors: dict[str, list[str]]
) -> ResponseReturnValue:
    act, _, which = form_parsing.read_act(request.form).partition(":")
    if act == "add_row":
        answers["resume"] = form_parsing.add_row(answers.get("resume", []), RESUME_ROWS[1])
    elif act == "remove_row":
        answers["resume"] = form_parsing.remove_row(answers.get("resume", []), which)
    pending_changes.keep_answers(own, part, answers)
    db.session.commit()
    if act == "keep":
        return "", 204
    if act == "sync_exams":
        sync_requests.request_sync(*record_syncs.EXAMS)
    part_address = url_for("apply.change_part", application_id=own.id, part=part)
    if visit := centre_visits.find_address(act, which, part_address):
        return redirect(visit, 303)
    if errors:
        # A picture that is refused does not hide the other answers; a button of its own judges none of them.
        besides = {} if act else submission.find_problems(own, part, now())
        raise ShowAgain(besides | errors)
    return _redirect_to_part(own, part, ANCHORS.get(act))


def _sync_enrolment(
    own: Application, part: str, answers: dict[str, Any], found: enrolment_sync.FoundEnrolments
) -> ResponseReturnValue:
    errors = {} if found.to_choose else enrolment_sync.keep_enrolment(own, found, answers)
    pending_changes.keep_answers(own, part, answers)
    db.session.commit()
    if errors:
        raise ShowAgain(errors)
    if found.to_choose:
        flash(enrolment_sync.SEVERAL_FOUND, "warn")
        back = url_for("apply.change_part", application_id=own.id, part=part)
        return redirect(url_for("profile.enrolment", next=back), 303)
    flash(gettext("学籍已同步。"), "ok")
    return _redirect_to_part(own, part, "enrolment")


def _redirect_to_part(own: Application, part: str, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("apply.change_part", application_id=own.id, part=part, _anchor=anchor), 303)


def _show_part(sent: Submission, application_id: int, part: str) -> Page:
    _check_part(part)
    return _render_part(_find_changeable(application_id), part, sent), sent.status


def _render_part(own: Application, part: str, sent: Submission) -> str:
    more = {"part": part, **sent.more}
    part = str(more["part"])  # another one may be what stands against it
    waiting, step, moment = pending_changes.read_pending(own), pending_changes.step_of(part), now()
    with submission.preview_changes(own, moment):
        values = pending_changes.values_of(own, part)
        view = replace(sent, typed=values, schema=step.schema()).view()
        shown = {
            **step.choices(submission.build_case(own, moment), own, values),
            **(waiting.pictures if part == "details" else {}),
        }
        return render_template(
            f"apply/{'change_authority' if part == 'authority' else part}.html",
            **shown,
            form=view,
            frame="apply/change_frame.html",
            changing=True,
            title=gettext("修改：%(titles)s", titles=TITLES[part]),
            revision=own.revision,
            to_refill=pending_changes.list_open_parts(own),
            application=own,
            help_contact=own.authority.contact,
            **more,
        )
