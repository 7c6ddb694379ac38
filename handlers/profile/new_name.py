"""姓名: another name goes through 实名核验 first, and what is confirmed keeps the one before."""

from __future__ import annotations

from flask import flash, g
from marshmallow import ValidationError

from domain.accounts import identity_checks
from handlers.account.proofs import password_checks
from handlers.entry import rate_limits
from handlers.entry.access import allow
from handlers.page.contract import Page, Submission, accept, show
from handlers.profile.blueprint import pages, redirect_to_page
from handlers.profile.contact import WRONG_PASSWORD
from handlers.profile.corrections import NewName
from models import db
from models.persons.people import Person
from models.persons.states import IdentityPurpose
from translations import gettext, lazy_gettext
from workflows.clock import now

SAME = lazy_gettext("与现在的姓名相同，请填写新的姓名")


@pages.route("/name", methods=["GET", "POST"])
@allow("applicant")
@show("profile/name.html")
@accept(NewName, refusals="name")
def name(sent: Submission) -> Page:
    """Begin the check of a new name; until it has passed the person stays who they are."""
    person = db.session.get_one(Person, g.principal.person_id)
    if not sent.is_accepted:
        return {"person": person, "check": identity_checks.find_open_check(person.id)}
    if sent.answers["name"] == person.name:
        raise ValidationError(str(SAME), "name")
    password_checks.check_own_password(sent.answers["current_password"], WRONG_PASSWORD)
    who = ("rename", str(g.principal.person_id))
    rate_limits.count_or_refuse(rate_limits.TooMany, rate_limits.IDENTITY_CHECKS, *who)
    person = db.session.get_one(Person, g.principal.person_id)
    identity_checks.open_check(person, sent.answers["name"], now(), purpose=IdentityPurpose.RENAME)
    db.session.commit()
    flash(gettext("新姓名已提交实名核验，通过后自动更新。"), "ok")
    return redirect_to_page("profile.identity")
