"""Notices: written in the transaction that causes them, sent out by jobs after it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from domain.notices import delivery
from domain.wording import dates
from models import db
from models.authorities.states import PlanMode
from models.cases.applications import Application
from models.cases.notices import Notice
from models.persons.people import Post
from translations import lazy_gettext
from workflows.operations import OperationCall
from workflows.state_changes import StateChange

# template → (title, text); {number} {site} {until} {authority} are filled in
TEXTS = {
    "pending_confirmation": (
        lazy_gettext("报名成功，等待确认"),
        lazy_gettext(
            "您的教师资格认定报名已提交，报名号 {number}。请于 {until} 前携带材料到{site}现场确认。"
        ),
    ),
    "pending_online": (
        lazy_gettext("报名成功，请上传材料"),
        lazy_gettext(
            "您的教师资格认定报名已提交，报名号 {number}。请于 {until} 前登录业务平台上传材料，不用到场。"
        ),
    ),
    "approval_overdue": (
        lazy_gettext("再次退回待批准"),
        lazy_gettext("报名号 {number} 的再次退回已等待 5 天，尚未批准，请尽快办理。"),
    ),
    "review_overdue": (
        lazy_gettext("材料待审"),
        lazy_gettext("报名号 {number} 的材料已等待 5 天，尚未核对，请尽快办理。"),
    ),
    "correction": (
        lazy_gettext("材料需要补正"),
        lazy_gettext(
            "报名号 {number}：您的材料需要补正，请登录业务平台查看《补正材料告知书》列明的内容和截止时间。"
        ),
    ),
    "set_back": (
        lazy_gettext("认定状态已调整"),
        lazy_gettext(
            "报名号 {number}：{authority}已将您的申请调整为网报待确认，理由：{reason}。"
            "请按要求修改，并在规定时间内重新确认，期限请登录业务平台查看。"
        ),
    ),
    "pending_decision": (
        lazy_gettext("申请已受理"),
        lazy_gettext(
            "报名号 {number}：您的申请已受理，{authority}将在法定期限内作出结论，受理凭证可在业务平台下载。"
        ),
    ),
    "not_accepted": (
        lazy_gettext("确认未通过"),
        lazy_gettext("报名号 {number}：您的申请未通过确认，理由和救济途径见业务平台上的《不予受理决定书》。"),
    ),
    "granted": (
        lazy_gettext("认定通过"),
        lazy_gettext("报名号 {number}：您的教师资格已认定通过，证书制好后将另行通知。"),
    ),
    "refused": (
        lazy_gettext("认定未通过"),
        lazy_gettext("报名号 {number}：经审查不予认定，理由和救济途径见业务平台上的《不予认定决定书》。"),
    ),
    "lapsed": (
        lazy_gettext("申请逾期作废"),
        lazy_gettext("报名号 {number}：因未在规定时间内办理，您的申请已作废。"),
    ),
    "withdrawn": (lazy_gettext("申请已撤回"), lazy_gettext("报名号 {number}：您的申请已撤回。")),
    "certificate_pickup": (
        lazy_gettext("证书可以领取"),
        lazy_gettext("报名号 {number}：您的教师资格证书已制好，请到{authority}领取。"),
    ),
    "certificate_post": (
        lazy_gettext("证书即将寄出"),
        lazy_gettext("报名号 {number}：您的教师资格证书已制好，将按您填写的地址寄出。"),
    ),
    "window_moved": (
        lazy_gettext("确认时间有变动"),
        lazy_gettext(
            "报名号 {number}：{authority}调整了确认时间，请于 {until} 前办理确认，详情请登录业务平台查看。"
        ),
    ),
    "window_moved_online": (
        lazy_gettext("上传时间有变动"),
        lazy_gettext(
            "报名号 {number}：{authority}调整了确认时间，请于 {until} 前登录业务平台上传并提交材料。"
        ),
    ),
    "limit_moved": (
        lazy_gettext("办理期限有变动"),
        lazy_gettext("报名号 {number}：因计划或者工作日历调整，您的申请的法定办理期限变更为 {due}。"),
    ),
    "message": (
        lazy_gettext("收到留言"),
        lazy_gettext("报名号 {number}：{office}给您留言，请登录业务平台查看。"),
    ),
    "message_to_answer": (
        lazy_gettext("收到留言，请回复"),
        lazy_gettext("报名号 {number}：{office}给您留言，请于 {reply_until} 前登录业务平台查看并回复。"),
    ),
    "message_reminder": (
        lazy_gettext("留言等待回复"),
        lazy_gettext("报名号 {number}：{office}的留言还没有回复，请于 {reply_until} 前登录业务平台回复。"),
    ),
    "message_unanswered": (
        lazy_gettext("留言逾期未回复"),
        lazy_gettext("报名号 {number}：{office}的留言已过回复期限，不能再回复，内容可登录业务平台查看。"),
    ),
    "reply_missing": (
        lazy_gettext("留言逾期未回复"),
        lazy_gettext("报名号 {number} 的申请人没有在期限内回复留言“{title}”，请查看案件。"),
    ),
    "deadline_near": (
        lazy_gettext("办理期限将满"),
        lazy_gettext("报名号 {number} 的法定办理期限到 {due} 届满，请尽快办理。"),
    ),
    "deadline_passed": (
        lazy_gettext("办理期限已满"),
        lazy_gettext("报名号 {number} 的法定办理期限已于 {due} 届满，尚未作出结论，请督促办理。"),
    ),
}
# Correction has a word of its own from the diagram; its public word stays 网报待确认.
SILENT = frozenset({"correction"})
# Back in 网报待确认 is no new application: who set it back says so, who has mended something knows it.
ALREADY_TOLD = frozenset(
    (old, "pending_confirmation") for old in ("correction", "pending_decision", "not_accepted")
)
URGED = {"review_overdue": ("site.clerk", "site.supervisor"), "approval_overdue": ("site.supervisor",)}
ONLINE = {"pending_confirmation": "pending_online", "window_moved": "window_moved_online"}


def notify_state_changed(application: int, change: StateChange) -> None:
    """Tell the applicant of a new public state, unless it is told in other words."""
    if (change.old, change.new) in ALREADY_TOLD:
        return
    if change.new in TEXTS and change.new not in SILENT:
        _notify_applicant(application, _choose_template(application, str(change.new)), change.now)


def notify_set_back(call: OperationCall, application: int, reason: str) -> None:
    """Tell the applicant that the authority set the application back, and why."""
    _notify_applicant(application, "set_back", call.now, reason=reason)


def notify_window_moved(call: OperationCall, application: int) -> None:
    """Tell the applicant that there is another time for the confirmation."""
    _notify_applicant(application, _choose_template(application, "window_moved"), call.now)


def notify_limit_moved(call: OperationCall, application: int, due: datetime) -> None:
    """Tell the applicant of another limit for the decision."""
    _notify_applicant(application, "limit_moved", call.now, due=dates.format_day(due))


def send_to_applicant(call: OperationCall, application: int, template: str) -> None:
    """Tell the applicant something that a diagram asks for."""
    _notify_applicant(application, template, call.now)


def notify_person(case: Application, person: int, template: str, moment: datetime, **more: str) -> None:
    """Tell one person something about a case."""
    _write_notice(case, person, template, moment, **more)


def notify_certificate_ready(call: OperationCall, application: int) -> None:
    """Tell the holder how the certificate will come."""
    chosen = db.session.scalar(select(Application.delivery).where(Application.id == application))
    _notify_applicant(application, f"certificate_{chosen or 'pickup'}", call.now)


def notify_staff(call: OperationCall, application: int, template: str) -> None:
    """Tell everybody who may act on the case at its authority; once for each template and limit of a case."""
    case = db.session.get_one(Application, application)
    due = dates.format_day(case.due_at) if case.due_at else ""
    told = select(Notice.person_id).where(
        Notice.application_id == application, Notice.template == template, Notice.text.contains(due)
    )
    roles = ("authority.first", "authority.second", "authority.decide")
    staff = select(Post.person_id).where(
        Post.role.in_(roles), Post.place == f"authority:{case.authority_id}", Post.person_id.not_in(told)
    )
    for person in db.session.scalars(staff.distinct()).all():
        _write_notice(case, person, template, call.now, due=due)


def urge_site_staff(call: OperationCall, application: int, template: str) -> None:
    """Tell those at the case's site whom it waits for; each time that something takes too long."""
    case = db.session.get_one(Application, application)
    at_site = Post.place == f"site:{case.site_id}"
    staff = select(Post.person_id).where(Post.role.in_(URGED[template]), at_site)
    for person in db.session.scalars(staff.distinct().order_by(Post.person_id)).all():
        _write_notice(case, person, template, call.now)


def _choose_template(application: int, state: str) -> str:
    # With full online handling nobody is to come.
    online = db.session.get_one(Application, application).plan.mode == PlanMode.ONLINE
    return ONLINE.get(state, state) if online else state


def _notify_applicant(application: int, template: str, moment: datetime, **more: str) -> None:
    case = db.session.get_one(Application, application)
    _write_notice(case, case.person_id, template, moment, **more)


def _write_notice(case: Application, person: int, template: str, moment: datetime, **more: str) -> None:
    title, text = TEXTS[template]
    delivery.send_notice(
        Notice(
            person_id=person,
            application_id=case.id,
            template=template,
            title=title,
            text=text.format(**_text_values(case), **more),
            created_at=moment,
        )
    )


def _text_values(case: Application) -> dict[str, str]:
    return {
        "number": case.registration_number or "",
        "site": case.site.name if case.site else "",
        "until": dates.format_full_deadline(case.plan.confirm_until),
        "authority": case.authority.name,
    }
