"""Service tasks on an application: registered, accepted, ended, decided, given its certificate."""

from __future__ import annotations

from domain.cases import applications, certificates, decisions, registration
from handlers.services.parameters import ApplicationParameters, DecisionParameters, PayloadParameters
from models.processes.states import OperationKind
from translations import lazy_gettext
from workflows import operations
from workflows.operations import Operation

for _name, _perform, _summary in (
    ("register", registration.register_application, lazy_gettext("再次核对全部条件，生成报名号")),
    (
        "abandon",
        registration.abandon_application,
        lazy_gettext("放弃未提交的报名，清除已填内容；已有报名号的不受影响"),
    ),
):
    operations.register_operation(
        Operation(
            name=f"applications.{_name}",
            kind=OperationKind.INWARD,
            summary=_summary,
            parameters=ApplicationParameters,
            perform=_perform,
        )
    )
for _name, _perform, _schema, _summary in (
    (
        "accept",
        applications.accept_application,
        ApplicationParameters,
        lazy_gettext("受理申请，记录受理时间"),
    ),
    ("decline", applications.decline_application, ApplicationParameters, lazy_gettext("不予受理，记录时间")),
    (
        "lapse",
        applications.lapse_application,
        ApplicationParameters,
        lazy_gettext("逾期作废，释放考试合格证明"),
    ),
    (
        "withdraw",
        applications.withdraw_application,
        PayloadParameters,
        lazy_gettext("办理申请人撤回，释放考试合格证明"),
    ),
    (
        "reopen",
        applications.reopen_application,
        PayloadParameters,
        lazy_gettext("退回网报待确认，此前的受理结果不再有效"),
    ),
):
    operations.register_operation(
        Operation(
            name=f"applications.{_name}",
            kind=OperationKind.INWARD,
            summary=_summary,
            parameters=_schema,
            perform=_perform,
        )
    )
operations.register_operation(
    Operation(
        name="decisions.record",
        kind=OperationKind.INWARD,
        summary=lazy_gettext("记录认定结论的时间；不予认定时释放考试合格证明"),
        parameters=DecisionParameters,
        perform=decisions.record_decision,
    )
)
operations.register_operation(
    Operation(
        name="decisions.request_recheck",
        kind=OperationKind.INWARD,
        summary=lazy_gettext("核查结果已过时，全部重新核查"),
        parameters=ApplicationParameters,
        perform=decisions.request_recheck,
    )
)
operations.register_operation(
    Operation(
        name="certificates.assign_number",
        kind=OperationKind.INWARD,
        summary=lazy_gettext("按国家规则编制证书号码：同一认定机构同一年度连续编号"),
        parameters=ApplicationParameters,
        perform=certificates.assign_number,
    )
)
operations.register_operation(
    Operation(
        name="certificates.announce",
        kind=OperationKind.INWARD,
        summary=lazy_gettext("通知申请人证书已制好，并读取领取方式"),
        parameters=ApplicationParameters,
        perform=certificates.announce_certificate,
    )
)
