"""Service tasks on time: the confirmation window, the legal limit, and what follows when they move."""

from __future__ import annotations

from domain.deadlines import confirmation_window, deadline_changes, legal_limit
from handlers.services.parameters import ApplicationParameters, ClockParameters, DeadlineParameters
from models.processes.states import OperationKind
from translations import lazy_gettext
from workflows import operations
from workflows.operations import STEADY, Operation

for _name, _perform, _schema, _summary in (
    (
        "start",
        legal_limit.start_limit,
        ApplicationParameters,
        lazy_gettext("计算法定办理期限：确认截止之日（之后受理的为受理之日）起 30 个工作日"),
    ),
    ("pause", legal_limit.pause_limit, ApplicationParameters, lazy_gettext("专家评审期间停止计算法定期限")),
    (
        "resume",
        legal_limit.resume_limit,
        ClockParameters,
        lazy_gettext("专家评审结束，按评审所用工作日顺延法定期限"),
    ),
    ("warn", legal_limit.warn_staff, DeadlineParameters, lazy_gettext("提醒经办人员：期限将满")),
    (
        "escalate",
        legal_limit.escalate_overdue,
        DeadlineParameters,
        lazy_gettext("告知作结论的人员：期限已满"),
    ),
):
    operations.register_operation(
        Operation(
            name=f"deadlines.{_name}",
            kind=OperationKind.INWARD,
            summary=_summary,
            parameters=_schema,
            perform=_perform,
        )
    )
operations.register_operation(
    Operation(
        name="plans.arrangement",
        kind=OperationKind.INWARD,
        summary=lazy_gettext("读取该申请所在计划的确认方式和确认截止时间"),
        parameters=ApplicationParameters,
        perform=confirmation_window.read_arrangement,
    )
)
operations.register_operation(
    Operation(
        name="cases.redate",
        kind=OperationKind.OUTWARD,
        summary=lazy_gettext("计划或工作日历变更后，重新计算一件申请的时限"),
        parameters=ApplicationParameters,
        perform=lambda request, key: None,
        record=deadline_changes.redate_case,
        patience=STEADY,
        lane="steps",
    )
)
