"""Letters: the process orders them, the act freezes them, the person reads them as PDF."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from domain.notices import case_notices
from domain.outside import typesetting
from domain.papers import letter_facts
from models import db
from models.cases.applications import Application
from models.cases.letters import Letter, LetterTemplate
from translations import gettext, lazy_gettext
from workflows.operations import OperationCall
from workflows.working_days import LOCAL

SHARED_TEMPLATE = "accreditation/letters/official.typ"
TEMPLATES = {
    "acceptance": "accreditation/letters/acceptance.typ",
    "correction": "confirmation/letters/correction.typ",
    "not_accepted": "confirmation/letters/not_accepted.typ",
    "refused": "review/letters/refused.typ",
}
# 文号: the authority's word for the letter, the year, the 报名号, and which one of its kind it is.
NUMBER_WORDS = {
    "acceptance": lazy_gettext("教资受理"),
    "correction": lazy_gettext("教资补告"),
    "not_accepted": lazy_gettext("教资不受"),
    "refused": lazy_gettext("教资不认"),
}


def issue_letter(call: OperationCall, application: int, letter: str) -> None:
    """Issue a letter: what it says and how it looks is kept now; the notice of the new state names it."""
    case = db.session.get_one(Application, application)
    of_this_kind = select(func.count(Letter.id)).where(
        Letter.application_id == application, Letter.kind == letter
    )
    sequence = (db.session.scalar(of_this_kind) or 0) + 1
    number = _letter_number(call, case, letter, sequence)
    db.session.add(
        Letter(
            application_id=application,
            kind=letter,
            sequence=sequence,
            number=number,
            facts=letter_facts.collect_facts(call, case, letter) | {"number": number},
            template_sha256=_freeze_template(call, letter),
            issued_at=call.now,
            issued_by=call.actor,
        )
    )
    db.session.flush()
    if letter == "correction":  # the other letters come with a new public state, whose notice names them
        case_notices.send_to_applicant(call, application, "correction")


def render_pdf(letter: Letter) -> bytes:
    """The letter as it was issued; ends the transaction, as typesetting takes its time."""
    files, facts = dict(letter.template.files), dict(letter.facts)
    db.session.rollback()
    return typesetting.typeset_letter(files, facts)


def _letter_number(call: OperationCall, case: Application, letter: str, sequence: int) -> str:
    year = call.now.astimezone(LOCAL).year
    again = f"-{sequence}" if sequence > 1 else ""
    return gettext(
        "%(series)s〔%(year)s〕%(number)s%(again)s号",
        series=NUMBER_WORDS[letter],
        year=year,
        number=case.registration_number,
        again=again,
    )


def _freeze_template(call: OperationCall, letter: str) -> str:
    """Keep the template as it is now, once for each version, and name it by its content."""
    files = typesetting.read_template_files(TEMPLATES[letter], SHARED_TEMPLATE)
    sha256 = hashlib.sha256(json.dumps(files, ensure_ascii=False).encode()).hexdigest()
    if db.session.get(LetterTemplate, sha256) is None:
        try:
            with db.session.begin_nested():
                db.session.add(LetterTemplate(sha256=sha256, files=files, created_at=call.now))
        except IntegrityError:  # somebody else's act kept the same version at the same moment
            db.session.expire_all()
    return sha256
