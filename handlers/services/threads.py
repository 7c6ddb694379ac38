"""Service tasks of 留言."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from domain.messages import thread_process
from handlers.services.parameters import ApplicationParameters
from models.cases.threads import OUTCOMES
from models.processes.states import OperationKind
from translations import lazy_gettext
from workflows import operations
from workflows.operations import STEADY, Answer, Operation
from workflows.vocabulary import name_subject


class ThreadParameters(Schema):
    """The id of a thread."""

    thread = fields.Integer(required=True, strict=True)


class OutcomeParameters(ThreadParameters):
    """A thread and how it ends."""

    outcome = fields.String(required=True, validate=validate.OneOf(sorted(OUTCOMES)))


class QuestionParameters(ApplicationParameters):
    """What a process asks an applicant, and how many working days there are to answer."""

    title = fields.String(required=True, validate=validate.Length(min=1, max=60))
    text = fields.String(required=True, validate=validate.Length(min=1, max=2000))
    days = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=60))


ASKED = Answer(label=lazy_gettext("留言的编号"), english="the id of the thread", type=name_subject("thread"))
for _name, _schema, _perform, _summary, _english, _answer, _errors in (
    (
        "notify",
        ThreadParameters,
        thread_process.notify_applicant,
        lazy_gettext("通知申请人有新留言"),
        "Tell the applicant of a new message",
        None,
        (),
    ),
    (
        "remind",
        ThreadParameters,
        thread_process.remind_applicant,
        lazy_gettext("提醒申请人回复留言"),
        "Remind the applicant to answer",
        None,
        (),
    ),
    (
        "end",
        OutcomeParameters,
        thread_process.end_thread,
        lazy_gettext("留言结束：已送达、已答复、逾期未回复或已关闭"),
        "End the thread: delivered, answered, unanswered or closed",
        None,
        (),
    ),
    (
        "ask",
        QuestionParameters,
        thread_process.ask_applicant,
        lazy_gettext("以认定机构名义向申请人留言并要求回复；之后用消息 thread_ended 等待结果"),
        "Ask the applicant for the authority; then wait for the message that tells how it ended",
        ASKED,
        ("case_over",),
    ),
):
    operations.register_operation(
        Operation(
            name=f"threads.{_name}",
            kind=OperationKind.INWARD,
            summary=_summary,
            english=_english,
            answer=_answer,
            errors=_errors,
            parameters=_schema,
            perform=_perform,
        )
    )
for _name, _record, _summary, _english in (
    (
        "begin",
        thread_process.start_queued_process,
        lazy_gettext("开始流程发起的留言"),
        "Begin a thread that a process asked for",
    ),
    (
        "report",
        thread_process.report_outcome,
        lazy_gettext("把留言结果告知等待的流程"),
        "Tell the waiting process how a thread ended",
    ),
    (
        "close",
        thread_process.close_thread_of_ended_case,
        lazy_gettext("申请结束时关闭留言"),
        "Close the threads of an application that ended",
    ),
):
    operations.register_operation(
        Operation(
            name=f"threads.{_name}",
            kind=OperationKind.OUTWARD,
            summary=_summary,
            english=_english,
            parameters=ThreadParameters,
            perform=lambda request, key: None,
            record=_record,
            patience=STEADY,
            lane="steps",
        )
    )
