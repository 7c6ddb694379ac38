"""实名核验 that takes longer: where it stands, what to do, and a picture of the document to be seen."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response, flash, g, request
from marshmallow import ValidationError, fields, validate
from sqlalchemy import select

from domain.accounts import identity_checks
from domain.outside import pictures
from domain.wording import public_states
from handlers.account.proofs.schemas import PageSchema
from handlers.entry.access import allow
from handlers.page.contract import ON_THE_PAGE, Page, Submission, accept, show
from handlers.page.stored_files import stream_file
from handlers.profile.blueprint import pages, redirect_to_page
from handlers.profile.overview import VERIFICATION
from models import db
from models.base.database import writing
from models.base.errors import AlreadyDone, Invalid, NotFound
from models.persons.identity import IdentityCheck
from models.persons.people import Person
from models.persons.states import Verification
from models.processes.instances import ProcessInstance, WorkItem
from models.processes.states import LIVE_ITEMS
from translations import gettext, lazy_gettext
from workflows import worklist
from workflows.clock import now

MOST = 500
PICTURE = lazy_gettext("请选择证件照片")
# What the register said before, of somebody who now wants a person to look.
SAID = {Verification.MISMATCH: "mismatch", Verification.UNAVAILABLE: "unavailable"}


class DocumentSchema(PageSchema):
    """A picture of the document, and a sentence if there is something to say."""

    picture = fields.Raw(load_default=b"", validate=validate.Length(min=1, error=PICTURE))
    statement = fields.String(
        load_default="",
        validate=validate.Length(max=MOST, error=lazy_gettext("说明不超过 %(most)s 个字", most=MOST)),
        metadata={
            "label": lazy_gettext("说明"),
            "hint": lazy_gettext("可以不填；例如改过姓名、证件刚换发"),
        },
    )


@pages.route("/identity", methods=["GET", "POST"])
@allow("applicant")
@show("profile/identity.html")
@accept(
    DocumentSchema,
    read=lambda: request.form.to_dict() | {"picture": _read_picture()},
    refusals=ON_THE_PAGE,
)
def identity(sent: Submission) -> Page:
    """Where the check stands; a picture that is sent goes to a clerk."""
    if not sent.is_accepted:
        return _build_page()
    item_id = _find_task()
    try:
        picture = pictures.store_picture("document", sent.answers["picture"])
    except Invalid as refusal:
        raise ValidationError(refusal.fields["document"], "picture") from None
    writing.set(True)
    check = _require_open_check()
    answers = {
        "file": identity_checks.add_picture(check, picture, now()),
        "statement": sent.answers["statement"],
    }
    transaction = request.form.get("transaction_id") or secrets.token_hex(16)
    try:
        worklist.complete_item(item_id, answers, actor=g.principal.person_id, transaction_id=transaction)
    except AlreadyDone:
        db.session.rollback()  # the first of two clicks, or the register has answered meanwhile
        return redirect_to_page("profile.identity")
    db.session.commit()
    flash(gettext("证件照片已提交，由工作人员核对。"), "ok")
    return redirect_to_page("profile.identity")


@pages.post("/identity/open")
@allow("applicant")
def open_identity_check() -> Page:
    """Have the register asked on and on, or a person look at the document."""
    person = db.session.get_one(Person, g.principal.person_id)
    if person.is_identified:
        return redirect_to_page("profile.particulars")
    if identity_checks.find_open_check(person.id) is None:
        said = SAID.get(person.verification, "")
        identity_checks.open_check(person, person.name, now(), said=said)
        db.session.commit()
    return redirect_to_page("profile.identity")


@pages.get("/identity/document")
@allow("applicant")
def identity_document() -> Response:
    """The picture that the person has handed in."""
    check = identity_checks.find_newest_check(g.principal.person_id)
    if check is None or check.file is None:
        raise NotFound
    return stream_file(check.file)


def _build_page() -> dict[str, Any]:
    person = db.session.get_one(Person, g.principal.person_id)
    check = identity_checks.find_newest_check(person.id)
    return {
        "person": person,
        "state": VERIFICATION[person.verification],
        "check": check,
        "standing": _find_standing(check) if check else None,
        "wants_picture": _find_open_task() is not None,
        "may_open": not person.is_identified and (check is None or check.outcome is not None),
        "most": MOST,
        "transaction_id": secrets.token_hex(16),
    }


def _find_standing(check: IdentityCheck) -> Any:
    instance = db.session.get(ProcessInstance, check.instance_id)
    return public_states.find_named_state(check.instance_id, instance.public_state if instance else None)


def _find_open_task() -> int | None:
    """The task of the person to hand in a picture, while there is one."""
    own = (WorkItem.instance_id == IdentityCheck.instance_id, WorkItem.state.in_(LIVE_ITEMS))
    mine = (
        IdentityCheck.open_person_id == g.principal.person_id,
        WorkItem.assignee_id == g.principal.person_id,
    )
    return db.session.scalar(select(WorkItem.id).where(*own, *mine).order_by(WorkItem.id.desc()).limit(1))


def _find_task() -> int:
    """The task, read in a transaction that is over when this returns: a picture is judged next."""
    found = _find_open_task()
    db.session.rollback()
    if found is None:
        raise AlreadyDone
    return found


def _require_open_check() -> IdentityCheck:
    found = identity_checks.find_open_check(g.principal.person_id)
    if found is None:
        raise AlreadyDone
    return found


def _read_picture() -> bytes:
    file = request.files.get("picture")
    return file.read() if file and file.filename else b""
