"""邮件咨询: a letter in the required form, sent to the office as mail, with a copy to whoever wrote it."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from limits import parse
from marshmallow import fields, validate

from domain.site import enquiries
from handlers.account.proofs import challenges, schemas
from handlers.entry import rate_limits, row_numbers
from handlers.entry.access import allow
from handlers.entry.typed_input import Digits
from handlers.page.contract import Page, Submission, accept, show
from handlers.public.blueprint import pages
from models import db
from models.authorities.places import Authority, select_mail_offices
from models.base import spelling
from models.base.codes import DOCUMENT_KINDS
from models.base.errors import Invalid
from models.cases.enquiries import Enquiry
from models.persons.people import Person
from models.persons.states import PersonKind
from translations import gettext, lazy_gettext
from workflows.clock import now

FROM_ADDRESS, TO_SENDER = parse("10 per hour"), parse("5 per day")
LONGEST, LEAST = 2000, 10  # characters of the question itself
FORM_KEY = "form_key"  # in the form: it is one letter, however often it is sent


class TooManyLetters(rate_limits.TooMany):
    """More letters than one address may write, or than may be copied to one mailbox."""

    sentence = lazy_gettext("来信过于频繁，请 %(wait)s后再写，或者电话咨询。")


class EnquirySchema(schemas.PageSchema):
    """What a letter has to say; less of it cannot be answered."""

    class Meta(schemas.PageSchema.Meta):
        fields: tuple[str, ...] = (
            *("authority", "category", "name", "document_kind", "document_tail", "registration_number"),
            *("mobile", "email", "text"),
        )  # errors are told in this order

    authority = fields.Integer(
        required=True,
        error_messages=dict.fromkeys(("required", "null", "invalid"), lazy_gettext("请选择认定机构")),
        metadata={
            "label": lazy_gettext("认定机构"),
            "hint": lazy_gettext("报名时选择的，或者打算选择的"),
        },
    )
    category = fields.String(
        required=True,
        validate=validate.OneOf(enquiries.CATEGORIES, error=lazy_gettext("请选择问题类别")),
        error_messages=schemas.missing_messages(lazy_gettext("问题类别")),
        metadata={
            "label": lazy_gettext("问题类别"),
            "options": tuple(enquiries.CATEGORIES.items()),
        },
    )
    name = schemas.text_field(
        lazy_gettext("姓名"),
        validate.Length(max=60, error=lazy_gettext("姓名不超过 60 个字")),
        hint=lazy_gettext("与证件上的一致"),
    )
    document_kind = fields.String(
        required=True,
        validate=validate.OneOf(DOCUMENT_KINDS, error=lazy_gettext("请选择证件类型")),
        error_messages=schemas.missing_messages(lazy_gettext("证件类型")),
        metadata={"label": lazy_gettext("证件类型"), "options": schemas.KIND_OPTIONS},
    )
    document_tail = schemas.digits_field(
        lazy_gettext("证件号码后四位"),
        validate.Regexp(r"([0-9]{3}[0-9Xx])?$", error=lazy_gettext("请填写证件号码的最后四位")),
        hint=lazy_gettext("不要写完整的证件号码"),
    )
    registration_number = Digits(
        load_default="",
        validate=validate.Regexp(r"([0-9]{10})?$", error=lazy_gettext("报名号是 10 位数字，没有报名的不填")),
        metadata={
            "label": lazy_gettext("报名号"),
            "hint": lazy_gettext("已经报名的填写"),
            "optional": True,
        },
    )
    mobile = schemas.mobile(lazy_gettext("联系电话"), hint=lazy_gettext("工作时间能接通的手机号"))
    email = schemas.email(lazy_gettext("您的电子邮箱"), lazy_gettext("答复和来信副本寄到这里"))
    text = fields.String(
        required=True,
        validate=[
            validate.Length(
                min=LEAST, error=lazy_gettext("请写清楚问题：在哪一步、做了什么、页面上的原话是什么")
            ),
            validate.Length(
                max=LONGEST, error=lazy_gettext("问题不超过 %(longest)s 字，请删减", longest=LONGEST)
            ),
        ],
        error_messages=schemas.missing_messages(lazy_gettext("问题")),
        metadata={
            "label": lazy_gettext("问题"),
            "hint": lazy_gettext("在哪一步、做了什么、页面上的原话是什么。不要写密码和完整的证件号码"),
        },
    )


@pages.route("/help/mail", methods=["GET", "POST"])
@allow("public")
@show("public/mail_help.html")
@accept(EnquirySchema, refusals="email")
def mail_help(sent: Submission) -> Page:
    """What a letter has to say, and the letter itself."""
    if not sent.is_accepted:
        challenges.offer_challenge()
        return _build_page(sent)
    if (before := enquiries.find_by_form(_form_key())) is not None:
        return _lead_on(before)
    office = _find_office(sent.answers["authority"])
    db.session.rollback()  # what is counted is counted by itself
    challenges.require_challenge()
    _count_letter(sent.answers["email"])
    answers = {name: value for name, value in sent.answers.items() if name != "authority"}
    letter = Enquiry(
        form_key=_form_key(), authority=db.session.get_one(Authority, office), written_at=now(), **answers
    )
    enquiries.write_enquiry(letter)
    db.session.commit()
    return _lead_on(letter)


def _lead_on(letter: Enquiry) -> ResponseReturnValue:
    told = gettext(
        "来信已交付发送，编号 %(number)s，收信的是%(office)s；副本寄到 %(email)s。",
        number=letter.id,
        office=letter.authority.short_contact,
        email=letter.email,
    )
    flash(told, "ok")
    return redirect(url_for("public.help"), 303)


def _build_page(sent: Submission) -> dict[str, Any]:
    chosen = request.args.get("office", "", type=str)
    return {
        "form": sent.view({**_known_of_writer(), "authority": chosen}),
        "offices": [(one.id, one.name) for one in db.session.scalars(select_mail_offices())],
        "form_key": request.form.get(FORM_KEY) or secrets.token_urlsafe(24),
    }


def _known_of_writer() -> dict[str, str | None]:
    """What is known of an applicant who is signed in; nobody else has to be known."""
    if g.principal is None or g.principal.kind != PersonKind.APPLICANT:
        return {}
    person = db.session.get_one(Person, g.principal.person_id)
    tail = (person.document_number or "")[-4:]
    known = {"name": person.name, "document_kind": person.document_kind, "document_tail": tail}
    return known | {"mobile": person.mobile, "email": person.email}


def _form_key() -> str:
    """The key of the form that was sent; without one, as from an old page, it is a letter of its own."""
    sent = request.form.get(FORM_KEY, "")
    return sent if 16 <= len(sent) <= 64 else secrets.token_urlsafe(24)


def _find_office(number: int) -> int:
    if 0 < number <= row_numbers.LARGEST_NUMBER:
        office = db.session.get(Authority, number)
        if office is not None and office.email:
            return office.id
    raise Invalid({"authority": [str(lazy_gettext("请选择认定机构"))]})


def _count_letter(email: str) -> None:
    """Nobody fills a mailbox from here, neither the office's nor that of whoever is named as the sender."""
    rate_limits.count_or_refuse(TooManyLetters, FROM_ADDRESS, "enquiry", rate_limits.client_address())
    rate_limits.count_or_refuse(TooManyLetters, TO_SENDER, "enquiry", spelling.normalize_login(email))
