"""有留言: what the site or the authority wrote to an applicant, and the applicant's answers."""

from __future__ import annotations

import secrets

from flask import Response, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate
from sqlalchemy import select

from domain.messages import threads
from domain.messages.threads import Letter
from handlers.apply.applications import enquiry
from handlers.apply.blueprint import pages
from handlers.apply.summary import listing
from handlers.page import attachments, correspondence, stored_files
from handlers.page.attachments import Attached
from handlers.page.correspondence import Reader
from handlers.page.formfields import FormView
from handlers.page.glyphs import Standard
from models import db
from models.applications import Application, registered_by
from models.errors import DomainError, NotFound
from models.threads import Thread, file_of, threads_of
from workflows.clock import now

MOST = 2000


class Answer(Standard):
    """What an applicant writes."""

    text = fields.String(
        required=True,
        validate=[
            validate.Length(min=1, error="请填写回复内容。"),
            validate.Length(max=MOST, error=f"回复内容不超过 {MOST} 个字。"),
        ],
        error_messages={"required": "请填写回复内容。"},
        metadata={"label": "回复内容", "hint": f"不超过 {MOST} 个字"},
    )


@pages.get("/messages")
def inbox() -> ResponseReturnValue:
    """The threads of all of one's applications, the newest first."""
    own = registered_by(g.principal.person_id).with_only_columns(Application.id).order_by(None)
    found = select(Thread).where(Thread.application_id.in_(own), Thread.instance_id.is_not(None))
    rows = [
        correspondence.shown(one, _reader()) | {"about": listing.row(one.application)}
        for one in db.session.scalars(found.order_by(Thread.id.desc()))
    ]
    return render_template("apply/inbox.html", threads=rows)


@pages.get("/applications/<int:application_id>/messages")
def messages(application_id: int) -> ResponseReturnValue:
    """All threads of an application; what is shown of them is read."""
    found = correspondence.all_of(enquiry.own(application_id).id, _reader())
    page = _page(application_id, found)
    correspondence.mark_read(found, _reader())
    return page


@pages.post("/applications/<int:application_id>/messages/<int:thread_id>")
def answer_thread(application_id: int, thread_id: int) -> ResponseReturnValue:
    """Answer; sent twice, it is written once."""
    attached = attachments.receive()
    _check_own(application_id, thread_id)
    typed = {"text": request.form.get("text", "").strip()}
    wrong = Answer().validate(typed) | attached.errors
    if wrong:
        form = FormView.refused(typed, wrong, Answer())
        return _again(application_id, thread_id, form, attached), 422
    key = attachments.transaction()
    letter = Letter(key=key, author=g.principal.person_id, text=typed["text"], files=attached.uploads)
    try:
        threads.answer(thread_id, letter, now())
    except DomainError as refusal:
        form = FormView.blank(Answer(), typed)
        page = _again(application_id, thread_id, form, attached, refusal.sentence)
        return page, refusal.status
    db.session.commit()
    flash("回复已发送。", "ok")
    there = url_for("apply.messages", application_id=application_id, _anchor=f"thread-{thread_id}")
    return redirect(there, 303)


@pages.get("/applications/<int:application_id>/messages/files/<int:file_id>")
def message_file(application_id: int, file_id: int) -> Response:
    """A file that came with a message."""
    found = db.session.execute(file_of(enquiry.own(application_id).id, file_id)).first()
    if found is None or found[1].instance_id is None:
        raise NotFound
    return stored_files.stream(found[0])


def _reader() -> Reader:
    return correspondence.applicant(g.principal.person_id)


def _check_own(application_id: int, thread_id: int) -> None:
    own = threads_of(enquiry.own(application_id).id).where(Thread.id == thread_id)
    if db.session.scalar(own) is None:
        raise NotFound


def _again(application_id: int, thread_id: int, form: FormView, attached: Attached, refusal: str = "") -> str:
    db.session.rollback()
    found = correspondence.all_of(enquiry.own(application_id).id, _reader())
    return _page(application_id, found, answering=thread_id, form=form, kept=attached.kept, refusal=refusal)


def _page(application_id: int, found: list[dict[str, object]], **more: object) -> str:
    own = enquiry.own(application_id)
    shown = {"answering": 0, "form": FormView.blank(Answer()), "kept": [], "refusal": ""}
    return render_template(
        "apply/messages.html",
        application=own,
        row=listing.row(own),
        threads=found,
        transaction=secrets.token_hex(16),
        **{**shown, **more},
        **enquiry.contact(own),
    )
