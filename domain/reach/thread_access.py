"""Who reads and writes 留言 about a case on the offices' side."""

from __future__ import annotations

from domain.messages import offices
from domain.reach import scope
from domain.reach.principal import Principal
from models.base.errors import NotAllowed
from models.cases.applications import Application
from models.cases.threads import Thread


def list_offices(principal: Principal, application: Application) -> list[str]:
    """The offices of a case in whose name a person writes."""
    places = [f"authority:{application.authority_id}"]
    if application.site_id is not None:
        places.insert(0, f"site:{application.site_id}")
    return [
        place
        for place in places
        if scope.holds_role(principal, frozenset(offices.writer_roles(place)), place)
    ]


def require_offices(principal: Principal, application: Application) -> list[str]:
    """The person's offices; whoever has none has nothing to do with what is written there."""
    found = list_offices(principal, application)
    if not found:
        raise NotAllowed
    return found


def may_read(own: list[str], thread: Thread) -> bool:
    """An office reads what it wrote; what sites wrote is also read by the authority and the present site."""
    return thread.office in own or (bool(own) and thread.office.startswith("site:"))


def may_write_in_thread(principal: Principal, thread: Thread) -> bool:
    """Whether a person writes for the office of a thread, which the applicant may have left meanwhile."""
    return scope.holds_role(principal, frozenset(offices.writer_roles(thread.office)), thread.office)
