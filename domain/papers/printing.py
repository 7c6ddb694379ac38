"""What is printed of a case: certificate, and application form with the opinions on it."""

from __future__ import annotations

from typing import Any

from flask import current_app

from domain.outside import typesetting
from domain.papers import form_boxes, form_facts, paper_marks, sheets, unprintable_text
from domain.papers.paper_codes import PaperKind
from domain.wording import dates
from models import db
from models.base import codes
from models.cases.applications import Application, Certificate
from models.persons.people import Person
from translations import gettext, office_language

KINDERGARTEN = "kindergarten"  # the kind whose applicants are examined for more


@office_language()
def print_own_form(application: Application) -> bytes:
    """教师资格认定申请表 for the applicant, who is told opinions in other ways."""
    sheet = sheets.find_sheet(application, sheets.APPLICATION_FORM)
    facts = form_facts.collect_facts(application) | _mark_form(application)
    db.session.rollback()
    return typesetting.typeset_application_form(sheet, facts)


@office_language()
def print_undertaking(application: Application) -> bytes:
    """个人承诺书 with its signature."""
    facts = form_facts.collect_facts(application)
    facts |= paper_marks.mark_printed(PaperKind.UNDERTAKING, application.id, application.revision)
    db.session.rollback()
    return typesetting.typeset_own_sheet("undertaking", facts)


@office_language()
def print_medical_form(application: Application) -> bytes:
    """体检表 for the hospital, with what is known of the person."""
    facts = form_facts.collect_facts(application) | {
        "birth_month": _format_birth_month(application.person),
        "kindergarten": "1" if application.kind == KINDERGARTEN else "",
    }
    facts |= paper_marks.mark_printed(PaperKind.MEDICAL_FORM, application.id, application.revision)
    db.session.rollback()
    return typesetting.typeset_own_sheet("medical_form", facts)


@office_language()
def print_application_form(application: Application, *, background: bool) -> bytes:
    """教师资格认定申请表 with the opinions given so far; what was checked only for those who may see it."""
    sheet = sheets.find_sheet(application, sheets.APPLICATION_FORM)
    filled = form_facts.collect_facts(application) | form_boxes.collect_boxes(
        application, background=background
    )
    facts = filled | _mark_form(application)
    db.session.rollback()
    return typesetting.typeset_application_form(sheet, facts)


def _mark_form(application: Application) -> dict[str, Any]:
    return paper_marks.mark_printed(PaperKind.APPLICATION_FORM, application.id, application.revision)


def unprintable_form_entries(application: Application) -> list[tuple[str, str]]:
    """What of the form, and so of the certificate, no typeface can draw: label and characters."""
    return unprintable_text.list_unprintable_entries(
        form_facts.collect_texts(application) | form_boxes.collect_boxes(application, background=False)
    )


@office_language()
def print_certificate(row: Certificate) -> bytes:
    """教师资格证书; outside production every page says that it is a sample."""
    person, application = row.person, row.application
    sheet = sheets.find_sheet(application, sheets.CERTIFICATE)
    facts = {
        "number": row.number,
        "name": application.applicant_name,
        "sex": codes.SEXES.get(person.sex or ""),
        "birth_month": _format_birth_month(person),
        "ethnicity": codes.ETHNICITIES.get(person.ethnicity or ""),
        "document_number": person.document_number,
        "photo": form_facts.read_picture(application.photo),
        "kind": codes.KINDS.get(row.kind),
        "subject": row.subject,
        "authority": row.authority.name,
        "granted_on": dates.format_day(application.decided_at or row.issued_at),
        **paper_marks.mark_printed(PaperKind.CERTIFICATE, row.id),
        "sample": "" if current_app.config["PRODUCTION"] else gettext("样张"),
    }
    db.session.rollback()
    return typesetting.typeset_certificate(sheet, facts)


def _format_birth_month(person: Person) -> str:
    return dates.format_month(person.birth_date.isoformat()[:7]) if person.birth_date else ""
