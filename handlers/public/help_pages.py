"""咨询服务: questions and answers, how to write, whom to call; accessibility and privacy."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from handlers.entry.access import allow
from handlers.public import questions
from handlers.public.blueprint import pages
from models import db
from models.authorities.places import Authority


@pages.get("/help")
@allow("public")
def help() -> ResponseReturnValue:
    """常见问题, searchable, and the telephones of the authorities."""
    wanted = request.args.get("q", "").strip()[:60]
    return render_template(
        "public/help.html",
        wanted=wanted,
        topics=questions.search_questions(wanted),
        authorities=_authority_contacts(),
    )


@pages.get("/help/mail")
@allow("public")
def mail_help() -> ResponseReturnValue:
    """邮件咨询: what a letter has to say."""
    return render_template("public/mail_help.html", authorities=_authority_contacts())


@pages.get("/accessibility")
@allow("public")
def accessibility() -> ResponseReturnValue:
    """无障碍说明."""
    return render_template("public/accessibility.html")


@pages.get("/privacy")
@allow("public")
def privacy() -> ResponseReturnValue:
    """隐私说明."""
    return render_template("public/privacy.html")


def _authority_contacts() -> list[dict[str, Any]]:
    found = db.session.scalars(select(Authority).order_by(Authority.region_code))
    return [{**one.contact, "address": one.address} for one in found]
