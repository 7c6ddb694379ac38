"""A question of step 4 is followed to every place where its answer must be seen, compared and printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from domain.cases import entered_facts
from domain.papers import form_facts, unprintable_text
from handlers.apply.forms import details
from handlers.apply.summary import application_facts
from handlers.casework.dossier import case_sections
from models import db
from models.cases.applications import Application
from tests.handlers.apply.conftest import Applicant, applicant, registers, the_application, town, world

__all__ = ["applicant", "registers", "town", "world"]

SHEET = Path(__file__).resolve().parents[2] / "workflows/library/accreditation/sheets/application_form.typ"
NOT_ON_PAPER = {"delivery", "delivery_address"}  # how the certificate is to be sent is no part of 申请表
ALWAYS_DRAWN = {"political_status", "major_category", "occupation", "professional_title", "postcode"}


@pytest.fixture
def filled(applicant: Applicant) -> Application:
    """An application whose step 4 has an answer everywhere; it is only looked at."""
    applicant.until("check")
    found = the_application(1)
    with db.session.no_autoflush:
        found.delivery, found.delivery_address = "post", "浙江省衢州市九华北大道 78 号"
    return found


def test_every_answer_is_compared_and_told_by_its_label(filled: Application) -> None:
    known = {one.column: one for one in entered_facts.ENTERED}
    assert [name for name in details.FIELD_NAMES if name not in known] == [], "修改 would not notice another"
    with db.session.no_autoflush:
        shown = {row["label"]: row["value"] for row in case_sections.list_entries(filled)}
    assert [name for name in details.FIELD_NAMES if not shown.get(str(known[name].label))] == []


def test_every_answer_stands_in_what_the_applicant_reads_again(filled: Application) -> None:
    with db.session.no_autoflush:
        sections = application_facts.build_sections(filled)
        lines = " ".join(line for section in sections for row in section.rows for line in row.lines)
        told = {one.column: one.read(filled) for one in entered_facts.ENTERED}
    assert [name for name in details.FIELD_NAMES if told[name] not in lines] == []


def test_every_answer_is_printed_on_the_application_form(filled: Application) -> None:
    printed = [name for name in details.FIELD_NAMES if name not in NOT_ON_PAPER]
    with db.session.no_autoflush:
        facts = form_facts.collect_texts(filled)
    sheet = SHEET.read_text(encoding="utf-8")
    assert [name for name in printed if not facts.get(name)] == []
    assert [name for name in printed if not re.search(rf"\b{name}\b", sheet)] == []
    drawn = set(printed) - ALWAYS_DRAWN
    assert drawn - unprintable_text.LABELS.keys() == set(), "what cannot be drawn of it has no name"
