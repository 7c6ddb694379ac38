"""Service tasks that speak with the registers."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from domain.cases import exam_reservations
from domain.outside import background_checks
from domain.outside.records import record_syncs
from handlers.services.parameters import RegisterParameters
from models.processes.states import OperationKind
from translations import lazy_gettext
from workflows import operations
from workflows.operations import LASTING, STEADY, Answer, Operation


class ExamCertificateParameters(Schema):
    """An exam certificate, and whether it is taken into use or given back."""

    certificate = fields.Integer(required=True, strict=True)
    act = fields.String(required=True, validate=validate.OneOf(["use", "release"]))
    application = fields.Integer(required=True, strict=True)
    route = fields.String(load_default=None)


class SyncParameters(Schema):
    """A person, the register to be asked about them, and which of its askings it is."""

    person = fields.Integer(required=True, strict=True)
    register = fields.String(required=True, validate=validate.OneOf(list(record_syncs.REGISTERS)))
    round = fields.Integer(required=True, strict=True)


operations.register_operation(
    Operation(
        name="registers.query",
        kind=OperationKind.OUTWARD,
        summary=lazy_gettext("向外部核验库查询申请人；不可用时转人工核查"),
        english="Ask a register about the applicant; people ask when it cannot be reached",
        answer=Answer(
            label=lazy_gettext("核查结果"),
            english="what was found",
            values={"clear": lazy_gettext("无不利结果"), "hit": lazy_gettext("有不利结果")},
        ),
        parameters=RegisterParameters,
        prepare=background_checks.prepare_query,
        perform=background_checks.query_register,
        record=background_checks.record_answer,
        lane_by="register",
    )
)
operations.register_operation(
    Operation(
        name="exams.mark",
        kind=OperationKind.OUTWARD,
        summary=lazy_gettext("通知考试合格证明库：证书已使用或已释放"),
        english="Tell the register of exam certificates that one is in use, or free again",
        parameters=ExamCertificateParameters,
        prepare=exam_reservations.prepare_marking,
        perform=exam_reservations.mark_certificate,
        record=exam_reservations.record_marking,
        patience=LASTING,
        lane_by="route",
    )
)
operations.register_operation(
    Operation(
        name=record_syncs.OPERATION,
        kind=OperationKind.OUTWARD,
        summary=lazy_gettext("从登记库同步一个人的证书"),
        english="Bring somebody's certificates over from a register",
        parameters=SyncParameters,
        prepare=record_syncs.prepare_question,
        perform=record_syncs.ask_register,
        record=record_syncs.record_answer,
        abandon=record_syncs.abandon_question,
        patience=STEADY,
        lane_by="register",
    )
)
