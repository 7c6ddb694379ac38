"""Which processes may be started by hand: those that no page begins and that no case runs through.

An instance of the others belongs to a row, an application or a request; without it its tasks stand in the
lists of an office for ever and nobody can open them.
"""

from __future__ import annotations

from domain.reach import visibility
from models import db
from models.base.errors import NotAllowed
from models.processes import running
from translations import lazy_gettext
from workflows.definitions import contents


class BegunByPages(NotAllowed):
    """A process, or a business key, of which the instances begin with a row."""

    sentence = lazy_gettext("认定申请只能由申请人报名产生，留言和账号申诉只能由业务页面产生，不能单独启动。")


def check_start(key: str, business_key: str | None) -> None:
    """Refuse an instance that would stand for a row that is not there."""
    if names_a_row(business_key) or key in list_bound_processes():
        raise BegunByPages


def names_a_row(business_key: str | None) -> bool:
    """Whether a business key is one of those that cases and their threads have."""
    return (business_key or "").startswith(visibility.ABOUT_SOMEBODY)


def list_bound_processes() -> frozenset[str]:
    """The keys of the processes that pages begin, with all that these call or have called."""
    entries = {service.entry for service in contents.list_services() if service.subject}
    return frozenset(db.session.scalars(running.select_reached_keys(entries))) | entries
