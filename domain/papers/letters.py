"""Letters: the process orders them, the act freezes them, the person reads them as PDF."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from domain.notices import case_notices
from domain.outside import typesetting
from domain.papers import letter_facts, paper_marks
from domain.papers.letter_facts import LetterOccasion
from models import db
from models.base.errors import DomainError
from models.cases import letters
from models.cases.applications import Application
from models.cases.letters import LetterTemplate
from models.processes.states import DefinitionSort
from translations import gettext, lazy_gettext, source_of
from workflows.definitions import contents
from workflows.definitions.letters import Letter
from workflows.operations import OperationCall
from workflows.working_days import LOCAL

# The variable in which diagrams held the time for a correction before they gave it as a parameter: cases of
# those releases still run, and their letters must name the day on which the time ends.
FORMER_VARIABLE = "correct_until"


class NoLetter(DomainError):
    """A sheet that a diagram issues as if it were a letter."""

    code = "no_letter"
    sentence = lazy_gettext("流程要送达的是一张表样（.typ），不是文书，请联系流程设计人员。")


def issue_letter(call: OperationCall, application: int, letter: str, until: datetime | None = None) -> None:
    """Issue a letter of the case's release: what it says and how it looks is kept now.

    Its notice goes out with it; the others come with a new public state, whose notice names them.
    """
    definition = contents.contents_of(call.instance_id).get(DefinitionSort.LETTER, letter)
    if not isinstance(definition, Letter):
        raise NoLetter
    case = db.session.get_one(Application, application)
    until = until or _find_former_time(call) or case.plan.confirm_until
    facts = letter_facts.collect_facts(LetterOccasion(call=call, case=case, until=until), definition.fields)
    sequence = _count_issued(application, letter) + 1
    number = _choose_number(call, case, definition.series, sequence)
    db.session.add(
        letters.Letter(
            application_id=application,
            kind=letter,
            title=source_of(definition.title),
            english_title=definition.title.english,
            sequence=sequence,
            number=number,
            facts=facts | {"number": number},
            template_sha256=_freeze_template(call, definition),
            issued_at=call.now,
            issued_by=call.actor,
        )
    )
    db.session.flush()
    if definition.notice:
        case_notices.send_to_applicant(call, application, definition.notice)


def render_pdf(letter: letters.Letter) -> bytes:
    """The letter as it was issued; ends the transaction, as typesetting takes its time."""
    files, facts = dict(letter.template.files), dict(letter.facts)
    facts |= paper_marks.mark_paper(facts.get("verification_code", ""))
    db.session.rollback()
    return typesetting.typeset_letter(files, facts)


def _find_former_time(call: OperationCall) -> datetime | None:
    told = call.data.get(FORMER_VARIABLE)
    return datetime.fromisoformat(told) if told else None


def _count_issued(application: int, kind: str) -> int:
    issued = select(func.count(letters.Letter.id)).where(
        letters.Letter.application_id == application, letters.Letter.kind == kind
    )
    return db.session.scalar(issued) or 0


def _choose_number(call: OperationCall, case: Application, series: str, sequence: int) -> str:
    """文号: the word of the series, the year, the 报名号, and which one of its kind it is.

    Two letters may have one series; the second one on a case counts on.
    """
    while True:
        number = _write_number(call, case, series, sequence)
        if db.session.scalar(select(letters.Letter.id).where(letters.Letter.number == number)) is None:
            return number
        sequence += 1


def _write_number(call: OperationCall, case: Application, series: str, sequence: int) -> str:
    year = call.now.astimezone(LOCAL).year
    again = f"-{sequence}" if sequence > 1 else ""
    return gettext(
        "%(series)s〔%(year)s〕%(number)s%(again)s号",
        series=series,
        year=year,
        number=case.registration_number,
        again=again,
    )


def _freeze_template(call: OperationCall, definition: Letter) -> str:
    """Keep template and words as they are now, once for each version, and name them by their content."""
    files = typesetting.list_letter_files(definition.layout)
    sha256 = hashlib.sha256(json.dumps(files, ensure_ascii=False).encode()).hexdigest()
    if db.session.get(LetterTemplate, sha256) is None:
        try:
            with db.session.begin_nested():
                db.session.add(LetterTemplate(sha256=sha256, files=files, created_at=call.now))
        except IntegrityError:  # somebody else's act kept the same version at the same moment
            db.session.expire_all()
    return sha256
