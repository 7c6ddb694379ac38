"""What a person may see of a process instance: one rule, which the pages and the API both ask.

A case is seen at its own place only. Where a background check is inside it, tokens, tasks and events of
the check tell that something was found, so they are told to those who check and decide, to nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from domain.reach import scope, thread_access
from domain.reach.principal import Principal
from models import db
from models.base.business_keys import CASE, THREAD, key_prefix
from models.cases.applications import Application
from models.cases.threads import Thread
from models.listing import claims
from models.listing.ways import match_ways
from models.persons.accounts import AccountRequest, select_request
from models.persons.identity import IdentityCheck, select_check
from models.persons.states import PersonKind
from models.processes.instances import Event, ProcessInstance, WorkItem
from workflows import engine
from workflows.diagrams import case_progress
from workflows.diagrams.case_progress import CaseProgress
from workflows.diagrams.layout import Layout

DESIGNERS = frozenset({"admin", "process.designer"})  # they see instances that are about nobody
ABOUT_SOMEBODY = tuple(
    map(key_prefix, (CASE, THREAD))
)  # how the business keys of cases and their threads begin


@dataclass(frozen=True, kw_only=True)
class Visibility:
    """What is told of an instance."""

    application: Application | None = None  # the case it belongs to; whoever looks at it is recorded
    told: frozenset[str] | None = None  # the elements that may be named; None is all
    processes: frozenset[str] = frozenset()  # the keys of the processes they are in, unless all are told
    has_variables: bool = True

    def tells(self, element: str | None) -> bool:
        """Whether what happens at an element is told."""
        return self.told is None or element is None or element in self.told


NOTHING = Visibility(told=frozenset(), has_variables=False)


def find_visibility(principal: Principal, instance: ProcessInstance) -> Visibility | None:
    """What a member of staff sees of an instance; None when it does not exist for them."""
    if principal.kind != PersonKind.STAFF:
        return None  # applicants see their own tasks, and their pages tell them where their case stands
    application = _find_application(instance.id)
    if application is not None:
        return case_visibility(principal, application) if scope.may_see_case(principal, application) else None
    thread = db.session.scalar(select(Thread).where(Thread.instance_id == instance.id))
    if thread is not None:
        return Visibility(application=thread.application) if _may_read_thread(principal, thread) else None
    if (instance.business_key or "").startswith(ABOUT_SOMEBODY):
        return None
    # About somebody's account: for those whose lists have it.
    if any(db.session.scalar(query(instance.id)) for query in (select_request, select_check)):
        return Visibility() if scope.list_openable_items(principal, instance.id) else None
    return Visibility() if _takes_part(principal, instance) else None


def case_visibility(principal: Principal, application: Application) -> Visibility:
    """What is told of a case to a person who sees it."""
    checks = scope.may_see_background(principal, application)
    standing = case_progress.find_case_progress(application.instance_id)
    shown = list_open_processes(standing, principal, application) if standing else []
    return Visibility(application=application, has_variables=checks, **_limit_to_processes(standing, shown))


def visibility_after_act(principal: Principal, instance: ProcessInstance) -> Visibility:
    """What is told to somebody who just moved an instance, though they may not see the whole of it."""
    seen = find_visibility(principal, instance)
    application = _find_application(instance.id) if seen is None else None
    if application is None or application.person_id != principal.person_id:
        return seen or NOTHING
    standing = case_progress.find_case_progress(instance.id)
    return (
        Visibility(has_variables=False, **_limit_to_processes(standing, [standing.root]))
        if standing
        else NOTHING
    )


def about_nobody_filter() -> ColumnElement[bool]:
    """Items whose instance is neither a case, nor a thread of one, nor about an account."""
    rows = (Application, Thread, AccountRequest, IdentityCheck)
    return ~or_(*(exists().where(row.instance_id == WorkItem.instance_id) for row in rows))


def listed_items_filter(principal: Principal) -> ColumnElement[bool]:
    """Items that the person's pages show; designers see that those which are about nobody exist as well."""
    if principal.kind != PersonKind.STAFF:
        return match_ways(claims.party_ways(principal.person_id))
    if principal.roles & DESIGNERS:
        return or_(scope.item_filter(principal), about_nobody_filter())
    return scope.item_filter(principal)


def may_work_on(principal: Principal, item: WorkItem) -> bool:
    """Whether the content of an item in the person's list is theirs as well, as they work on it or did."""
    return principal.kind != PersonKind.STAFF or scope.may_see_item(principal, item)


def list_elements(seen: Visibility, instance: ProcessInstance) -> list[str]:
    """Where tokens rest; for those inside a process that is not told, the activity that calls it."""
    resting = list(instance.elements or ())
    if seen.told is None or all(map(seen.tells, resting)):
        return resting
    standing = case_progress.find_case_progress(instance.id)
    return [one for one in resting if seen.tells(one)] + (
        _calling_activities(standing, seen) if standing else []
    )


def event_filter(seen: Visibility) -> ColumnElement[bool]:
    """The condition under which an event is told."""
    if seen.told is None:
        return Event.id.is_not(None)
    return or_(Event.element.is_(None), Event.element.in_(sorted(seen.told)))


def read_variables(seen: Visibility, instance_id: int) -> dict[str, Any]:
    """The variables of an instance, for those to whom everything in it is told."""
    return engine.read_variables(instance_id) if seen.has_variables else {}


def read_task_variables(principal: Principal, item: WorkItem) -> dict[str, Any]:
    """What a task without a form shows to those who may open it."""
    application = _find_application(item.instance_id)
    hidden = application is not None and not scope.may_see_background(principal, application)
    return {} if hidden else engine.read_variables(item.instance_id, item.task_id)


def list_open_processes(standing: CaseProgress, principal: Principal, application: Application) -> list[str]:
    """The processes that the person may look into; what only a hidden one calls is hidden as well."""
    found: list[str] = []
    for key in standing.places:
        called = key == standing.root or any(
            key in _called_processes(standing.layouts[one]).values() for one in found
        )
        if called and scope.may_see_process(principal, application, _task_roles(standing.layouts[key])):
            found.append(key)
    return found


def _find_application(instance_id: int) -> Application | None:
    return db.session.scalar(select(Application).where(Application.instance_id == instance_id))


def _may_read_thread(principal: Principal, thread: Thread) -> bool:
    if thread_access.may_write_in_thread(principal, thread):
        return True
    own = thread_access.list_offices(principal, thread.application)
    return scope.may_see_case(principal, thread.application) and thread_access.may_read(own, thread)


def _takes_part(principal: Principal, instance: ProcessInstance) -> bool:
    if principal.roles & DESIGNERS or instance.started_by == principal.person_id:
        return True
    return bool(scope.list_openable_items(principal, instance.id))


def _limit_to_processes(standing: CaseProgress | None, shown: list[str]) -> dict[str, Any]:
    """The part of a sight that some processes make; nothing is left out where all are shown.

    What an earlier release called otherwise is in no diagram of today, so it is told with the whole only.
    """
    if standing is None or len(shown) == len(standing.places):
        return {}
    told = frozenset(one for key in shown for one in standing.layouts[key].by_id)
    return {"told": told, "processes": frozenset(shown)}


def _calling_activities(standing: CaseProgress, seen: Visibility) -> list[str]:
    """The activities that are told, and that call a process with a token in it which is not."""
    hidden = {key for key, place in standing.places.items() if place.here} - seen.processes
    return [
        caller
        for key in standing.places
        if key in seen.processes
        for caller, called in _called_processes(standing.layouts[key]).items()
        if called in hidden and caller in standing.places[key].here
    ]


def _task_roles(layout: Layout) -> set[str]:
    return {figure.role for figure in layout.figures if figure.role}


def _called_processes(layout: Layout) -> dict[str, str]:
    return {figure.id: figure.calls for figure in layout.figures if figure.calls}
