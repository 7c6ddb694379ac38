"""Who reads and writes 留言 about a case on the offices' side."""

from __future__ import annotations

from handlers.access import Principal
from handlers.casework import scope
from handlers.correspondence import Reader
from handlers.services import offices
from models.applications import Application
from models.errors import NotAllowed
from models.threads import Thread
from workflows.clock import now


def offices_of(principal: Principal, application: Application) -> list[str]:
    """The offices of a case in whose name a person writes."""
    places = [f"authority:{application.authority_id}"]
    if application.site_id is not None:
        places.insert(0, f"site:{application.site_id}")
    return [place for place in places if scope.holds(principal, frozenset(offices.writers(place)), place)]


def check(principal: Principal, application: Application) -> list[str]:
    """The person's offices; whoever has none has nothing to do with what is written there."""
    found = offices_of(principal, application)
    if not found:
        raise NotAllowed
    return found


def may_read(own: list[str], thread: Thread) -> bool:
    """An office reads what it wrote; the authority also what its sites wrote, which act for it."""
    overseen = thread.office.startswith("site:") and any(place.startswith("authority:") for place in own)
    return thread.office in own or overseen


def reader(principal: Principal) -> Reader:
    """A member of staff as the reader of what applicants answered."""
    person = principal.person_id
    return Reader(person_id=person, is_applicant=False, file_endpoint="casework.thread_file", now=now())
