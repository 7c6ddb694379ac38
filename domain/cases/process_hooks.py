"""What the process side asks about a case: decision inputs, addressees, and who hears of a new state."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from domain.notices import case_notices
from models import db
from models.authorities.places import Authority
from models.authorities.plans import Plan
from models.base import business_keys
from models.base.codes import DOCUMENT_KINDS, EXAM_ROUTES, KINDS, PROFESSIONAL_TITLES, ROLE_PLACES
from models.base.errors import NotFound
from models.cases.applications import Application
from models.cases.states import ENDED_STANDINGS, Standing
from models.persons.people import Person
from models.processes.instances import ProcessInstance
from workflows.addressees import Addressee
from workflows.definitions import contents
from workflows.definitions.contents import UndefinedName
from workflows.definitions.states import PublicState
from workflows.operations import OperationCall
from workflows.state_changes import StateChange

# The facts of a case that decision tables read, with all values where they are some.
DECISION_INPUTS: dict[str, frozenset[Any] | None] = {
    "kind": frozenset(KINDS),
    "subject": None,
    "exam_route": frozenset(EXAM_ROUTES),
    "standing": frozenset({*PROFESSIONAL_TITLES, "none"}),
    "document_kind": frozenset(DOCUMENT_KINDS),
    "province": None,
}


def application_id(business_key: str | None) -> int | None:
    """The application that a business key names."""
    return business_keys.read_key(business_keys.CASE, business_key)


def find_case_of(instance: ProcessInstance) -> Application | None:
    """The application that an instance is about, by its business key."""
    number = application_id(instance.business_key)
    return db.session.get(Application, number) if number is not None else None


def require_case_of(instance: ProcessInstance) -> Application:
    """The application that an instance is about, where it is about one."""
    found = find_case_of(instance)
    if found is None:
        raise NotFound
    return found


def read_decision_inputs(call: OperationCall) -> dict[str, Any] | None:
    """The inputs of the decision tables, read from the application and its applicant."""
    number = application_id(call.business_key)
    if number is None:
        return None
    row = db.session.execute(
        select(
            Application.kind,
            Application.subject,
            Application.exam_route,
            Application.professional_title,
            Person.document_kind,
            Authority.region_code,
        )
        .join(Person, Person.id == Application.person_id)
        .join(Authority, Authority.id == Application.authority_id)
        .where(Application.id == number)
    ).one()
    return {
        "kind": row.kind,
        "subject": row.subject or "",
        "exam_route": row.exam_route or "other",
        "standing": row.professional_title or "none",
        "document_kind": row.document_kind or "resident_id",
        "province": row.region_code[:2] + "0000",
    }


def find_addressee(business_key: str | None, role: str) -> Addressee | None:
    """Whose the work items of an application are."""
    number = application_id(business_key)
    if number is None:
        return None
    found = db.session.get_one(Application, number)
    if role == "applicant":
        return Addressee(assignee=found.person_id)
    # A role that an office has made for itself is held at its authority: nobody of another one sees the case.
    sort = ROLE_PLACES.get(role, "authority")
    if sort == "site" and found.site_id is not None:
        return Addressee(place=f"site:{found.site_id}")
    return Addressee(place=f"authority:{found.authority_id}") if sort == "authority" else None


def store_public_state(change: StateChange) -> None:
    """Store the public state on the application's row, with what it counts as, and tell the applicant."""
    number = application_id(change.business_key)
    if number is None or change.new is None:
        return
    found = contents.find_contents(*change.release).find_state(change.new)
    if found is None:  # passed over, the case would go on as what it counted as before
        raise UndefinedName
    state, sha256 = found
    values = {"state": change.new, "states_sha256": sha256, **_compute_standing(state, change.now)}
    db.session.execute(update(Application).where(Application.id == number).values(values))
    if change.new != change.old:
        case_notices.notify_state_changed(number, state, change)


def _compute_standing(state: PublicState, moment: datetime) -> dict[str, Any]:
    """What follows from what a state counts as; one that counts as nothing of its own changes nothing."""
    if not state.counts_as:
        return {}
    values: dict[str, Any] = {"standing": Standing(state.counts_as)}
    if state.counts_as in ENDED_STANDINGS:
        values |= {"ended_at": moment, "live_person_id": None, "live_exam_certificate_id": None}
    elif state.counts_as == Standing.GRANTED:  # another year may begin; the exam certificate stays used
        values["live_person_id"] = None
    return values


def find_plan(number: int) -> Plan:
    """The plan under which an application is made."""
    return db.session.execute(
        select(Plan).join(Application, Application.plan_id == Plan.id).where(Application.id == number)
    ).scalar_one()
