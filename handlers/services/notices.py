"""Service tasks that tell people something."""

from __future__ import annotations

from functools import partial

from marshmallow import Schema, fields

from domain.notices import case_notices, delivery, incident_notices
from handlers.services.parameters import TemplateParameters
from models.processes.states import OperationKind
from translations import lazy_gettext
from workflows import operations
from workflows.operations import LASTING, Operation


class NoticeParameters(Schema):
    """A notice to be sent out."""

    notice = fields.Integer(required=True, strict=True)


class NoParameters(Schema):
    """What is told is how things stand when it is told."""


operations.register_operation(
    Operation(
        name="notices.send",
        kind=OperationKind.INWARD,
        summary=lazy_gettext("向申请人发送通知（站内、短信、邮件）"),
        english="Notify the applicant: inbox, text message, e-mail",
        parameters=TemplateParameters,
        perform=case_notices.send_to_applicant,
    )
)
for _channel, _summary, _english in zip(
    delivery.CHANNELS,
    (lazy_gettext("用短信发出一条通知"), lazy_gettext("用邮件发出一条通知")),
    ("Send a notice by text message", "Send a notice by e-mail"),
    strict=True,
):
    operations.register_operation(
        Operation(
            name=f"notices.{_channel.name}",
            kind=OperationKind.OUTWARD,
            summary=_summary,
            english=_english,
            parameters=NoticeParameters,
            prepare=partial(delivery.prepare_delivery, _channel),
            perform=partial(delivery.perform_delivery, _channel),
            record=partial(delivery.record_delivery, _channel),
            abandon=partial(delivery.abandon_delivery, _channel),
            patience=LASTING,
        )
    )
operations.register_operation(
    Operation(
        name="notices.deliver",
        kind=OperationKind.OUTWARD,
        summary=lazy_gettext("把一条通知用短信和邮件发出"),
        english="Send a notice by text message and by e-mail",
        parameters=NoticeParameters,
        perform=lambda request, key: key,
        record=delivery.divide_by_channel,
        patience=LASTING,
    )
)
operations.register_operation(
    Operation(
        name=incident_notices.OPERATION,
        kind=OperationKind.OUTWARD,
        summary=lazy_gettext("把未能完成的系统任务告知运维人员"),
        english="Tell operators of tasks that the system could not do",
        parameters=NoParameters,
        prepare=incident_notices.prepare_message,
        perform=incident_notices.send_message,
        record=incident_notices.record_message,
        patience=LASTING,
    )
)
