"""Requests about accounts as those who check them list them."""

from __future__ import annotations

from sqlalchemy import Select, select

from models.persons.accounts import AccountRequest
from models.processes.instances import WorkItem


def select_requests(*, ended: bool, sort: str | None, before: int | None) -> Select[AccountRequest, int]:
    """Requests that wait for a clerk or have ended, each with its task, the newest first."""
    query = (
        select(AccountRequest, WorkItem.id)
        .join(WorkItem, WorkItem.instance_id == AccountRequest.instance_id)
        .where(AccountRequest.ended_at.is_not(None) if ended else AccountRequest.ended_at.is_(None))
        .order_by(AccountRequest.id.desc())
    )
    if sort:
        query = query.where(AccountRequest.sort == sort)
    return query.where(AccountRequest.id < before) if before else query
