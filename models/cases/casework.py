"""Named queries of the reviewers' side: what was found, said and answered about one application.

What several parts of one page show is read once (`list_…`); what decides asks anew, under its lock.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Select, func, select

from models.authorities.places import Authority
from models.authorities.plans import PlanMaterial
from models.base.database import db, read_once
from models.cases.applications import Application, Certificate, MaterialFinding, Opinion, RegisterAnswer
from models.cases.notices import Notice
from models.persons.files import StoredFile
from models.persons.people import Person
from models.processes.instances import Event, WorkItem
from models.processes.states import LIVE_ITEMS


def select_opinions(application_id: int, *stages: str) -> Select[Opinion]:
    """The written acts on an application in the order in which they were made, of some stages or of all."""
    query = select(Opinion).where(Opinion.application_id == application_id).order_by(Opinion.id)
    return query.where(Opinion.stage.in_(stages)) if stages else query


def select_last_opinions(application_id: int, *stages: str) -> Select[Opinion]:
    """The written acts on an application at some stages, the last one first."""
    of_stages = select(Opinion).where(Opinion.application_id == application_id, Opinion.stage.in_(stages))
    return of_stages.order_by(Opinion.id.desc())


def select_return_count(application_id: int) -> Select[int]:
    """How often the application was returned for correction."""
    return (
        select(func.count())
        .select_from(Opinion)
        .where(Opinion.application_id == application_id)
        .where(Opinion.stage == "confirmation", Opinion.verdict == "incomplete")
    )


def select_last_round(application_id: int) -> Select[int]:
    """The number of the last round in which materials were checked, 0 before the first."""
    return select(func.coalesce(func.max(MaterialFinding.round), 0)).where(
        MaterialFinding.application_id == application_id
    )


def select_material_findings(application_id: int) -> Select[MaterialFinding]:
    """What was found of each material, the first round first."""
    return (
        select(MaterialFinding)
        .where(MaterialFinding.application_id == application_id)
        .order_by(MaterialFinding.round, MaterialFinding.id)
    )


def select_plan_materials(plan_id: int) -> Select[PlanMaterial]:
    """What a plan asks applicants to show, in its order."""
    return select(PlanMaterial).where(PlanMaterial.plan_id == plan_id).order_by(PlanMaterial.position)


def select_register_answers(application_id: int) -> Select[RegisterAnswer]:
    """What outside registers answered, the newest first."""
    return (
        select(RegisterAnswer)
        .where(RegisterAnswer.application_id == application_id)
        .order_by(RegisterAnswer.id.desc())
    )


def select_certificate(application_id: int) -> Select[Certificate]:
    """The certificate that an application led to."""
    return select(Certificate).where(Certificate.application_id == application_id)


def select_certificates(
    year: int, authorities: Iterable[int] | None
) -> Select[Certificate, Person, str | None, str]:
    """The register of a year at some authorities, or at all: certificate, person, application, authority."""
    query = (
        select(Certificate, Person, Application.registration_number, Authority.name)
        .join(Person, Person.id == Certificate.person_id)
        .join(Application, Application.id == Certificate.application_id)
        .join(Authority, Authority.id == Certificate.authority_id)
        .where(Certificate.year == year)
        .order_by(Certificate.number.desc())
    )
    return query if authorities is None else query.where(Certificate.authority_id.in_(list(authorities)))


def select_certificate_years(authorities: Iterable[int] | None) -> Select[int]:
    """The years in which some authorities, or all, gave certificates."""
    query = select(Certificate.year).distinct()
    return query if authorities is None else query.where(Certificate.authority_id.in_(list(authorities)))


def select_event_history(instance_id: int) -> Select[Event, str | None]:
    """What happened to an instance with the names of those who acted, the newest first."""
    return (
        select(Event, Person.name)
        .outerjoin(Person, Person.id == Event.actor_id)
        .where(Event.instance_id == instance_id)
        .order_by(Event.id.desc())
    )


def select_waiting_items(instance_id: int) -> Select[WorkItem, str | None]:
    """The work items of an instance that still wait, with the names of those who hold them."""
    return (
        select(WorkItem, Person.name)
        .outerjoin(Person, Person.id == WorkItem.assignee_id)
        .where(WorkItem.instance_id == instance_id, WorkItem.state.in_(LIVE_ITEMS))
        .order_by(WorkItem.id)
    )


def select_notices(application_id: int) -> Select[Notice]:
    """The notices about an application, the newest first."""
    return select(Notice).where(Notice.application_id == application_id).order_by(Notice.id.desc())


def select_files(ids: list[int]) -> Select[StoredFile]:
    """Stored files by id."""
    return select(StoredFile).where(StoredFile.id.in_(ids)).order_by(StoredFile.id)


def list_opinions(application_id: int) -> tuple[Opinion, ...]:
    """All written acts, for the parts of a page."""
    query = select_opinions(application_id)
    return read_once(("opinions", application_id), lambda: tuple(db.session.scalars(query)))


def list_material_findings(application_id: int) -> tuple[MaterialFinding, ...]:
    """All findings, for the parts of a page."""
    query = select_material_findings(application_id)
    return read_once(("material findings", application_id), lambda: tuple(db.session.scalars(query)))


def list_plan_materials(plan_id: int) -> tuple[PlanMaterial, ...]:
    """What a plan asks for, for the parts of a page."""
    query = select_plan_materials(plan_id)
    return read_once(("plan materials", plan_id), lambda: tuple(db.session.scalars(query)))


def find_certificate(application_id: int) -> Certificate | None:
    """The certificate of an application, for the parts of a page."""
    query = select_certificate(application_id)
    return read_once(("certificate", application_id), lambda: db.session.scalar(query))
