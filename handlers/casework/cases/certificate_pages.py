"""The register of certificates by authority and year, and the documents made from a case."""

from __future__ import annotations

from typing import Any

from flask import Response, g, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select

from domain.papers import printing
from domain.reach import scope
from handlers.apply.applications import letter_pages
from handlers.casework.blueprint import pages
from handlers.casework.dossier import audit_trail, case_files
from handlers.entry.access import allow
from handlers.page.contract import Page, ask, show
from handlers.page.queries import QuerySchema, RowReference, SearchWords
from handlers.page.stored_files import stream_file
from models import db
from models.authorities.places import Authority
from models.base.errors import NotAllowed, NotFound
from models.cases import casework
from models.cases.applications import Certificate
from workflows.clock import LOCAL, now

CLERKS = frozenset({"certificate.clerk"})
PAGE_SIZE = 50


class RegisterQuery(QuerySchema):
    """A part of the register."""

    year = RowReference()
    authority = RowReference()
    after = SearchWords(most=40)  # the number that the page before ended with


@pages.get("/certificates", endpoint="certificates")
@allow("staff")
@show("casework/certificates.html")
@ask(RegisterQuery)
def certificate_register(asked: dict[str, Any]) -> Page:
    """The certificates of an authority and year in the order of their numbers, the newest first."""
    reach, authority = _reachable_authorities(), asked["authority"]
    year = asked["year"] or now().astimezone(LOCAL).year
    query = _register_query(reach, year, authority, asked["after"])
    shown = db.session.execute(query.limit(PAGE_SIZE)).all()
    audit_trail.record_views(
        g.principal, "register.viewed", [certificate for certificate, *_ in shown], year=year
    )
    found = db.session.execute(query.limit(PAGE_SIZE + 1)).all()
    return {
        "rows": found[:PAGE_SIZE],
        "year": year,
        "years": _list_years(reach, year),
        "authority": authority,
        "authorities": _list_authorities(reach),
        "here": url_for("casework.certificates", **request.args.to_dict()),
        "after": found[PAGE_SIZE - 1][0].number if len(found) > PAGE_SIZE else None,
    }


@pages.get("/certificates/<int:certificate_id>.pdf")
@allow("staff")
def certificate_pdf(certificate_id: int) -> ResponseReturnValue:
    """The certificate to print."""
    found = db.session.get(Certificate, certificate_id)
    if found is None or not scope.holds_role(g.principal, CLERKS, f"authority:{found.authority_id}"):
        raise NotFound
    audit_trail.record_view(g.principal, "certificate.printed", found.application)
    return _pdf_response(
        printing.print_certificate(db.session.get_one(Certificate, certificate_id)), "certificate.pdf"
    )


@pages.get("/cases/<int:application_id>/application-form.pdf")
@allow("staff")
def application_form_pdf(application_id: int) -> ResponseReturnValue:
    """The application form of a case."""
    audit_trail.record_view(g.principal, "form.printed", scope.find_case(g.principal, application_id))
    application = scope.find_case(g.principal, application_id)
    open_to = scope.may_see_background(g.principal, application)
    return _pdf_response(
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


def _register_query(reach: list[int] | None, year: int, authority: int | None, below: str) -> Select[Any]:
    query = casework.select_certificates(year, reach)
    if authority:
        query = query.where(Certificate.authority_id == authority)
    return query.where(Certificate.number < below) if below else query


def _reachable_authorities() -> list[int] | None:
    reach = scope.list_authorities(g.principal, CLERKS)
    if reach == []:
        raise NotAllowed
    return reach


def _list_years(reach: list[int] | None, year: int) -> list[int]:
    return sorted({*db.session.scalars(casework.select_certificate_years(reach)), year}, reverse=True)


def _list_authorities(reach: list[int] | None) -> list[Authority]:
    query = select(Authority).order_by(Authority.name)
    return list(db.session.scalars(query if reach is None else query.where(Authority.id.in_(reach))))


def _pdf_response(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
