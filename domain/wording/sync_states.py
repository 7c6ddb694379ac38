"""Where the asking of a register stands, in words for the person whom it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.wording import dates
from models.cases.register_syncs import RegisterSync, SyncProblem, SyncState
from translations import gettext, join_words, lazy_gettext

PROBLEMS = {
    SyncProblem.BUSY: lazy_gettext("登记库繁忙"),
    SyncProblem.UNAVAILABLE: lazy_gettext("登记库暂时无法连接"),
    SyncProblem.MALFORMED: lazy_gettext("登记库的答复无法识别"),
    SyncProblem.PENDING: lazy_gettext("登记库已收到查询，还没有答复"),
    SyncProblem.REFUSED: lazy_gettext("登记库没有受理这次查询"),
}
DIFFERENCES = {"name": lazy_gettext("姓名"), "document_number": lazy_gettext("证件号码")}
# A page looks again by itself, more and more seldom; then there is a link.
LOOKS = ((timedelta(seconds=20), 2), (timedelta(minutes=3), 10))


@dataclass(frozen=True, kw_only=True)
class SyncView:
    """What a page shows of the asking of one register."""

    state: str  # never | asking | waiting | failed | answered
    title: str = ""
    text: str = ""
    after: int = 0  # seconds until the page looks again by itself; 0: it does not
    at: datetime | None = None  # of the last answer
    differs: str = ""  # which words the register has otherwise, joined
    has_answered: bool = False  # what is there is all that the register has, as of the last answer


NEVER = SyncView(
    state="never",
    title=lazy_gettext("还没有同步"),
    text=lazy_gettext("登录时和报名第二步之前会自动同步，也可以现在同步。"),
)


def describe_sync(sync: RegisterSync | None) -> SyncView:
    """The asking of a register as a page shows it."""
    if sync is None:
        return NEVER
    if sync.state == SyncState.ANSWERED:
        told = _join_differences(sync.differs)
        return SyncView(state="answered", at=sync.answered_at, differs=told, has_answered=True)
    if sync.state == SyncState.FAILED:
        return _describe_failure(sync)
    return _describe_waiting(sync) if sync.problem != SyncProblem.NONE else _describe_asking(sync)


def _describe_asking(sync: RegisterSync) -> SyncView:
    waits = dates.request_time() - sync.asked_at
    return SyncView(
        state="asking",
        title=gettext("核验中"),
        text=gettext("正在向登记库核验，一般只要几秒钟，不用停在这里等。"),
        after=next((seconds for until, seconds in LOOKS if waits < until), 0),
        at=sync.answered_at,
    )


def _describe_waiting(sync: RegisterSync) -> SyncView:
    again = dates.format_moment(sync.next_at)
    return SyncView(
        state="waiting",
        title=_name_problem(sync),
        text=gettext("%(moment)s 会自动再问，不用您操作；不影响填写其他信息。", moment=again),
        at=sync.answered_at,
    )


def _describe_failure(sync: RegisterSync) -> SyncView:
    refused = sync.problem == SyncProblem.REFUSED
    return SyncView(
        state="failed",
        title=_name_problem(sync),
        text=gettext("请核对姓名和证件号码后重新同步；仍然不行的，请联系认定机构。")
        if refused
        else gettext("多次查询没有得到答复，这不是您的问题。请稍后重新同步；不影响填写其他信息。"),
        at=sync.answered_at,
    )


def _name_problem(sync: RegisterSync) -> str:
    return str(PROBLEMS.get(sync.problem, PROBLEMS[SyncProblem.UNAVAILABLE]))


def _join_differences(differs: str) -> str:
    return join_words(str(DIFFERENCES[one]) for one in differs.split(",") if one in DIFFERENCES)
