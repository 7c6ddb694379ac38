"""Service tasks on an application: registered, accepted, ended, decided, given its certificate."""

from __future__ import annotations

from domain.cases import applications, certificates, decisions, registration
from handlers.services.parameters import ApplicationParameters, DecisionParameters, PayloadParameters
from models.base import codes
from models.processes.states import OperationKind
from translations import lazy_gettext
from workflows import operations
from workflows.operations import Answer, Operation
from workflows.vocabulary import TEXT

REGISTERED = Answer(
    label=lazy_gettext("有没有报名号"),
    english="whether the application has a number",
    values={True: lazy_gettext("已报名"), False: lazy_gettext("未报名")},
)


def _describe_outcome(word: str, label: str) -> Answer:
    return Answer(label=lazy_gettext("办理结果"), english="the outcome", values={word: label})


for _name, _perform, _summary, _english in (
    (
        "register",
        registration.register_application,
        lazy_gettext("再次核对全部条件，生成报名号"),
        "Check everything once more, and give the application its number",
    ),
    (
        "abandon",
        registration.abandon_application,
        lazy_gettext("放弃未提交的报名，清除已填内容；已有报名号的不受影响"),
        "Give a draft up and clear it; one that has a number stays",
    ),
):
    operations.register_operation(
        Operation(
            name=f"applications.{_name}",
            kind=OperationKind.INWARD,
            summary=_summary,
            english=_english,
            answer=REGISTERED,
            parameters=ApplicationParameters,
            perform=_perform,
        )
    )
for _name, _perform, _schema, _summary, _english, _answer in (
    (
        "accept",
        applications.accept_application,
        ApplicationParameters,
        lazy_gettext("受理申请，记录受理时间"),
        "Accept the application, and note when",
        _describe_outcome("accepted", lazy_gettext("已受理")),
    ),
    (
        "decline",
        applications.decline_application,
        ApplicationParameters,
        lazy_gettext("不予受理，记录时间"),
        "Decline the application, and note when",
        _describe_outcome("declined", lazy_gettext("不予受理")),
    ),
    (
        "lapse",
        applications.lapse_application,
        ApplicationParameters,
        lazy_gettext("逾期作废，释放考试合格证明"),
        "Let the application lapse, and release its exam certificate",
        _describe_outcome("lapsed", lazy_gettext("逾期作废")),
    ),
    (
        "withdraw",
        applications.withdraw_application,
        PayloadParameters,
        lazy_gettext("办理申请人撤回，释放考试合格证明"),
        "Withdraw the application for its applicant, and release its exam certificate",
        None,
    ),
    (
        "reopen",
        applications.reopen_application,
        PayloadParameters,
        lazy_gettext("退回网报待确认，此前的受理结果不再有效"),
        "Set the application back to be confirmed; what was decided before counts no more",
        None,
    ),
):
    operations.register_operation(
        Operation(
            name=f"applications.{_name}",
            kind=OperationKind.INWARD,
            summary=_summary,
            english=_english,
            answer=_answer,
            parameters=_schema,
            perform=_perform,
        )
    )
operations.register_operation(
    Operation(
        name="decisions.record",
        kind=OperationKind.INWARD,
        summary=lazy_gettext("记录认定结论的时间；不予认定时释放考试合格证明"),
        english="Note when it was decided; a refusal releases the exam certificate",
        parameters=DecisionParameters,
        perform=decisions.record_decision,
    )
)
operations.register_operation(
    Operation(
        name="decisions.request_recheck",
        kind=OperationKind.INWARD,
        summary=lazy_gettext("核查结果已过时，全部重新核查"),
        english="The checks are out of date: do all of them again",
        answer=_describe_outcome("recheck", lazy_gettext("重新核查")),
        parameters=ApplicationParameters,
        perform=decisions.request_recheck,
    )
)
operations.register_operation(
    Operation(
        name="certificates.assign_number",
        kind=OperationKind.INWARD,
        summary=lazy_gettext("按国家规则编制证书号码：同一认定机构同一年度连续编号"),
        english="Give the certificate its number, by the national rule",
        answer=Answer(label=lazy_gettext("证书号码"), english="the number of the certificate", type=TEXT),
        parameters=ApplicationParameters,
        perform=certificates.assign_number,
    )
)
operations.register_operation(
    Operation(
        name="certificates.announce",
        kind=OperationKind.INWARD,
        summary=lazy_gettext("通知申请人证书已制好，并读取领取方式"),
        english="Tell the applicant that the certificate is made, and read how it is to be handed over",
        answer=Answer(
            label=lazy_gettext("领取方式"), english="how it is handed over", values=codes.DELIVERIES
        ),
        parameters=ApplicationParameters,
        perform=certificates.announce_certificate,
    )
)
