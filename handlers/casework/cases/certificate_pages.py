"""The register of certificates by authority and year, and each certificate to print."""

from __future__ import annotations

from typing import Any

from flask import g, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select

from domain.papers import printing
from domain.reach import scope
from handlers.casework.blueprint import pages
from handlers.casework.dossier import audit_trail
from handlers.entry.access import allow
from handlers.page import stored_files
from handlers.page.contract import Page, ask, show
from handlers.page.queries import QuerySchema, RowReference, SearchWords
from models import db
from models.authorities.places import Authority
from models.base.errors import NotFound
from models.cases import casework
from models.cases.applications import Certificate
from workflows.clock import LOCAL, now

PAGE_SIZE = 50


class RegisterQuery(QuerySchema):
    """A part of the register."""

    year = RowReference()
    authority = RowReference()
    after = SearchWords(most=40)  # the number that the page before ended with


@pages.get("/certificates", endpoint="certificates")
@allow(*scope.CERTIFICATE_ROLES)
@show("casework/certificates.html")
@ask(RegisterQuery)
def certificate_register(asked: dict[str, Any]) -> Page:
    """The certificates of an authority and year in the order of their numbers, the newest first."""
    reach, authority = scope.list_authorities(g.principal, scope.CERTIFICATE_ROLES), asked["authority"]
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
    if found is None or not scope.holds_role(
        g.principal, scope.CERTIFICATE_ROLES, f"authority:{found.authority_id}"
    ):
        raise NotFound
    audit_trail.record_view(g.principal, "certificate.printed", found.application)
    return stored_files.pdf_response(
        printing.print_certificate(db.session.get_one(Certificate, certificate_id)), "certificate.pdf"
    )


def _register_query(reach: list[int] | None, year: int, authority: int | None, below: str) -> Select[Any]:
    query = casework.select_certificates(year, reach)
    if authority:
        query = query.where(Certificate.authority_id == authority)
    return query.where(Certificate.number < below) if below else query


def _list_years(reach: list[int] | None, year: int) -> list[int]:
    return sorted({*db.session.scalars(casework.select_certificate_years(reach)), year}, reverse=True)


def _list_authorities(reach: list[int] | None) -> list[Authority]:
    query = select(Authority).order_by(Authority.name)
    return list(db.session.scalars(query if reach is None else query.where(Authority.id.in_(reach))))
