"""Which processes may be started by hand: those that no page begins and that no case runs through.

An instance of the others belongs to a row, an application or a request; without it its tasks stand in the
lists of an office for ever and nobody can open them.
"""

from __future__ import annotations

from collections.abc import Set

from domain.reach import visibility
from models import db
from models.base.errors import NotAllowed
from models.processes import running
from translations import lazy_gettext
from workflows.definitions import contents


class BegunByPages(NotAllowed):
    """A process, or a business key, of which the instances begin with a row."""

    sentence = lazy_gettext("认定申请只能由申请人报名产生，留言和账号申诉只能由业务页面产生，不能单独启动。")


class BegunByOthers(NotAllowed):
    """A service that is begun by holders of other roles."""

    sentence = lazy_gettext("这项服务不由您的岗位发起。")


def check_start(key: str, business_key: str | None, roles: Set[str]) -> None:
    """Refuse an instance that would stand for a row that is not there, or that others begin."""
    if names_a_row(business_key) or key in list_bound_processes():
        raise BegunByPages
    if not may_begin(key, roles):
        raise BegunByOthers


def may_begin(key: str, roles: Set[str]) -> bool:
    """Whether a service lets holders of these roles begin a case; what is no service anybody may try."""
    services = [service for service in contents.list_services() if service.entry == key]
    return all(not service.starts or bool(roles & set(service.starts)) for service in services)


def names_a_row(business_key: str | None) -> bool:
    """Whether a business key is one of those that cases and their threads have."""
    return (business_key or "").startswith(visibility.ABOUT_SOMEBODY)


def list_bound_processes() -> frozenset[str]:
    """The keys of the processes that pages begin, with all that these call or have called."""
    entries = {service.entry for service in contents.list_services() if service.subject}
    return frozenset(db.session.scalars(running.select_reached_keys(entries))) | entries
