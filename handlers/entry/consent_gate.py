"""Before an applicant goes on: the versions of 用户协议 and 隐私说明 in force have been agreed to.

Somebody who only looks is led to the page that asks. Somebody who sends a form, having opened its page before
the new version began, gets a page with everything that was typed still in it, and sends both at once: what
was typed and the agreement. A form with files goes through, as no page could send the files again; the next
page asks.
"""

from __future__ import annotations

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from domain.reach.principal import Principal
from domain.site import agreed_texts
from handlers.entry import row_numbers
from models import db
from models.base.database import writing
from models.base.errors import NotAllowed
from models.persons.published_texts import PublishedText
from models.persons.states import PersonKind
from translations import lazy_gettext
from workflows.clock import wall_time

FIELD = "agreed_texts"  # of a form: the numbers of the versions that are agreed to with it
APPLICANTS = "applicant"  # the audience of the pages before which one agrees
FREE = frozenset({"account"})  # places in which one may still see to the account, and leave
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ConsentOwed(NotAllowed):
    """A form of somebody who has not agreed to a version that began meanwhile."""

    code = "consent_owed"
    status = 409
    sentence = lazy_gettext("用户协议或者隐私说明有了新的版本，这一次还没有提交。")


def lead_to_consent(audience: frozenset[str], principal: Principal | None) -> ResponseReturnValue | None:
    """Where somebody has to go first; nothing for those who owe no agreement, or give it with the form."""
    if not _is_asked(audience, principal):
        return None
    if request.method in SAFE_METHODS:
        return redirect(url_for("account.agree", next=request.full_path.rstrip("?")))
    assert principal is not None
    if request.mimetype not in FORMS or any(file.filename for file in request.files.values()):
        return None
    if (numbers := read_numbers(request.form.get(FIELD, ""))) and _accept(principal.person_id, numbers):
        return None
    raise ConsentOwed


def read_numbers(text: str) -> list[int]:
    """The versions that a form names, “3 4”; what is no number names none."""
    return [int(one) for one in text.split() if row_numbers.is_row_number(one)]


def name_numbers(texts: list[PublishedText]) -> str:
    """Versions as a form names them."""
    return " ".join(str(one.id) for one in texts)


def _is_asked(audience: frozenset[str], principal: Principal | None) -> bool:
    applies = principal is not None and principal.kind == PersonKind.APPLICANT and APPLICANTS in audience
    return applies and request.blueprint not in FREE and bool(g.get("owes_consent"))


def _accept(person_id: int, numbers: list[int]) -> bool:
    """Note the agreement, and commit; False when the versions are no longer those in force."""
    writing.set(True)
    moment = wall_time()
    owed = {one.id for one in agreed_texts.list_owed(person_id, moment)}
    if owed <= set(numbers):
        address = request.remote_addr or ""
        agreed_texts.record_consent(person_id, owed, moment=moment, address=address)
        db.session.commit()
        return True
    db.session.rollback()
    return False
