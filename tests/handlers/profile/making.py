"""Applications that use a person's records, made in the database as they stand after the wizard."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from models import db
from models.authorities.places import Authority
from models.authorities.plans import Plan
from models.cases.applications import Application
from tests.handlers.conftest import writes
from tests.standings import standing_in
from workflows.clock import now


def an_application(person_id: int, *, number: str | None = None, **values: Any) -> None:
    """A registered and live application, or a draft when it has no number."""
    with writes():
        plan = db.session.scalars(
            select(Plan).join(Authority).where(Authority.name == "柯城区教育局").order_by(Plan.id)
        ).first()
        assert plan is not None
        state = {**standing_in("pending_confirmation"), "live_person_id": person_id} if number else {}
        db.session.add(
            Application(
                person_id=person_id,
                plan_id=plan.id,
                authority_id=plan.authority_id,
                registration_number=number,
                created_at=now(),
                **{**state, **values},
            )
        )
