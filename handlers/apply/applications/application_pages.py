"""查询报名信息: the list, where an application stands, 注意事项, 详情, and the application form as PDF."""

from __future__ import annotations

from flask import g
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption as Load

from domain.papers import form_facts, printing, unprintable_text
from handlers.apply.applications import status_diagram
from handlers.apply.blueprint import pages
from handlers.apply.summary import application_facts, listing, progress
from handlers.entry.access import allow
from handlers.page import stored_files, thread_views
from handlers.page.contract import Page, show
from models import db
from models.base.errors import NotFound
from models.cases.applications import Application, select_registered
from models.cases.letters import select_letters
from models.cases.states import OVER_STANDINGS, Standing

# What the status page shows of an application besides itself, read in the same statement.
WHOLE = tuple(
    joinedload(part)
    for part in (
        Application.person,
        Application.plan,
        Application.authority,
        Application.site,
        Application.instance,
    )
)


@pages.get("/applications")
@allow("applicant")
@show("apply/enquiry.html")
def enquiry() -> Page:
    """One's applications with state, confirmation result and opinion."""
    found = db.session.scalars(select_registered(g.principal.person_id)).all()
    rows = [listing.build_row(one) | {"confirmation": progress.describe_confirmation(one)} for one in found]
    return {"applications": rows}


@pages.get("/applications/<int:application_id>")
@allow("applicant")
@show("apply/status.html")
def application(application_id: int) -> Page:
    """Where it is, what is missing, by when."""
    found = find_own_application(application_id, *WHOLE)
    talk = thread_views.list_threads(found.id, thread_views.applicant_reader(found.person_id))
    told = progress.describe_progress(found, talk)
    return {
        "application": found,
        "row": listing.build_row(found),
        "letters": db.session.scalars(select_letters(found.id)).all(),
        "talk": talk,
        "may_ask": found.standing not in OVER_STANDINGS,
        "has_times": bool(told["leading"])
        or (found.standing == Standing.CONFIRMING and bool(told["by_when"])),
        "site": found.site if found.standing == Standing.CONFIRMING else None,
        "diagram": status_diagram.draw_status_diagram(found, told),
        **told,
        "help_contact": found.authority.contact,
    }


@pages.get("/applications/<int:application_id>/notes")
@allow("applicant")
@show("apply/notes_again.html")
def notes(application_id: int) -> Page:
    """申报提醒 and 注意事项 again."""
    found = find_own_application(application_id)
    return {
        "application": found,
        **application_facts.build_reminder(found),
        "help_contact": found.authority.contact,
    }


@pages.get("/applications/<int:application_id>/details")
@allow("applicant")
@show("apply/details_again.html")
def details(application_id: int) -> Page:
    """Everything that was filled in, with photo and undertaking."""
    found = find_own_application(application_id)
    return {
        "application": found,
        "row": listing.build_row(found),
        "sections": application_facts.build_sections(found),
        "undrawn": unprintable_text.list_unprintable_entries(form_facts.collect_texts(found)),
        "help_contact": found.authority.contact,
    }


@pages.get("/applications/<int:application_id>/form.pdf")
@allow("applicant")
def form_pdf(application_id: int) -> ResponseReturnValue:
    """教师资格认定申请表."""
    return stored_files.pdf_response(
        printing.print_own_form(find_own_application(application_id)), "application-form.pdf"
    )


@pages.get("/applications/<int:application_id>/undertaking.pdf")
@allow("applicant")
def undertaking_pdf(application_id: int) -> ResponseReturnValue:
    """个人承诺书."""
    return stored_files.pdf_response(
        printing.print_undertaking(find_own_application(application_id)), "undertaking.pdf"
    )


@pages.get("/applications/<int:application_id>/medical-form.pdf")
@allow("applicant")
def medical_form_pdf(application_id: int) -> ResponseReturnValue:
    """体检表, to be taken to the hospital."""
    return stored_files.pdf_response(
        printing.print_medical_form(find_own_application(application_id)), "medical-form.pdf"
    )


def find_own_application(application_id: int, *together: Load) -> Application:
    """One of the person's registered applications; a foreign one does not exist for them."""
    own = select_registered(g.principal.person_id).where(Application.id == application_id)
    found = db.session.scalars(own.options(*together)).first()
    if found is None:
        raise NotFound
    return found
