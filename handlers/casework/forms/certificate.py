"""Printing, handing over, posting, tracing and filing a certificate."""

from __future__ import annotations

from typing import Any

from domain.cases import process_hooks
from handlers.casework.dossier import case_facts
from handlers.casework.forms.schema_fields import choice_field, text_field
from handlers.page.printable_text import StandardTextSchema
from models import db
from models.base.errors import NotFound
from models.cases import casework
from models.cases.applications import Certificate
from translations import gettext, lazy_gettext, office_language
from workflows.forms import Form, FormContext, register_form

PRINT_RESULTS = {"good": lazy_gettext("打印合格"), "spoiled": lazy_gettext("打坏作废，重新打印")}
PARCEL_RESULTS = {"delivered": lazy_gettext("已送达"), "lost": lazy_gettext("邮件遗失，重新寄送")}


class PrintSchema(StandardTextSchema):
    """How printing went."""

    printed = choice_field(lazy_gettext("打印结果"), PRINT_RESULTS)


class HandOverSchema(StandardTextSchema):
    """To whom the certificate was handed, and what document was seen."""

    received_by = text_field(lazy_gettext("领取人"), required=True, most=40)
    document = text_field(
        lazy_gettext("核对的证件"),
        required=True,
        most=60,
        hint=lazy_gettext("证件种类；代领时还要写明委托书"),
    )


class PostSchema(StandardTextSchema):
    """The parcel's tracking number."""

    tracking_number = text_field(lazy_gettext("邮件号码"), required=True, most=40)


class TraceSchema(StandardTextSchema):
    """What became of the parcel."""

    parcel = choice_field(lazy_gettext("查询结果"), PARCEL_RESULTS)


class ArchiveSchema(StandardTextSchema):
    """Where the papers of the case are filed."""

    archive_number = text_field(lazy_gettext("档案号"), required=True, most=40)


def view_certificate(case: FormContext) -> dict[str, Any]:
    """The case with its certificate."""
    certificate = certificate_of(case)
    return case_facts.build_facts(process_hooks.require_case_of(case.instance)) | {
        "certificate": case_facts.certificate_facts(certificate)
    }


def certificate_of(case: FormContext) -> Certificate:
    """The certificate of the case; it has its number before anyone can print it."""
    found = db.session.scalar(casework.select_certificate(process_hooks.require_case_of(case.instance).id))
    if found is None:
        raise NotFound(gettext("证书尚未编号。"))
    return found


def save_printed(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Count a spoiled blank, or record when the good one was printed."""
    certificate = certificate_of(case)
    if data["printed"] == "good":
        certificate.printed_at = case.now
    else:
        certificate.spoiled += 1
    return {"printed": data["printed"]}


@office_language()
def save_handed_over(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Record who took the certificate."""
    certificate = certificate_of(case)
    certificate.handed_over_at = case.now
    certificate.handed_over_to = gettext(
        "%(receiver)s（%(document)s）", receiver=data["received_by"], document=data["document"]
    )
    return {}


def save_posted(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Record the tracking number of the parcel."""
    certificate_of(case).tracking_number = data["tracking_number"]
    return {}


def save_traced(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Record that the parcel arrived; a lost one is posted anew."""
    if data["parcel"] == "delivered":
        certificate_of(case).handed_over_at = case.now
    return {"parcel": data["parcel"]}


def save_archived(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Record where the papers are filed."""
    certificate_of(case).archive_number = data["archive_number"]
    return {}


DECIDED = {"certificate/print": {"printed": PRINT_RESULTS}, "certificate/trace": {"parcel": PARCEL_RESULTS}}
FORMS = (
    ("certificate/print", lazy_gettext("打印证书"), PrintSchema, save_printed),
    ("certificate/hand_over", lazy_gettext("发放证书"), HandOverSchema, save_handed_over),
    ("certificate/post", lazy_gettext("邮寄证书"), PostSchema, save_posted),
    ("certificate/trace", lazy_gettext("查询邮件"), TraceSchema, save_traced),
    ("certificate/archive", lazy_gettext("归档"), ArchiveSchema, save_archived),
)
for key, title, schema, save in FORMS:
    register_form(
        Form(
            key=key,
            title=title,
            schema=schema,
            view=view_certificate,
            save=save,
            decides=DECIDED.get(key, {}),
        )
    )
