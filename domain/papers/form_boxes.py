"""The boxes of 申请表 that the office fills: each from where it is on record, and empty until it is."""

from __future__ import annotations

from datetime import datetime

from domain.cases import asked_materials
from domain.reach import opinions
from domain.wording import dates, review_labels
from models import db
from models.base import codes
from models.cases import casework
from models.cases.applications import Application, Opinion, RegisterAnswer
from models.cases.states import MaterialVerdict, RegisterFinding, Standing
from models.persons.people import Person
from translations import gettext, join_clauses, join_sentences
from workflows.clock import LOCAL

# Which opinion goes into which box of the form.
BOXES = {"confirmation": "site_opinion", "committee": "expert_opinion", "decision": "authority_opinion"}
HEALTH = "medical"  # the material that says how somebody's health is
UNFINISHED = "incomplete"  # a round that asks for something else concludes nothing
Box = dict[str, str]


def collect_boxes(application: Application, *, background: bool) -> dict[str, Box]:
    """Each box that is on record; what was checked is for those who may see it, until it is no secret."""
    told = opinions.list_told_opinions(application)
    return {
        **{BOXES[one.stage]: _format_opinion(one) for one in told if one.stage in BOXES},
        **_fill_health(application),
        **_fill_background(application, told_all=background),
    }


def _format_opinion(one: Opinion) -> Box:
    verdict = review_labels.ACTS.get(one.verdict, one.verdict)
    text = join_sentences((gettext("%(verdict)s。", verdict=verdict), one.text))
    return _write_box(text, one.person.name, one.at)


def _fill_health(application: Application) -> dict[str, Box]:
    """What the office found of the certificate of health when it last concluded on the materials."""
    found = [row for row in casework.list_material_findings(application.id) if row.key == HEALTH]
    if not found or (said := _find_conclusion(application, found[-1].round)) is None:
        return {}
    conforms = found[-1].verdict == MaterialVerdict.CONFORM
    text = gettext(
        "%(material)s：%(verdict)s。",
        material=asked_materials.name_materials(application).get(HEALTH, HEALTH),
        verdict=review_labels.VERDICTS[found[-1].verdict],
    )
    reason = "" if conforms else found[-1].reason
    return {"health_opinion": _write_box(join_sentences((text, reason)), said.person.name, said.at)}


def _find_conclusion(application: Application, round_number: int) -> Opinion | None:
    return next(
        (
            one
            for one in reversed(casework.list_opinions(application.id))
            if one.stage == "confirmation" and one.round == round_number and one.verdict != UNFINISHED
        ),
        None,
    )


def _fill_background(application: Application, *, told_all: bool) -> dict[str, Box]:
    """What each register answered last; what was found stays with those who may know it.

    Once somebody is granted the qualification, that nothing stood against it is on paper for everybody.
    """
    answers = _list_last_answers(application)
    clear = all(row.finding == RegisterFinding.CLEAR for row in answers)
    if not answers or not (told_all or (clear and application.standing == Standing.GRANTED)):
        return {}
    text = gettext("%(findings)s。", findings=join_clauses(_describe_answer(row) for row in answers))
    last = max(answers, key=lambda row: row.answered_at)
    checker = db.session.get(Person, last.by_hand) if last.by_hand else None
    return {"background_opinion": _write_box(text, checker.name if checker else "", last.answered_at)}


def _list_last_answers(application: Application) -> list[RegisterAnswer]:
    """The answer that counts of each register, in the order of the registers."""
    last: dict[str, RegisterAnswer] = {}
    for row in db.session.scalars(casework.select_register_answers(application.id)):  # the newest first
        if not row.stale:
            last.setdefault(row.register, row)
    return [last[register] for register in codes.REGISTERS if register in last]


def _describe_answer(row: RegisterAnswer) -> str:
    said = (
        gettext("无不利结果") if row.finding == RegisterFinding.CLEAR else gettext("有不利结果，见核查记录")
    )
    return gettext("%(register)s：%(finding)s", register=codes.REGISTERS[row.register], finding=said)


def _write_box(text: str, officer: str, at: datetime) -> Box:
    return {"text": text, "officer": officer, "date": dates.format_day(at.astimezone(LOCAL))}
