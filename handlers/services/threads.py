"""Service tasks of 留言."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from domain.messages import courses
from handlers.services.parameters import OfApplication
from models.threads import OUTCOMES
from workflows import operations
from workflows.operations import STEADY, Operation


class OfThread(Schema):
    """The id of a thread."""

    thread = fields.Integer(required=True, strict=True)


class OfOutcome(OfThread):
    """A thread and how it ends."""

    outcome = fields.String(required=True, validate=validate.OneOf(sorted(OUTCOMES)))


class OfQuestion(OfApplication):
    """What a process asks an applicant, and how many working days there are to answer."""

    title = fields.String(required=True, validate=validate.Length(min=1, max=60))
    text = fields.String(required=True, validate=validate.Length(min=1, max=2000))
    days = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=60))


for _name, _schema, _perform, _summary in (
    ("notify", OfThread, courses.notify, "通知申请人有新留言"),
    ("remind", OfThread, courses.remind, "提醒申请人回复留言"),
    ("end", OfOutcome, courses.end, "留言结束：已送达、已答复、逾期未回复或已关闭"),
    (
        "ask",
        OfQuestion,
        courses.ask,
        "以认定机构名义向申请人留言并要求回复；之后用消息 thread_ended 等待结果",
    ),
):
    operations.register(
        Operation(
            name=f"threads.{_name}", kind="inward", summary=_summary, parameters=_schema, perform=_perform
        )
    )
for _name, _record, _summary in (
    ("begin", courses.begin, "开始流程发起的留言"),
    ("report", courses.report, "把留言结果告知等待的流程"),
    ("close", courses.close, "申请结束时关闭留言"),
):
    operations.register(
        Operation(
            name=f"threads.{_name}",
            kind="outward",
            summary=_summary,
            parameters=OfThread,
            perform=lambda request, key: None,
            record=_record,
            patience=STEADY,
            lane="steps",
        )
    )
