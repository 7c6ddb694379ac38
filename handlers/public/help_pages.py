"""咨询服务: questions and answers, how to write, whom to call; accessibility and privacy."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from handlers.entry.access import allow
from handlers.page.contract import Page, ask, show
from handlers.page.queries import QuerySchema, SearchWords
from handlers.public import questions
from handlers.public.blueprint import pages
from models import db
from models.authorities.places import Authority


class QuestionQuery(QuerySchema):
    """What somebody wants to know."""

    words = SearchWords(data_key="q", most=60)


@pages.get("/help")
@allow("public")
@show("public/help.html")
@ask(QuestionQuery)
def help(asked: dict[str, Any]) -> Page:
    """常见问题, searchable, and the telephones of the authorities."""
    return {
        "wanted": asked["words"],
        "topics": questions.search_questions(asked["words"]),
        "authorities": _authority_contacts(),
    }


@pages.get("/help/mail")
@allow("public")
@show("public/mail_help.html")
def mail_help() -> Page:
    """邮件咨询: what a letter has to say."""
    return {"authorities": _authority_contacts()}


@pages.get("/accessibility")
@allow("public")
@show("public/accessibility.html")
def accessibility() -> Page:
    """无障碍说明."""
    return {}


@pages.get("/privacy")
@allow("public")
@show("public/privacy.html")
def privacy() -> Page:
    """隐私说明."""
    return {}


def _authority_contacts() -> list[dict[str, Any]]:
    found = db.session.scalars(select(Authority).order_by(Authority.region_code))
    return [{**one.contact, "address": one.address} for one in found]
