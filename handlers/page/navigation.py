"""Where the header leads: one table, from which each person sees what they may enter."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request, url_for

from domain.reach.principal import Principal


@dataclass(frozen=True, kw_only=True)
class Way:
    """A link of the header."""

    endpoint: str
    label: str
    roles: frozenset[str] = frozenset()  # empty: everybody of that side


PUBLIC = (
    Way(endpoint="public.home", label="首页"),
    Way(endpoint="public.services", label="网上办事"),
    Way(endpoint="public.certificates", label="证书查询"),
    Way(endpoint="public.help", label="咨询服务"),
)
APPLICANT_MENU = (
    Way(endpoint="profile.overview", label="个人信息中心"),
    Way(endpoint="apply.platform", label="业务平台"),
    Way(endpoint="apply.enquiry", label="查询报名信息"),
    Way(endpoint="apply.inbox", label="留言"),
    Way(endpoint="account.settings", label="账号与安全"),
)
STAFF = (
    Way(endpoint="casework.worklist", label="工作列表"),
    Way(endpoint="casework.desk", label="现场确认", roles=frozenset({"site.clerk", "site.supervisor"})),
    Way(endpoint="casework.search", label="查找案件"),
    Way(endpoint="casework.certificates", label="证书", roles=frozenset({"certificate.clerk"})),
    Way(endpoint="casework.processes", label="流程", roles=frozenset({"process.designer", "admin"})),
    Way(endpoint="authority.plans", label="认定计划", roles=frozenset({"authority.plans"})),
    Way(endpoint="authority.working_days", label="工作日历", roles=frozenset({"authority.plans", "admin"})),
    Way(endpoint="designer.processes", label="流程设计", roles=frozenset({"process.designer", "admin"})),
    Way(endpoint="operate.overview", label="运行监控", roles=frozenset({"process.designer", "admin"})),
)
STAFF_MENU = (Way(endpoint="account.settings", label="账号与安全"),)


def shown(principal: Principal | None) -> list[dict[str, object]]:
    """The links of the header for whoever asks."""
    staff = principal is not None and principal.kind == "staff"
    return _links(STAFF if staff else PUBLIC, principal)


def account_menu(principal: Principal | None) -> list[dict[str, object]]:
    """The links under the person's name."""
    if principal is None:
        return []
    return _links(STAFF_MENU if principal.kind == "staff" else APPLICANT_MENU, principal)


def _links(ways: tuple[Way, ...], principal: Principal | None) -> list[dict[str, object]]:
    held = principal.roles if principal else frozenset()
    there = [way for way in ways if way.endpoint in current_app.view_functions]
    return [_one(way) for way in there if not way.roles or way.roles & held]


def _one(way: Way) -> dict[str, object]:
    return {"url": url_for(way.endpoint), "label": way.label, "current": request.endpoint == way.endpoint}
