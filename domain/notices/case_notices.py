"""Notices: written with what causes them, in the words of the case's release; jobs send them afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from domain.notices import delivery
from domain.wording import dates
from models import db
from models.authorities.states import PlanMode
from models.base.business_keys import CASE, THREAD
from models.cases.applications import Application
from models.cases.notices import Notice
from models.cases.threads import Thread
from models.persons.people import Post
from models.processes.states import DefinitionSort
from translations import office_language
from workflows.definitions import contents
from workflows.definitions.contents import Contents
from workflows.definitions.notices import NoticeText
from workflows.definitions.states import PublicState
from workflows.operations import OperationCall
from workflows.state_changes import StateChange

# Who at a site is told of what takes too long there.
URGED = {"review_overdue": ("site.clerk", "site.supervisor"), "approval_overdue": ("site.supervisor",)}


def notify_state_changed(application: int, state: PublicState, change: StateChange) -> None:
    """Tell the applicant of a new public state, unless that is told in other words."""
    notice = state.notice
    if notice is not None and change.old not in notice.except_after:
        case = db.session.get_one(Application, application, populate_existing=True)
        _write_notice(
            contents.find_contents(*change.release), (case, case.person_id), notice.name, change.now
        )


def notify_set_back(call: OperationCall, application: int, reason: str) -> None:
    """Tell the applicant that the authority set the application back, and why."""
    _notify_applicant(application, "set_back", call.now, reason=reason)


def notify_window_moved(call: OperationCall, application: int) -> None:
    """Tell the applicant that there is another time for the confirmation."""
    _notify_applicant(application, "window_moved", call.now)


def notify_limit_moved(call: OperationCall, application: int, due: datetime) -> None:
    """Tell the applicant of another limit for the decision."""
    _notify_applicant(application, "limit_moved", call.now, due=dates.format_day(due))


def send_to_applicant(call: OperationCall, application: int, template: str) -> None:
    """Tell the applicant something that a diagram asks for."""
    case = db.session.get_one(Application, application)
    own = contents.contents_of(call.instance_id)
    _write_notice(own, (case, case.person_id), template, call.now)


def notify_certificate_ready(call: OperationCall, application: int) -> None:
    """Tell the holder how the certificate will come."""
    chosen = db.session.scalar(select(Application.delivery).where(Application.id == application))
    _notify_applicant(application, f"certificate_{chosen or 'pickup'}", call.now)


def notify_about_thread(thread: Thread, person: int, occasion: str, moment: datetime, **more: str) -> None:
    """Tell one person something about a thread."""
    own = contents.contents_of(thread.instance_id)
    if (template := _find_template(own, THREAD, occasion)) is not None:
        _write_notice(own, (thread.application, person), template, moment, **more)


def notify_staff(call: OperationCall, application: int, occasion: str) -> None:
    """Tell everybody who may act on the case at its authority; once for each notice and limit of a case."""
    case = db.session.get_one(Application, application)
    own = contents.contents_of(case.instance_id)
    template = _find_template(own, CASE, occasion)
    if template is None:
        return
    due = dates.format_day(case.due_at) if case.due_at else ""
    told = select(Notice.person_id).where(
        Notice.application_id == application, Notice.template == template, Notice.text.contains(due)
    )
    roles = ("authority.first", "authority.second", "authority.decide")
    staff = select(Post.person_id).where(
        Post.role.in_(roles), Post.place == f"authority:{case.authority_id}", Post.person_id.not_in(told)
    )
    for person in db.session.scalars(staff.distinct()).all():
        _write_notice(own, (case, person), template, call.now, due=due)


def urge_site_staff(call: OperationCall, application: int, occasion: str) -> None:
    """Tell those at the case's site whom it waits for; each time that something takes too long."""
    case = db.session.get_one(Application, application)
    own = contents.contents_of(case.instance_id)
    template = _find_template(own, CASE, occasion)
    at_site = Post.place == f"site:{case.site_id}"
    staff = select(Post.person_id).where(Post.role.in_(URGED[occasion]), at_site)
    for person in db.session.scalars(staff.distinct().order_by(Post.person_id)).all() if template else ():
        _write_notice(own, (case, person), str(template), call.now)


def _find_template(own: Contents, subject: str, occasion: str) -> str | None:
    """The notice that a service has for an occasion; where it has none, nobody is told."""
    service = own.find_service(subject)
    return service.notices.get(occasion) if service is not None else None


def _notify_applicant(application: int, occasion: str, moment: datetime, **more: str) -> None:
    case = db.session.get_one(Application, application)
    own = contents.contents_of(case.instance_id)
    if (template := _find_template(own, CASE, occasion)) is not None:
        _write_notice(own, (case, case.person_id), template, moment, **more)


@office_language()
def _write_notice(
    own: Contents, told: tuple[Application, int], template: str, moment: datetime, **more: str
) -> None:
    case, person = told
    facts = {**_text_values(case), **more}
    said: NoticeText = own.get(DefinitionSort.NOTICE, template).choose_variant(facts)
    delivery.send_notice(
        Notice(
            person_id=person,
            application_id=case.id,
            template=template,
            title=_fill_fields(said.title, facts),
            text=_fill_fields(said.text, facts),
            channels={name: _fill_fields(text, facts) for name, text in said.channels.items()} or None,
            created_at=moment,
        )
    )


def _fill_fields(text: str, facts: Mapping[str, Any]) -> str:
    """A text with its fields filled in; what is not known on this occasion leaves its place empty."""
    return str(text).format_map(defaultdict(str, facts))


def _text_values(case: Application) -> dict[str, Any]:
    return {
        "number": case.registration_number or "",
        "site": case.site.name if case.site else "",
        "until": dates.format_full_deadline(case.plan.confirm_until),
        "authority": case.authority.name,
        "online": case.plan.mode == PlanMode.ONLINE,  # nobody is to come
    }
