"""核对文书: whether a paper is genuine, by the code on it, typed or from its QR code; no account.

What is typed leads to the address that a QR code holds. Whoever guesses reads one and the
same answer, and may do so only so often; a code that is right costs nothing.
"""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for
from limits import parse
from marshmallow import fields

from domain.papers import paper_marks, proofs
from domain.papers.proofs import PaperProof, PaperState
from handlers.account.proofs import schemas
from handlers.entry import rate_limits
from handlers.entry.access import allow
from handlers.page.contract import Page, Submission, accept, ask, show
from handlers.page.queries import QuerySchema, SearchWords
from handlers.public.blueprint import pages
from translations import lazy_gettext

PURPOSE = "verify"
WRONG_GUESSES = parse("30 per hour")
STATES = {
    PaperState.VALID: ("ok", lazy_gettext("有效")),
    PaperState.REPLACED: ("warn", lazy_gettext("已被替换")),
    PaperState.WITHDRAWN: ("bad", lazy_gettext("已失效")),
}


class TooManyGuesses(rate_limits.TooMany):
    """More codes that no paper has were tried than one address may."""

    sentence = lazy_gettext("核对不到的次数过多，请 %(wait)s后再试。")


class VerifySchema(schemas.PageSchema):
    """The code of a paper, and the number of those whose code is short."""

    code = schemas.text_field(
        lazy_gettext("校验码"),
        schemas.within(lazy_gettext("校验码")),
        hint=lazy_gettext("文书下方的 20 个字符，横线可以不填；也可以用手机扫描旁边的二维码"),
    )
    number = fields.String(
        load_default="",
        validate=schemas.within(lazy_gettext("编号")),
        metadata={
            "label": lazy_gettext("编号"),
            "hint": lazy_gettext("校验码只有 12 个字符的，再填文号或者证书号码"),
            "optional": True,
        },
    )


class VerifyQuery(QuerySchema):
    """The same in the address."""

    code = SearchWords(most=schemas.LONGEST)
    number = SearchWords(most=schemas.LONGEST)


@pages.route(paper_marks.PATH, methods=["GET", "POST"])
@allow("public")
@show("public/verify.html")
@ask(VerifyQuery)
@accept(VerifySchema)
def verify(sent: Submission, asked: dict[str, Any]) -> Page:
    """Ask for a code, and tell what paper has it."""
    if sent.is_accepted:
        given = {name: value for name, value in sent.answers.items() if value}
        return redirect(url_for("public.verify", **given), 303)
    if not asked["code"] or sent.errors:
        return {}
    form = sent.view(asked)
    try:
        return {"form": form, "asked": True, "found": _find_counted(asked), "states": STATES}
    except TooManyGuesses as refused:
        return {"form": form, "problem": refused.sentence}, refused.status


def _find_counted(asked: dict[str, Any]) -> PaperProof | None:
    """Every code is counted before it is looked at; one that is right is taken off again."""
    who = (PURPOSE, "from", rate_limits.client_address())
    rate_limits.count_or_refuse(TooManyGuesses, WRONG_GUESSES, *who)
    found = proofs.find_proof(asked["code"], asked["number"])
    if found is not None:
        rate_limits.take_back_try(WRONG_GUESSES, *who)
    return found
