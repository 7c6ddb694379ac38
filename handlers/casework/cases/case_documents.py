"""The papers of a case: its application form, its letters, and the files that came with it."""

from __future__ import annotations

from flask import g
from flask.typing import ResponseReturnValue

from domain.papers import printing
from domain.reach import scope
from handlers.apply.applications import letter_pages
from handlers.casework.blueprint import pages
from handlers.casework.dossier import audit_trail, case_files
from handlers.entry.access import allow
from handlers.page import stored_files
from handlers.page.stored_files import stream_file


@pages.get("/cases/<int:application_id>/application-form.pdf")
@allow("staff")
def application_form_pdf(application_id: int) -> ResponseReturnValue:
    """The application form of a case."""
    audit_trail.record_view(g.principal, "form.printed", scope.find_case(g.principal, application_id))
    application = scope.find_case(g.principal, application_id)
    open_to = scope.may_see_background(g.principal, application)
    return stored_files.pdf_response(
        printing.print_application_form(application, background=open_to), "application-form.pdf"
    )


@pages.get("/cases/<int:application_id>/letters/<int:letter_id>.pdf")
@allow("staff")
def letter_pdf(application_id: int, letter_id: int) -> ResponseReturnValue:
    """A letter of a case, as it was issued."""
    case_files.find_letter(scope.find_case(g.principal, application_id), letter_id)
    audit_trail.record_view(
        g.principal, "letter.viewed", scope.find_case(g.principal, application_id), letter=letter_id
    )
    return letter_pages.pdf_response(
        case_files.find_letter(scope.find_case(g.principal, application_id), letter_id)
    )


@pages.get("/cases/<int:application_id>/files/<int:file_id>")
@allow("staff")
def case_file(application_id: int, file_id: int) -> ResponseReturnValue:
    """A file of a case."""
    case_files.find_file(scope.find_case(g.principal, application_id), file_id)
    audit_trail.record_view(
        g.principal, "file.viewed", scope.find_case(g.principal, application_id), file=file_id
    )
    return stream_file(case_files.find_file(scope.find_case(g.principal, application_id), file_id))
