"""有留言: what the site or the authority wrote to an applicant, and the applicant's answers."""

from __future__ import annotations

import secrets

from flask import Response, flash, g, redirect, render_template, request, url_for
from marshmallow import fields, validate
from sqlalchemy import select

from domain.messages import threads
from domain.messages.threads import CaseOver, NewMessage
from handlers.apply.applications import application_pages
from handlers.apply.blueprint import pages
from handlers.apply.summary import listing
from handlers.entry.access import allow
from handlers.entry.typed_input import TrimmedString
from handlers.page import attachments, stored_files, thread_views
from handlers.page.contract import ON_THE_PAGE, Page, Submission, accept, show
from handlers.page.printable_text import StandardTextSchema
from handlers.page.thread_views import ThreadReader
from models import db
from models.authorities import places
from models.base.errors import NotFound
from models.cases.applications import Application, select_registered
from models.cases.states import OVER_STANDINGS
from models.cases.threads import Thread, select_message_file, select_threads
from translations import gettext, lazy_gettext
from workflows.clock import now

MOST_CHARACTERS = 2000


class ReplySchema(StandardTextSchema):
    """What an applicant writes."""

    text = TrimmedString(
        required=True,
        validate=[
            validate.Length(min=1, error=lazy_gettext("请填写回复内容。")),
            validate.Length(
                max=MOST_CHARACTERS,
                error=lazy_gettext(
                    "回复内容不超过 %(most_characters)s 个字。", most_characters=MOST_CHARACTERS
                ),
            ),
        ],
        error_messages={"required": lazy_gettext("请填写回复内容。")},
        metadata={
            "label": lazy_gettext("回复内容"),
            "hint": lazy_gettext("不超过 %(most_characters)s 个字", most_characters=MOST_CHARACTERS),
        },
    )


class NewThreadSchema(StandardTextSchema):
    """What an applicant asks of an office."""

    title = TrimmedString(
        required=True,
        validate=[
            validate.Length(min=1, error=lazy_gettext("请填写标题。")),
            validate.Length(max=60, error=lazy_gettext("标题不超过 60 个字。")),
        ],
        error_messages={"required": lazy_gettext("请填写标题。")},
        metadata={"label": lazy_gettext("标题"), "hint": lazy_gettext("不超过 60 个字")},
    )
    text = TrimmedString(
        required=True,
        validate=[
            validate.Length(min=1, error=lazy_gettext("请填写留言内容。")),
            validate.Length(
                max=MOST_CHARACTERS,
                error=lazy_gettext(
                    "留言内容不超过 %(most_characters)s 个字。", most_characters=MOST_CHARACTERS
                ),
            ),
        ],
        error_messages={"required": lazy_gettext("请填写留言内容。")},
        metadata={
            "label": lazy_gettext("留言内容"),
            "hint": lazy_gettext("不超过 %(most_characters)s 个字", most_characters=MOST_CHARACTERS),
        },
    )
    attachment = fields.Raw(load_default=None, metadata={"label": lazy_gettext("附件")})


@pages.get("/messages")
@allow("applicant")
@show("apply/inbox.html")
def inbox() -> Page:
    """The threads of all of one's applications, the newest first."""
    own = select_registered(g.principal.person_id).with_only_columns(Application.id).order_by(None)
    found = select(Thread).where(Thread.application_id.in_(own), Thread.instance_id.is_not(None))
    rows = [
        thread_views.describe_thread(one, _build_reader()) | {"about": listing.build_row(one.application)}
        for one in db.session.scalars(found.order_by(Thread.id.desc()))
    ]
    return {"threads": rows}


@pages.get("/applications/<int:application_id>/messages")
@allow("applicant")
@accept(ReplySchema)
def messages(sent: Submission, application_id: int) -> Page:
    """All threads of an application; what is shown of them is read."""
    own = application_pages.find_own_application(application_id)
    found = thread_views.list_threads(own.id, _build_reader())
    page = render_template("apply/messages.html", **_build_page(own, found, sent))
    thread_views.mark_read(found, _build_reader())
    return page


@pages.route("/applications/<int:application_id>/messages/new", methods=["GET", "POST"])
@allow("applicant")
@show("apply/message_new.html")
@accept(NewThreadSchema, files=attachments.receive_files, refusals=ON_THE_PAGE)
def new_message(sent: Submission, application_id: int) -> Page:
    """Begin a thread with the office that has the case; sent twice, it is written once."""
    own = application_pages.find_own_application(application_id)
    if not sent.is_accepted:
        return _build_new(own, sent), sent.status
    author, key = g.principal.person_id, attachments.message_key()
    message = NewMessage(key=key, author=author, text=sent.answers["text"], files=sent.files.uploads)
    thread = threads.ask_office(own, sent.answers["title"], message, now())
    db.session.commit()
    flash(gettext("留言已发送，答复后会通知您。"), "ok")
    return redirect(
        url_for("apply.messages", application_id=application_id, _anchor=f"thread-{thread.id}"), 303
    )


@pages.post("/applications/<int:application_id>/messages/<int:thread_id>")
@allow("applicant")
@show("apply/messages.html")
@accept(
    ReplySchema,
    page=lambda sent, **places: _show_answer_again(sent, **places),
    files=attachments.receive_files,
    refusals=ON_THE_PAGE,
)
def answer_thread(sent: Submission, application_id: int, thread_id: int) -> Page:
    """Answer; sent twice, it is written once."""
    _check_own_thread(application_id, thread_id)
    author, key = g.principal.person_id, attachments.message_key()
    message = NewMessage(key=key, author=author, text=sent.answers["text"], files=sent.files.uploads)
    threads.add_answer(thread_id, message, now())
    db.session.commit()
    flash(gettext("回复已发送。"), "ok")
    there = url_for("apply.messages", application_id=application_id, _anchor=f"thread-{thread_id}")
    return redirect(there, 303)


@pages.get("/applications/<int:application_id>/messages/files/<int:file_id>")
@allow("applicant")
def message_file(application_id: int, file_id: int) -> Response:
    """A file that came with a message."""
    found = db.session.execute(
        select_message_file(application_pages.find_own_application(application_id).id, file_id)
    ).first()
    if found is None or found[1].instance_id is None:
        raise NotFound
    return stored_files.stream_file(found[0])


def _build_reader() -> ThreadReader:
    return thread_views.applicant_reader(g.principal.person_id)


def _check_own_thread(application_id: int, thread_id: int) -> None:
    own = select_threads(application_pages.find_own_application(application_id).id).where(
        Thread.id == thread_id
    )
    if db.session.scalar(own) is None:
        raise NotFound


def _show_answer_again(sent: Submission, application_id: int, thread_id: int) -> Page:
    _check_own_thread(application_id, thread_id)
    own = application_pages.find_own_application(application_id)
    found = thread_views.list_threads(own.id, _build_reader())
    return _build_page(own, found, sent) | {"answering": thread_id}


def _build_new(own: Application, sent: Submission) -> dict[str, object]:
    over = own.standing in OVER_STANDINGS
    return {
        "application": own,
        "row": listing.build_row(own),
        "office": places.find_place_name(threads.find_office(own)),
        "possible": not over,
        "refusal": sent.refusal or (CaseOver().sentence if over else ""),
        "transaction": request.form.get("transaction") or secrets.token_hex(16),
        "form": sent.view(),
        "kept": [],
        "help_contact": own.authority.contact,
    }


def _build_page(own: Application, found: list[dict[str, object]], sent: Submission) -> dict[str, object]:
    return {
        "application": own,
        "row": listing.build_row(own),
        "threads": found,
        "may_ask": own.standing not in OVER_STANDINGS,
        "transaction": secrets.token_hex(16),
        "answering": 0,
        "form": sent.view(),
        "kept": [],
        "refusal": "",
        "help_contact": own.authority.contact,
    }
