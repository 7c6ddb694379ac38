"""证书查询·其他查询: particulars, a code to any mobile number, then what the register says; no account.

What was asked goes from page to page in the browser's own signed cookie, for half an hour, so that every page
can be loaded again and nothing is kept here. A proved number is proved for these particulars alone.
"""

from __future__ import annotations

from typing import Any

from flask import redirect, session, url_for
from flask.typing import ResponseReturnValue
from limits import parse
from marshmallow import ValidationError, validate

from domain.accounts import one_time_codes
from domain.outside.records import certificate_lookup
from domain.outside.records.register_records import Holder
from handlers.account.proofs import challenges, schemas, sms_codes
from handlers.entry import rate_limits
from handlers.entry.access import allow
from handlers.page import signed_values
from handlers.page.contract import Page, Submission, accept, show
from handlers.public.blueprint import pages
from models import db
from models.base.codes import DOCUMENT_KINDS, KINDS
from translations import lazy_gettext

PURPOSE = "certificate"  # of the code, of the values that are carried, and of what is counted
KEY = "certificate_lookup"  # in the browser's cookie
PARTICULARS = ("document_kind", "document_number", "name", "certificate_number")
FROM_ADDRESS, AT_DOCUMENT, BY_MOBILE = parse("60 per hour"), parse("20 per day"), parse("10 per day")
NUMBER = validate.Regexp(
    r"([0-9]{17})?$",
    error=lazy_gettext(
        "证书号码是 17 位数字；位数不同的，多是 2008 年以前（广西 2012 年以前）的证书，请联系发证的认定机构"
    ),
)


class TooManyLookups(rate_limits.TooMany):
    """More certificates were asked for than one address, document or mobile number may."""

    sentence = lazy_gettext("查询次数过多，请 %(wait)s后再试。")


class LookupSchema(schemas.DocumentSchema):
    """Whose certificate, its number, and where the code goes."""

    certificate_number = schemas.digits_field(
        lazy_gettext("教师资格证书号码"),
        schemas.within(lazy_gettext("教师资格证书号码")),
        NUMBER,
        hint=lazy_gettext("证书上的 17 位数字"),
    )
    mobile = schemas.mobile(
        lazy_gettext("接收验证码的手机号"), hint=lazy_gettext("查询人的手机号，不必是证书持有人的")
    )


class LookupCodeSchema(schemas.PageSchema):
    """The code from the SMS."""

    code = schemas.digits_field(lazy_gettext("短信验证码"), schemas.CODE, hint=lazy_gettext("6 位数字"))


@pages.route("/certificates/others", methods=["GET", "POST"])
@allow("public")
@show("public/certificates_others.html")
@accept(LookupSchema, refusals="mobile")
def lookup(sent: Submission) -> Page:
    """Ask whose certificate it is, and send a code to whatever number was given."""
    if not sent.is_accepted:
        challenges.offer_challenge()
        return {"form": sent.view(_read_carried())}
    challenges.require_challenge()
    code_id = sms_codes.send_code(sent.answers["mobile"], PURPOSE)
    _carry(sent.answers | {"code_id": code_id, "proved": False})
    return redirect(url_for("public.lookup_code"), 303)


@pages.route("/certificates/others/code", methods=["GET", "POST"])
@allow("public")
@show("public/certificates_others_code.html")
@accept(LookupCodeSchema, buttons=("resend",), refusals="code")
def lookup_code(sent: Submission) -> Page:
    """Prove the number; a wrong code counts, and a right one is good once."""
    asked = _read_carried()
    if not asked:
        return redirect(url_for("public.lookup"), 303)
    if sent.button:
        return _send_again(asked)
    if sent.is_accepted:
        return _prove(asked, sent.answers["code"])
    return {"asked": asked, "kinds": DOCUMENT_KINDS}


@pages.get("/certificates/others/result")
@allow("public")
@show("public/certificates_others_result.html")
def lookup_result() -> Page:
    """What the register says; a register that is busy or silent is asked again without another code."""
    asked = _read_carried()
    if not asked.get("proved"):
        return redirect(url_for("public.lookup_code" if asked else "public.lookup"), 303)
    told = {"asked": asked, "kinds": KINDS, "document_kinds": DOCUMENT_KINDS}
    try:
        _count_lookup(asked)
        found = certificate_lookup.find_certificate(_build_holder(asked), asked["certificate_number"])
    except (certificate_lookup.CertificateRegisterDown, TooManyLookups) as refused:
        return told | {"problem": refused.sentence}, refused.status
    return told | {"found": found}


@pages.post("/certificates/others/forget")
@allow("public")
def forget_lookup() -> ResponseReturnValue:
    """Begin anew: this browser forgets what was asked."""
    session.pop(KEY, None)
    return redirect(url_for("public.lookup"), 303)


def _prove(asked: dict[str, Any], code: str) -> Page:
    given = (asked["code_id"], asked["mobile"], PURPOSE, code)
    accepted = sms_codes.accept_code(*given)
    db.session.commit()
    # Of a double click the first has used the code, and the second is what the browser shows.
    if not (accepted or one_time_codes.was_just_accepted(*given)):
        raise ValidationError(str(sms_codes.WRONG), "code")
    _carry(asked | {"proved": True})
    return redirect(url_for("public.lookup_result"), 303)


def _send_again(asked: dict[str, Any]) -> Page:
    code_id = sms_codes.send_code(asked["mobile"], PURPOSE)
    _carry(asked | {"code_id": code_id, "proved": False})
    return redirect(url_for("public.lookup_code"), 303)


def _count_lookup(asked: dict[str, Any]) -> None:
    """Count by address, document and mobile before anything is asked; all three, whatever comes of it."""
    for limit, who in (
        (FROM_ADDRESS, ("from", rate_limits.client_address())),
        (AT_DOCUMENT, ("document", asked["document_number"])),
        (BY_MOBILE, ("mobile", asked["mobile"])),
    ):
        rate_limits.count_or_refuse(TooManyLookups, limit, PURPOSE, *who)


def _build_holder(asked: dict[str, Any]) -> Holder:
    return Holder(
        document_kind=asked["document_kind"], document_number=asked["document_number"], name=asked["name"]
    )


def _carry(values: dict[str, Any]) -> None:
    session[KEY] = signed_values.pack_values(PURPOSE, values)


def _read_carried() -> dict[str, Any]:
    """What this browser asked within half an hour; empty otherwise."""
    try:
        return signed_values.unpack_values(PURPOSE, session.get(KEY, ""))
    except signed_values.PageExpired:
        return {}
