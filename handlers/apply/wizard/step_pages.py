"""The wizard: whichever step of the process waits for the person is shown and completed here."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from domain.cases import application_drafts, process_hooks
from domain.outside.records import record_syncs, register_records
from domain.rules import eligibility
from handlers.apply.blueprint import pages
from handlers.apply.choices import centre_visits, enrolment_sync
from handlers.apply.forms.wizard_steps import (
    NEXT,
    STEP_NUMBERS,
    STEPS,
    TITLES,
    judge_answers,
    judge_readable,
    needs_valid_answers,
)
from handlers.apply.pictures import picture_uploads
from handlers.apply.resume.rows import RESUME_ROWS
from handlers.apply.summary import material_slots
from handlers.apply.wizard import detail_pages
from handlers.apply.wizard.platform_pages import NOTHING_TO_FILL_IN
from handlers.entry.access import allow
from handlers.page import form_parsing, sync_requests
from handlers.page.contract import Page, ShowAgain, Submission, accept
from models import db
from models.base.errors import AlreadyDone, DomainError, Invalid, NotFound
from models.cases.applications import Application
from models.processes.instances import Act, WorkItem
from translations import gettext, lazy_gettext
from workflows import forms, worklist
from workflows.clock import now
from workflows.forms import FormContext

BEFORE_RECORDS = "agreement"  # after it records are chosen, which are to be there by then
REGISTER_STEPS = frozenset({"check", "undertaking"})  # where the register of certificates is asked
ANCHORS = {
    "refresh": "province",
    "sync_exams": "route-title",
    "show_exams": "route-title",
    "add_row": "resume",
    "remove_row": "resume",
    "upload": "photo",
    "sign": "undertaking",
    "refresh_signature": "undertaking-title",
}

FIELD_NAME = re.compile("[a-z_]{1,40}")
SUBMITTED = lazy_gettext("这份报名已经提交，刚才填的内容没有保存。需要修改的，请从“查询报名信息”进入修改。")


@pages.route("/<step>", methods=["GET", "POST"])
@allow("applicant")
@accept(page=lambda sent, step: _show_step(sent, step))
def step(sent: Submission, step: str) -> Page:
    """Complete the step that is open, or do what a button of its page asks without going on."""
    received = picture_uploads.receive_pictures(request.form, request.files)
    asks = step in REGISTER_STEPS and request.form.get("go") == "next"
    held = register_records.ask_valid_certificates(g.principal.person_id) if asks else ()
    students = (
        enrolment_sync.ask_register(g.principal.person_id)
        if form_parsing.read_act(request.form) == "sync"
        else None
    )
    item = application_drafts.find_open_step(g.principal.person_id)
    if item is None:
        return _redirect_without_draft(step)
    if application_drafts.step_name(item) != step:
        return _answer_late_page(step, item)
    application = process_hooks.require_case_of(item.instance)
    picture_uploads.attach_pictures(application, received.pictures)
    if students is not None:
        return _sync_enrolment(item, application, students, sent.answers)
    if form_parsing.read_act(request.form) or received.errors:
        return _keep_typed(item, application, received.errors, sent.answers)
    return _complete_step(item, application, held, sent.answers)


def _show_step(sent: Submission, step: str) -> Page:
    """The step that is open; another one leads to it."""
    item = application_drafts.find_open_step(g.principal.person_id)
    if item is None:
        return _redirect_without_draft(step)
    if application_drafts.step_name(item) != step:
        return _redirect_to_step(item)
    return _render_step(item, sent), sent.status


def _complete_step(
    item: WorkItem,
    application: Application,
    held: register_records.ValidCertificates,
    answers: dict[str, Any],
) -> ResponseReturnValue:
    name = application_drafts.step_name(item)
    if not _has_go_field(item):
        answers.pop("go", None)
    try:
        # Only the step is undone when it is refused: pictures and what was typed are kept.
        with db.session.begin_nested():
            eligibility.refuse_if_held(application, held, now())
            worklist.complete_item(
                item.id,
                answers,
                actor=g.principal.person_id,
                transaction_id=request.form.get("transaction") or secrets.token_hex(16),
            )
    except AlreadyDone:
        db.session.rollback()
        return _redirect_forward(name)
    except DomainError as refusal:
        besides = _find_other_problems(item, name, refusal)
        _remember_answers(application, name, answers)
        db.session.commit()
        wrong = refusal.fields if isinstance(refusal, Invalid) else {"_schema": [refusal.sentence]}
        raise ShowAgain(besides | wrong, refusal.status, judged=isinstance(refusal, Invalid)) from refusal
    if name == BEFORE_RECORDS:
        record_syncs.request_when_due(application.person_id)
    db.session.commit()
    return _redirect_forward(name)


def _find_other_problems(item: WorkItem, name: str, refusal: DomainError) -> dict[str, list[str]]:
    """What else would be refused once the answers that are missing are there: told in the same round."""
    unread = refusal.__cause__
    if name not in STEPS or not isinstance(unread, ValidationError):
        return {}  # the rules have been asked
    case = FormContext(instance=item.instance, item=item, actor=g.principal.person_id, now=now())
    readable = unread.valid_data if isinstance(unread.valid_data, dict) else {}
    return judge_readable(STEPS[name], case, readable)


def _find_problems(
    item: WorkItem, application: Application, name: str, answers: dict[str, Any]
) -> dict[str, Any]:
    if name not in STEPS:
        return {}
    case = FormContext(instance=item.instance, item=item, actor=g.principal.person_id, now=now())
    return STEPS[name].refuse_besides(application) | judge_answers(STEPS[name], case, answers)


def _keep_typed(
    item: WorkItem, application: Application, errors: dict[str, list[str]], answers: dict[str, Any]
) -> ResponseReturnValue:
    act, _, which = form_parsing.read_act(request.form).partition(":")
    if act == "add_row":
        answers["resume"] = form_parsing.add_row(answers.get("resume", []), RESUME_ROWS[1])
    elif act == "remove_row":
        answers["resume"] = form_parsing.remove_row(answers.get("resume", []), which)
    name = application_drafts.step_name(item)
    _remember_answers(application, name, answers)
    db.session.commit()
    if act == "keep":
        return "", 204
    if act == "sync_exams":
        sync_requests.request_sync(*record_syncs.EXAMS)
    if visit := centre_visits.find_address(act, which, _step_address(name)):
        return redirect(visit, 303)
    if act == detail_pages.ACT and name == detail_pages.STEP:
        return _turn_page(item, application, detail_pages.read_page(which), errors, answers)
    if errors:
        # A picture that is refused does not hide the other answers; a button of its own judges none of them.
        leads_on = not act and needs_valid_answers(name, request.form.get("go") or NEXT)
        besides = _find_problems(item, application, name, answers) if leads_on else {}
        raise ShowAgain(besides | errors)
    return redirect(_step_address(name, ANCHORS.get(act)), 303)


def _turn_page(
    item: WorkItem,
    application: Application,
    page: str | None,
    errors: dict[str, list[str]],
    answers: dict[str, Any],
) -> ResponseReturnValue:
    """To another page of the step; what is wrong on this one is told before a later one."""
    here = _read_page()
    if page and here and detail_pages.is_later(page, here):
        found = _find_problems(item, application, detail_pages.STEP, answers) | errors
        if wrong := detail_pages.select_problems(here, found):
            raise ShowAgain(wrong)
    return redirect(url_for("apply.step", step=detail_pages.STEP, page=page, back=_read_field("back")), 303)


def _sync_enrolment(
    item: WorkItem,
    application: Application,
    found: enrolment_sync.FoundEnrolments,
    answers: dict[str, Any],
) -> ResponseReturnValue:
    name = application_drafts.step_name(item)
    errors = {} if found.to_choose else enrolment_sync.keep_enrolment(application, found, answers)
    _remember_answers(application, name, answers)
    db.session.commit()
    if errors:
        raise ShowAgain(errors)
    if found.to_choose:
        flash(enrolment_sync.SEVERAL_FOUND, "warn")
        return redirect(url_for("profile.enrolment", next=_step_address(name, "school-title")), 303)
    flash(gettext("学籍已同步。"), "ok")
    return redirect(_step_address(name, "enrolment"), 303)


def _answer_late_page(step: str, item: WorkItem) -> ResponseReturnValue:
    """A page of an earlier step was sent again: a double click, or an old page with new words on it."""
    known = db.session.get(Act, request.form.get("transaction", ""))
    application = process_hooks.require_case_of(item.instance)
    if known is None and step in STEP_NUMBERS and application.registration_number is not None:
        flash(SUBMITTED, "warn")
    elif known is None and step in STEP_NUMBERS:
        _remember_answers(application, step, form_parsing.read_answers(request.form))
        db.session.commit()
        if form_parsing.read_act(request.form) != "keep":
            flash(
                gettext(
                    "“%(titles)s”不是当前步骤。刚才填的内容已经保留，返回该步骤可以看到。",
                    titles=TITLES[step],
                ),
                "warn",
            )
    return _redirect_to_step(item)


def _remember_answers(application: Application, step: str, answers: dict[str, Any]) -> None:
    application.keep_typed(step, {name: value for name, value in answers.items() if name != "go"})


def _redirect_forward(name: str) -> ResponseReturnValue:
    item = application_drafts.find_open_step(g.principal.person_id)
    if item is not None:
        return _redirect_to_step(item)
    if name == "reminder":
        at_once = request.form.get("then") == "upload"
        enquiry = url_for("apply.enquiry")
        return redirect(
            material_slots.address_after_reminder(g.principal.person_id) if at_once else enquiry, 303
        )
    # Without a step the draft was given up, or the diagram has something else come before the next one.
    waits = application_drafts.find_draft(g.principal.person_id) is not None
    flash(NOTHING_TO_FILL_IN if waits else gettext("已放弃本次报名，填写的内容已经清除。"), "ok")
    return redirect(url_for("apply.platform"), 303)


def _redirect_to_step(item: WorkItem) -> ResponseReturnValue:
    """The open step: at the question that 修改 is about, or back at the row from which it was asked."""
    name, asked, row = application_drafts.step_name(item), _read_field("at"), _read_field("back")
    if asked:
        page = detail_pages.find_page(asked) if name == detail_pages.STEP else None
        address = url_for("apply.step", step=name, page=page, back=asked, _anchor=asked.replace("_", "-"))
    elif row and name == "check":
        address = url_for("apply.step", step=name, _anchor=f"row-{row}")
    else:
        address = _step_address(name)
    return redirect(address, 303)


def _step_address(name: str, anchor: str | None = None) -> str:
    """A page of the wizard; it goes on knowing the row of the last look to which it leads back."""
    page = _read_page() if name == detail_pages.STEP else None
    return url_for("apply.step", step=name, page=page, back=_read_field("back"), _anchor=anchor)


def _read_page() -> str | None:
    return detail_pages.read_page(request.args.get("page"))


def _read_field(argument: str) -> str | None:
    asked = request.args.get(argument, "")
    return asked if FIELD_NAME.fullmatch(asked) else None


def _redirect_without_draft(step: str) -> ResponseReturnValue:
    if step == "reminder":
        return redirect(url_for("apply.enquiry"), 303)
    if step not in STEP_NUMBERS:
        raise NotFound
    flash(gettext("没有正在填写的报名。可能已经提交、放弃，或者超过时限作废。"), "warn")
    return redirect(url_for("apply.platform"), 303)


def _render_step(item: WorkItem, sent: Submission) -> str:
    form = forms.get_form_of(item)
    application = process_hooks.require_case_of(item.instance)
    shown = form.view(FormContext(instance=item.instance, item=item, actor=g.principal.person_id, now=now()))
    name = application_drafts.step_name(item)
    schema = form.schema()
    told = {**(shown.get("besides", {}) if sent.more.get("judged") else {}), **sent.errors}
    view = replace(sent, typed=shown.get("values", {}), errors=told, schema=schema).view()
    return render_template(
        form.template or "apply/step.html",
        **shown,
        form=view,
        item=item,
        title=form.title,
        application=application,
        transaction=secrets.token_hex(16),
        draft_ends=None if application.registration_number else application_drafts.draft_expiry(application),
        help_contact=application.authority.contact,
        asks_where=_has_go_field(item),
        back=_read_field("back"),
        **_build_pages(name, shown, told),
        may_return=name in STEP_NUMBERS
        and "check" in application.steps
        and STEP_NUMBERS[name] < STEP_NUMBERS["check"],
        **_build_steps_bar(name, application),
    )


def _build_pages(name: str, shown: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    if name != detail_pages.STEP:
        return {"page": None}
    return detail_pages.describe_pages(_read_page(), shown["values"], shown["besides"], told)


def _has_go_field(item: WorkItem) -> bool:
    # A step that designers added may only lead on.
    return "go" in forms.get_form_of(item).schema().fields


def _build_steps_bar(name: str, application: Application) -> dict[str, Any]:
    """The steps bar: a step that was added to the diagram stands on the place of the one before it."""
    done = {STEP_NUMBERS[step] + 1 for step in application.steps if step in STEP_NUMBERS}
    last = max(done, default=0)
    return {
        "steps": tuple(TITLES.values()),
        "step_titles": TITLES,
        "step": STEP_NUMBERS.get(name, last) + 1,
        "done": done,
    }
