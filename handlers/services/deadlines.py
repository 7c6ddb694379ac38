"""Service tasks on time: the confirmation window, the legal limit, and what follows when they move."""

from __future__ import annotations

from domain.deadlines import confirmation_window, deadline_changes, legal_limit
from handlers.services.parameters import ApplicationParameters, ClockParameters, DeadlineParameters
from models.authorities.states import PlanMode
from models.processes.states import OperationKind
from translations import lazy_gettext
from workflows import operations
from workflows.operations import STEADY, Answer, Operation
from workflows.vocabulary import MOMENT

_TIMES = {
    "warn_at": Answer(label=lazy_gettext("提醒时间"), english="when staff are warned", type=MOMENT),
    "due_at": Answer(label=lazy_gettext("法定办理期限"), english="the legal limit", type=MOMENT),
}
LIMIT = Answer(label=lazy_gettext("法定期限的时间"), english="the times of the legal limit", parts=_TIMES)
PAUSED = Answer(
    label=lazy_gettext("法定期限的时间"),
    english="the times of the legal limit",
    parts=_TIMES
    | {"paused_at": Answer(label=lazy_gettext("停止计算的时间"), english="when it was stopped", type=MOMENT)},
)
ARRANGEMENT = Answer(
    label=lazy_gettext("确认安排"),
    english="the arrangement of the confirmation",
    parts={
        "mode": Answer(
            label=lazy_gettext("确认方式"),
            english="how it is confirmed",
            values={
                PlanMode.ON_SITE.value: lazy_gettext("现场确认"),
                PlanMode.ONLINE.value: lazy_gettext("全程网办"),
            },
        ),
        "until": Answer(label=lazy_gettext("确认截止时间"), english="until when", type=MOMENT),
        "own": Answer(
            label=lazy_gettext("截止时间是否另定"),
            english="whether the end is the application's own",
            values={True: lazy_gettext("是"), False: lazy_gettext("否")},
        ),
    },
)
for _name, _perform, _schema, _summary, _english, _answer in (
    (
        "start",
        legal_limit.start_limit,
        ApplicationParameters,
        lazy_gettext("计算法定办理期限：确认截止之日（之后受理的为受理之日）起 30 个工作日"),
        "Work out the legal limit: 30 working days from the end of the confirmation or from the acceptance",
        LIMIT,
    ),
    (
        "pause",
        legal_limit.pause_limit,
        ApplicationParameters,
        lazy_gettext("专家评审期间停止计算法定期限"),
        "Stop the legal limit while experts review",
        PAUSED,
    ),
    (
        "resume",
        legal_limit.resume_limit,
        ClockParameters,
        lazy_gettext("专家评审结束，按评审所用工作日顺延法定期限"),
        "Let the legal limit run again, later by the days of the review",
        LIMIT,
    ),
    (
        "warn",
        legal_limit.warn_staff,
        DeadlineParameters,
        lazy_gettext("提醒经办人员：期限将满"),
        "Remind those who work on it: the limit is near",
        None,
    ),
    (
        "escalate",
        legal_limit.escalate_overdue,
        DeadlineParameters,
        lazy_gettext("告知须办理的人员（作结论的人员，或者确认点）：期限已满"),
        "Tell those who must act, deciders or people of the site: a limit has passed",
        None,
    ),
):
    operations.register_operation(
        Operation(
            name=f"deadlines.{_name}",
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
        name="plans.arrangement",
        kind=OperationKind.INWARD,
        summary=lazy_gettext("读取该申请所在计划的确认方式和确认截止时间"),
        english="Read how and until when applications of its plan are confirmed",
        answer=ARRANGEMENT,
        parameters=ApplicationParameters,
        perform=confirmation_window.read_arrangement,
    )
)
operations.register_operation(
    Operation(
        name="cases.redate",
        kind=OperationKind.OUTWARD,
        summary=lazy_gettext("计划或工作日历变更后，重新计算一件申请的时限"),
        english="Work the times of an application out again after its plan or the calendar changed",
        parameters=ApplicationParameters,
        perform=lambda request, key: None,
        record=deadline_changes.redate_case,
        patience=STEADY,
        lane="steps",
    )
)
