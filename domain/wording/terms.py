"""The words of accreditation that designers use in public states, services, letters, notices and messages."""

from __future__ import annotations

from typing import Any

from models.base import business_keys
from models.cases.states import ENDED_STANDINGS, Ability, Standing
from models.persons.states import RequestSort
from translations import Sentence, lazy_gettext
from workflows.vocabulary import (
    DURATION,
    MOMENT,
    TRUTH,
    Term,
    TermSort,
    name_choices,
    name_subject,
    register_term,
)

SUBJECTS = {
    business_keys.CASE: (lazy_gettext("认定申请"), "an application for a qualification"),
    business_keys.THREAD: (lazy_gettext("留言"), "a thread of messages about an application"),
    business_keys.ACCOUNT: (lazy_gettext("账号申请"), "a request about an account"),
    business_keys.IDENTITY: (lazy_gettext("实名核验"), "a real-name check"),
}
# What a case starts with, by its subject: the process may read these from the beginning.
STARTING = {
    business_keys.CASE: {"application": name_subject("application"), "draft_limit": DURATION},
    business_keys.THREAD: {
        "thread": name_subject("thread"),
        "application": name_subject("application"),
        "reply_wanted": TRUTH,
        "reply_until": MOMENT,  # where an answer is wanted
        "by_process": TRUTH,
        "by_applicant": TRUTH,
    },
    business_keys.ACCOUNT: {"request": name_subject("request"), "sort": name_choices(RequestSort)},
    business_keys.IDENTITY: {"check": name_subject("check"), "told": TRUTH},
}
STANDINGS = {
    Standing.DRAFT: (lazy_gettext("正在填报，只有申请人知道"), "being filled in"),
    Standing.CONFIRMING: (lazy_gettext("已报名，等待确认或正在确认"), "registered, being confirmed"),
    Standing.DECLINED: (lazy_gettext("不予受理，还可以调整"), "not accepted, may be set back"),
    Standing.DECIDING: (lazy_gettext("已受理，法定期限在走"), "accepted, the legal time runs"),
    Standing.GRANTED: (lazy_gettext("认定通过"), "granted"),
    Standing.REFUSED: (lazy_gettext("认定未通过，申请结束"), "refused; ends the application"),
    Standing.WITHDRAWN: (lazy_gettext("申请人撤回，申请结束"), "withdrawn; ends the application"),
    Standing.LAPSED: (lazy_gettext("逾期，申请结束"), "lapsed; ends the application"),
    Standing.ABANDONED: (lazy_gettext("放弃填报，没有报名号"), "a draft that was given up"),
}
ABILITIES = {
    Ability.CHANGE: (lazy_gettext("申请人可以修改申报内容"), "the applicant may change what was filled in"),
    Ability.UPLOAD: (lazy_gettext("申请人可以上传材料"), "the applicant may upload materials"),
    Ability.CONFIRM: (lazy_gettext("可以办理材料确认"), "the materials may be confirmed"),
    Ability.CORRECT: (lazy_gettext("等待申请人补正"), "a correction is awaited"),
    Ability.WITHDRAW: (lazy_gettext("申请人可以撤回"), "the applicant may withdraw"),
    Ability.SET_BACK: (lazy_gettext("认定机构可以调整回待确认"), "the authority may set the case back"),
}
REASONS = {
    "confirmation": (lazy_gettext("确认意见"), "the opinion of the confirmation"),
    "decision": (lazy_gettext("认定结论的意见"), "the opinion of the decision"),
}
SHEETS = {
    "application_form": (lazy_gettext("教师资格认定申请表"), "the application form"),
    "certificate": (lazy_gettext("教师资格证书"), "the certificate"),
}
# What happens without a diagram's saying so → whose case it is about.
OCCASIONS = {
    "set_back": (business_keys.CASE, lazy_gettext("认定机构调整了认定状态"), "a case was set back"),
    "window_moved": (business_keys.CASE, lazy_gettext("确认时间有变动"), "the confirmation period moved"),
    "limit_moved": (business_keys.CASE, lazy_gettext("法定办理期限有变动"), "the legal limit moved"),
    "limit_near": (business_keys.CASE, lazy_gettext("法定办理期限将满（告知办理人员）"), "the limit is near"),
    "limit_passed": (
        business_keys.CASE,
        lazy_gettext("法定办理期限已满（告知办理人员）"),
        "the limit has passed",
    ),
    "review_overdue": (
        business_keys.CASE,
        lazy_gettext("材料久未核对（告知确认点）"),
        "materials wait too long",
    ),
    "approval_overdue": (
        business_keys.CASE,
        lazy_gettext("再次退回久未批准（告知确认点主管）"),
        "an approval waits too long",
    ),
    "certificate_pickup": (
        business_keys.CASE,
        lazy_gettext("证书可以领取"),
        "the certificate can be collected",
    ),
    "certificate_post": (business_keys.CASE, lazy_gettext("证书将要寄出"), "the certificate will be posted"),
    "message": (business_keys.THREAD, lazy_gettext("收到留言"), "a message came"),
    "message_to_answer": (
        business_keys.THREAD,
        lazy_gettext("收到要回复的留言"),
        "a message wants an answer",
    ),
    "message_reminder": (business_keys.THREAD, lazy_gettext("留言等待回复"), "an answer is still wanted"),
    "message_unanswered": (
        business_keys.THREAD,
        lazy_gettext("留言逾期未回复"),
        "the time to answer is over",
    ),
    "reply_missing": (business_keys.THREAD, lazy_gettext("没有等到回复（告知留言人）"), "no answer came"),
}
# Data of a case that notices name in braces.
NOTICE_FIELDS = {
    "number": (lazy_gettext("报名号"), "registration number"),
    "site": (lazy_gettext("确认点"), "confirmation site"),
    "until": (lazy_gettext("确认截止时间"), "end of the confirmation period"),
    "authority": (lazy_gettext("认定机构"), "authority"),
    "reason": (lazy_gettext("调整的理由"), "reason of a set-back"),
    "due": (lazy_gettext("法定办理期限"), "legal limit"),
    "online": (lazy_gettext("全程网办（条件）"), "handled online (condition)"),
    "office": (lazy_gettext("留言的机构"), "office that writes"),
    "reply_until": (lazy_gettext("回复期限"), "until when an answer is wanted"),
    "title": (lazy_gettext("留言标题"), "title of the thread"),
}
# What a message does → the button's words, who may send it, what messages that did it were called before they
# said so themselves, and what it brings along.
ACTS: dict[str, tuple[Sentence, str, tuple[str, ...], str, dict[str, str]]] = {
    "application.abandon": (
        lazy_gettext("放弃报名"),
        "give a draft up",
        ("applicant",),
        "abandoned",
        {"application": "integer"},
    ),
    "application.withdraw": (
        lazy_gettext("撤回申请"),
        "withdraw",
        ("applicant",),
        "withdrawn",
        {"application": "integer", "reason": "string"},
    ),
    "application.arrive": (
        lazy_gettext("到场，开始核对"),
        "arrive at the site",
        ("site.clerk",),
        "arrived",
        {"application": "integer"},
    ),
    "application.set_back": (
        lazy_gettext("调整认定状态"),
        "set back to confirmation",
        ("authority.first", "authority.second", "authority.decide"),
        "set_back",
        {"application": "integer", "reason": "string"},
    ),
    "certificate.receive": (
        lazy_gettext("登记签收"),
        "record the receipt",
        ("certificate.clerk",),
        "received",
        {"application": "integer", "reason": "string"},
    ),
    "thread.answer": (
        lazy_gettext("回复"),
        "answer",
        ("applicant",),
        "answered",
        {"thread": "integer", "message": "integer"},
    ),
    "thread.close": (
        lazy_gettext("结束留言"),
        "close a thread",
        ("sender",),
        "thread_closed",
        {"thread": "integer", "reason": "string"},
    ),
    "identity.settle": (
        lazy_gettext("告知核验已经通过"),
        "tell that the register knows the name by now",
        (),
        "identity_settled",
        {"check": "integer"},
    ),
    "thread.report": (
        lazy_gettext("告知留言的结果"),
        "tell how a thread ended",
        (),
        "thread_ended",
        {"thread": "integer", "outcome": "string"},
    ),
}


UNNUMBERED = (Standing.DRAFT, Standing.ABANDONED)  # without a number, which has no page of its way
DECIDED = (Standing.GRANTED, Standing.REFUSED)  # what a case becomes only after it was being decided
# Which acts the pages offer only in a state that allows it.
ABILITY_OF = {
    "application.withdraw": Ability.WITHDRAW,
    "application.arrive": Ability.CONFIRM,
    "application.set_back": Ability.SET_BACK,
}
RESTING = (Standing.DRAFT, Standing.CONFIRMING, Standing.DECIDING)  # no case ends as one of these


def register_terms() -> None:
    """Make the words known."""
    for sort, words in (
        (TermSort.SUBJECT, SUBJECTS),
        (TermSort.STANDING, STANDINGS),
        (TermSort.ABILITY, ABILITIES),
        (TermSort.REASON, REASONS),
        (TermSort.SHEET, SHEETS),
    ):
        for name, (label, english) in words.items():
            given: dict[str, Any] = {"variables": STARTING[name]} if sort == TermSort.SUBJECT else {}
            if sort == TermSort.STANDING:
                given = {
                    "ends": name not in RESTING,
                    "rests": name not in ENDED_STANDINGS,
                    "shown": name not in UNNUMBERED,
                    "after": Standing.DECIDING if name in DECIDED else "",
                }
            if sort == TermSort.SHEET:
                given = {"subject": business_keys.CASE}
            register_term(Term(sort=sort, name=str(name), label=label, english=english, details=given))
    for name, (label, english) in NOTICE_FIELDS.items():
        known: dict[str, Any] = {"kind": "text", "used_by": ("notice",)}
        register_term(Term(sort=TermSort.FIELD, name=name, label=label, english=english, details=known))
    for name, (subject, label, english) in OCCASIONS.items():
        register_term(
            Term(
                sort=TermSort.OCCASION,
                name=name,
                label=label,
                english=english,
                details={"subject": subject},
            )
        )
    for name, (label, english, roles, formerly, payload) in ACTS.items():
        does: dict[str, Any] = {"roles": roles, "formerly": formerly, "payload": payload}
        does |= {"ability": ABILITY_OF[name]} if name in ABILITY_OF else {}
        register_term(Term(sort=TermSort.ACT, name=name, label=label, english=english, details=does))


register_terms()
