"""留言 on the offices' side: the threads of a case, the files in them, and closing one early."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from domain.messages import threads
from domain.reach import scope, thread_access
from handlers.casework.blueprint import pages
from handlers.casework.dossier import audit_trail, case_facts
from handlers.casework.forms.schema_fields import text_field
from handlers.entry.access import allow
from handlers.page import thread_views
from handlers.page.contract import ON_THE_PAGE, Page, Submission, accept
from handlers.page.printable_text import StandardTextSchema
from handlers.page.stored_files import stream_file
from models import db
from models.base.errors import NotFound
from models.cases.applications import Application
from models.cases.states import OVER_STANDINGS
from models.cases.threads import Thread, select_message_file, select_threads
from models.processes import running
from translations import gettext, lazy_gettext


class CloseThreadSchema(StandardTextSchema):
    """Why a thread ends before its time; its applicant reads it."""

    reason = text_field(
        lazy_gettext("关闭的原因"),
        required=True,
        most=200,
        hint=lazy_gettext("申请人会原样看到，不超过 200 个字"),
    )


@pages.get("/cases/<int:application_id>/messages")
@allow("staff")
@accept(CloseThreadSchema)
def messages(sent: Submission, application_id: int) -> Page:
    """The threads of a case that the person's offices may read; what is shown is read."""
    return _render_threads(sent, application_id)


@pages.post("/cases/<int:application_id>/messages/<int:thread_id>/close")
@allow("staff")
@accept(CloseThreadSchema, page=lambda sent, **places: _render_threads(sent, **places), refusals=ON_THE_PAGE)
def close_thread(sent: Submission, application_id: int, thread_id: int) -> Page:
    """End a thread of one's own office before its time."""
    _find_own_thread(application_id, thread_id)
    threads.close_thread(thread_id, sent.answers["reason"], actor=g.principal.person_id)
    db.session.commit()
    flash(gettext("留言已关闭。"), "ok")
    return redirect(url_for("casework.messages", application_id=application_id))


@pages.get("/cases/<int:application_id>/messages/files/<int:file_id>")
@allow("staff")
def thread_file(application_id: int, file_id: int) -> Response:
    """A file that came with a message, for the parties of its thread."""
    found = db.session.execute(select_message_file(application_id, file_id)).first()
    if found is None:
        raise NotFound
    thread = found[1]
    if not thread_access.may_write_in_thread(g.principal, thread):
        own = thread_access.require_offices(g.principal, scope.find_case(g.principal, application_id))
        if not thread_access.may_read(own, thread):
            raise NotFound
    application = thread.application
    audit_trail.record_view(g.principal, "message_file.viewed", application, file=file_id)
    return stream_file(db.session.execute(select_message_file(application_id, file_id)).one()[0])


def list_threads(application: Application) -> list[dict[str, Any]] | None:
    """The threads that a person may read; nothing at all for whoever is no party to any."""
    own = thread_access.list_offices(g.principal, application)
    if not own:
        return None
    reader = thread_views.staff_reader(g.principal)
    found = [
        one for one in db.session.scalars(select_threads(application.id)) if thread_access.may_read(own, one)
    ]
    return [thread_views.describe_thread(one, reader) | _describe_options(one, own) for one in found]


def _describe_options(thread: Thread, own: list[str]) -> dict[str, Any]:
    mine = thread.office in own
    task = db.session.scalar(running.select_live_items(thread.instance_id)) if mine else None
    return {
        "closable": mine and thread.outcome is None,
        "task": task.id if task else None,
    }


def _find_own_thread(application_id: int, thread_id: int) -> Thread:
    application = scope.find_case(g.principal, application_id)
    found = db.session.scalar(select_threads(application.id).where(Thread.id == thread_id))
    own = thread_access.require_offices(g.principal, application)
    if found is None or not thread_access.may_read(own, found) or found.office not in own:
        raise NotFound
    return found


def _render_threads(sent: Submission, application_id: int, thread_id: int = 0) -> ResponseReturnValue:
    if thread_id:  # a form that came back: nobody is told of a thread that is not theirs
        _find_own_thread(application_id, thread_id)
    application = scope.find_case(g.principal, application_id)
    thread_access.require_offices(g.principal, application)
    found = list_threads(application) or []
    page = render_template(
        "casework/messages.html",
        application=application,
        summary=case_facts.build_summary(application),
        threads=found,
        over=application.standing in OVER_STANDINGS,
        form=sent.view(),
        closing=thread_id,
        refusal=sent.refusal,
    )
    # On record before anybody sees the page, and after its rows were read.
    audit_trail.record_view(g.principal, "messages.viewed", application)
    thread_views.mark_read(found, thread_views.staff_reader(g.principal))
    return page, sent.status
