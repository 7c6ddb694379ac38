"""Service tasks that tell people something."""

from __future__ import annotations

from functools import partial

from marshmallow import Schema, fields

from domain.notices import case_notices, delivery, incidents
from handlers.services.parameters import OfTemplate
from workflows import operations
from workflows.operations import LASTING, Operation


class OfNotice(Schema):
    """A notice to be sent out."""

    notice = fields.Integer(required=True, strict=True)


class OfNothing(Schema):
    """What is told is how things stand when it is told."""


operations.register(
    Operation(
        name="notices.send",
        kind="inward",
        summary="向申请人发送通知（站内、短信、邮件）",
        parameters=OfTemplate,
        perform=case_notices.send,
    )
)
for _channel, _summary in zip(delivery.CHANNELS, ("用短信发出一条通知", "用邮件发出一条通知"), strict=True):
    operations.register(
        Operation(
            name=f"notices.{_channel.name}",
            kind="outward",
            summary=_summary,
            parameters=OfNotice,
            prepare=partial(delivery.prepare, _channel),
            perform=partial(delivery.perform, _channel),
            record=partial(delivery.record, _channel),
            abandon=partial(delivery.abandon, _channel),
            patience=LASTING,
        )
    )
operations.register(
    Operation(
        name="notices.deliver",
        kind="outward",
        summary="把一条通知用短信和邮件发出",
        parameters=OfNotice,
        perform=lambda request, key: key,
        record=delivery.divide,
        patience=LASTING,
    )
)
operations.register(
    Operation(
        name=incidents.TELL,
        kind="outward",
        summary="把未能完成的系统任务告知运维人员",
        parameters=OfNothing,
        prepare=incidents.prepare,
        perform=incidents.perform,
        record=incidents.record,
        patience=LASTING,
    )
)
