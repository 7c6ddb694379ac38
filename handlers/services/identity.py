"""Service tasks of the real-name check."""

from __future__ import annotations

from marshmallow import Schema, fields

from domain.accounts import identity_checks
from models.processes.states import OperationKind
from translations import lazy_gettext
from workflows import operations
from workflows.operations import Answer, Operation


class IdentityCheckParameters(Schema):
    """The id of a real-name check."""

    check = fields.Integer(required=True, strict=True)


operations.register_operation(
    Operation(
        name="identity.ask",
        kind=OperationKind.OUTWARD,
        summary=lazy_gettext("向公安实名核验库核验姓名和证件号码"),
        english="Ask the identity register whether a name and a document number belong together",
        answer=Answer(
            label=lazy_gettext("核验结果"),
            english="what the register said",
            values={
                "match": lazy_gettext("一致"),
                "mismatch": lazy_gettext("不一致"),
                "not_found": lazy_gettext("没有这个证件"),
                "busy": lazy_gettext("今天不再核验这个号码"),
            },
        ),
        parameters=IdentityCheckParameters,
        prepare=identity_checks.prepare_question,
        perform=identity_checks.ask_register,
        record=identity_checks.record_answer,
    )
)
for _name, _perform, _summary, _english in (
    (
        "note_silence",
        identity_checks.note_silence,
        lazy_gettext("记录核验库没有答复"),
        "Record that the register gave no answer",
    ),
    (
        "ask_documents",
        identity_checks.request_documents,
        lazy_gettext("通知申请人上传证件照片，或者重新上传"),
        "Ask the person for a picture of the document, or for another one",
    ),
    (
        "confirm",
        identity_checks.confirm_match,
        lazy_gettext("核验库核验一致：记录实名核验通过，并通知申请人"),
        "The register knows the name: record it and tell the person",
    ),
    (
        "accept",
        identity_checks.accept_documents,
        lazy_gettext("证件经人工核对：记录实名核验通过，并通知申请人"),
        "A clerk has seen the document: record it and tell the person",
    ),
    (
        "refuse",
        identity_checks.refuse_documents,
        lazy_gettext("证件不能证明姓名：告知申请人理由"),
        "The document does not prove the name: tell the person why",
    ),
):
    operations.register_operation(
        Operation(
            name=f"identity.{_name}",
            kind=OperationKind.INWARD,
            summary=_summary,
            english=_english,
            parameters=IdentityCheckParameters,
            perform=_perform,
        )
    )
