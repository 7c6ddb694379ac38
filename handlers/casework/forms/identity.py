"""The real-name check by people: a picture of the document is handed in, and a clerk looks at it."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from domain.accounts import identity_checks
from domain.accounts.identity_checks import Proof
from handlers.casework.forms.schema_fields import choice_field, text_field
from handlers.page.printable_text import StandardTextSchema
from models.base.codes import DOCUMENT_KINDS, SEXES
from models.base.errors import Invalid
from models.persons.identity import IdentityCheck
from translations import gettext, lazy_gettext
from workflows.forms import Form, FormContext, register_form

MOST = 500  # characters of what a person says to their picture
LARGEST = 2**31 - 1  # the number of a row
VERDICTS = {
    "accept": lazy_gettext("证件属实，核验通过"),
    "again": lazy_gettext("照片看不清或者不完整，请申请人重新上传"),
    "refuse": lazy_gettext("证件不能证明姓名，核验不通过"),
}
PURPOSES = {
    "account": lazy_gettext("核对注册的姓名"),
    "rename": lazy_gettext("更改姓名"),
}
FINDINGS = {
    "match": lazy_gettext("一致"),
    "mismatch": lazy_gettext("姓名与证件号码不一致"),
    "not_found": lazy_gettext("没有这个证件"),
    "busy": lazy_gettext("当天不再核验这个号码"),
    "unavailable": lazy_gettext("多次核验都没有答复"),
}


class DocumentsSchema(StandardTextSchema):
    """A picture of the document, which is a file of the person's own."""

    file = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, LARGEST),
        error_messages={"required": lazy_gettext("请选择证件照片")},
        metadata={"label": lazy_gettext("证件照片")},
    )
    statement = text_field(
        lazy_gettext("说明"), most=MOST, hint=lazy_gettext("可以不填；例如改过姓名、证件刚换发")
    )


class CheckDocumentsSchema(StandardTextSchema):
    """What a clerk says of the document."""

    verdict = choice_field(lazy_gettext("核对结果"), VERDICTS)
    answer = text_field(
        lazy_gettext("给申请人的说明"),
        most=300,
        hint=lazy_gettext("不通过或者要求重新上传时填写，申请人会原样看到，不超过 300 个字"),
    )

    @validates_schema(skip_on_field_errors=True)
    def reasoned(self, data: dict[str, Any], **_: Any) -> None:
        """Nobody is refused or asked again without a reason."""
        if data["verdict"] != "accept" and not data["answer"]:
            raise ValidationError(gettext("请填写给申请人的说明。"), "answer")


def view_check(case: FormContext) -> dict[str, Any]:
    """Where the check stands, for the person."""
    return {"check": identity_checks.find_by_instance(case.instance.id)}


def save_documents(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep the picture that was handed in."""
    check = identity_checks.find_by_instance(case.instance.id)
    identity_checks.keep_proof(check, Proof(file_id=data["file"], statement=data["statement"]), case.now)
    return {}


def view_documents(case: FormContext) -> dict[str, Any]:
    """The particulars beside the picture."""
    check = identity_checks.find_by_instance(case.instance.id)
    person = check.person
    return {
        "purpose": PURPOSES[check.purpose],
        "name": check.name,
        "former": person.name if person.name != check.name else "",
        "kind": DOCUMENT_KINDS.get(check.document_kind, ""),
        "number": check.document_number,
        "sex": SEXES.get(person.sex or "", ""),
        "born": person.birth_date,
        "finding": FINDINGS.get(check.finding or "", ""),
        "asked_at": check.asked_at,
        "statement": check.statement,
        "has_picture": check.file_id is not None,
        "told": check.answer,
    }


def save_verdict(case: FormContext, data: dict[str, Any]) -> dict[str, Any]:
    """Keep who looked and what they say; the process does what follows."""
    check = _require_open(identity_checks.find_by_instance(case.instance.id))
    identity_checks.keep_verdict(check, data["verdict"], data["answer"], case.actor)
    return {"verdict": data["verdict"]}


def _require_open(check: IdentityCheck) -> IdentityCheck:
    if check.file_id is None:
        raise Invalid({"verdict": [gettext("还没有证件照片，不能办理。")]})
    return check


register_form(
    Form(
        key="identity/documents",
        title=lazy_gettext("上传证件照片"),
        schema=DocumentsSchema,
        view=view_check,
        save=save_documents,
        decides={},
    )
)
register_form(
    Form(
        key="identity/check_documents",
        title=lazy_gettext("核对实名核验证件"),
        schema=CheckDocumentsSchema,
        view=view_documents,
        save=save_verdict,
        decides={"verdict": VERDICTS},
    )
)
