"""Where the header leads: one table, from which each person sees what they may enter."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for

from domain.reach.principal import Principal
from handlers.entry import access
from models.persons.states import PersonKind
from translations import lazy_gettext


@dataclass(frozen=True, kw_only=True)
class NavigationLink:
    """A link of the header."""

    endpoint: str
    label: str
    roles: frozenset[str] = frozenset()  # where fewer need the link than may open its page


PUBLIC = (
    NavigationLink(endpoint="public.home", label=lazy_gettext("首页")),
    NavigationLink(endpoint="public.services", label=lazy_gettext("网上办事")),
    NavigationLink(endpoint="public.periodic", label=lazy_gettext("定期注册")),
    NavigationLink(endpoint="public.certificates", label=lazy_gettext("证书查询")),
    NavigationLink(endpoint="public.help", label=lazy_gettext("咨询服务")),
)
APPLICANT_MENU = (
    NavigationLink(endpoint="profile.overview", label=lazy_gettext("个人信息中心")),
    NavigationLink(endpoint="apply.platform", label=lazy_gettext("业务平台")),
    NavigationLink(endpoint="apply.enquiry", label=lazy_gettext("查询报名信息")),
    NavigationLink(endpoint="apply.inbox", label=lazy_gettext("留言")),
    NavigationLink(endpoint="account.settings", label=lazy_gettext("账号与安全")),
)
STAFF = (
    NavigationLink(endpoint="casework.worklist", label=lazy_gettext("工作列表")),
    NavigationLink(endpoint="casework.desk", label=lazy_gettext("现场确认")),
    NavigationLink(endpoint="casework.search", label=lazy_gettext("查找案件")),
    NavigationLink(endpoint="casework.account_requests", label=lazy_gettext("账号申请")),
    NavigationLink(endpoint="casework.certificates", label=lazy_gettext("证书")),
    NavigationLink(endpoint="casework.processes", label=lazy_gettext("流程")),
    NavigationLink(endpoint="authority.plans", label=lazy_gettext("认定计划")),
    NavigationLink(
        endpoint="authority.working_days",
        label=lazy_gettext("工作日历"),
        roles=frozenset({"authority.plans", "admin"}),
    ),
    NavigationLink(endpoint="authority.questions", label=lazy_gettext("咨询服务")),
    NavigationLink(endpoint="designer.processes", label=lazy_gettext("流程设计")),
    NavigationLink(endpoint="operate.overview", label=lazy_gettext("运行监控")),
)
STAFF_MENU = (NavigationLink(endpoint="account.settings", label=lazy_gettext("账号与安全")),)


def header_links(principal: Principal | None) -> list[dict[str, object]]:
    """The links of the header for whoever asks."""
    staff = principal is not None and principal.kind == PersonKind.STAFF
    return _build_links(STAFF if staff else PUBLIC, principal)


def account_menu(principal: Principal | None) -> list[dict[str, object]]:
    """The links under the person's name."""
    if principal is None:
        return []
    return _build_links(STAFF_MENU if principal.kind == PersonKind.STAFF else APPLICANT_MENU, principal)


def _build_links(ways: tuple[NavigationLink, ...], principal: Principal | None) -> list[dict[str, object]]:
    there = [way for way in ways if way.endpoint in current_app.view_functions]
    return [_describe_link(way) for way in there if _is_offered(way, principal)]


def _is_offered(way: NavigationLink, principal: Principal | None) -> bool:
    """Whether the page behind a link lets somebody enter, and the link is for them."""
    held = principal.roles if principal else frozenset()
    may_enter = access.may_enter(access.find_audience(current_app, way.endpoint), principal)
    return may_enter and (not way.roles or bool(way.roles & held))


def _describe_link(way: NavigationLink) -> dict[str, object]:
    return {
        "key": way.endpoint,
        "url": url_for(way.endpoint),
        "label": way.label,
        "current": request.endpoint == way.endpoint,
    }
