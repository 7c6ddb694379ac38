"""The pages of a task and of a case read their rows once, and the look is on record before it is shown."""

from __future__ import annotations

import pytest

from models import db
from models.cases.notices import AuditEntry
from tests import reads
from tests.handlers.casework.conftest import SignedIn, World
from tests.handlers.casework.test_check import arrive
from tests.handlers.casework.test_journey import registered

__all__ = ["registered"]


def _looks() -> list[str]:
    db.session.rollback()
    return [one.action for one in db.session.query(AuditEntry).order_by(AuditEntry.id)]


def test_a_task_is_read_once(registered: World, signed_in: SignedIn) -> None:
    item = arrive(signed_in("clerk"), registered)
    before = _looks()
    with reads.counted() as found:
        assert signed_in("clerk").get(f"/work/tasks/{item}").status_code == 200
    assert reads.loads_of(found, "work_item") == 1
    assert reads.loads_of(found, "application") == 1
    assert reads.reads_of(found, "process_instance") == {"process_instance": 1}
    assert reads.repeated(found) == []
    assert _looks() == [*before, "task.viewed"]


def test_a_case_is_read_once(registered: World, signed_in: SignedIn) -> None:
    before = _looks()
    with reads.counted() as found:
        assert signed_in("clerk").get(f"/work/cases/{registered.application}").status_code == 200
    assert reads.loads_of(found, "work_item") == 1  # those that wait, with their holders
    assert reads.loads_of(found, "application") == 1
    assert reads.repeated(found) == []
    assert _looks() == [*before, "case.viewed"]


@pytest.mark.parametrize("address", ["/work/", "/work/?view=mine", "/work/desk", "/work/cases/1/messages"])
def test_no_page_of_the_offices_asks_for_anything_twice(
    registered: World, signed_in: SignedIn, address: str
) -> None:
    arrive(signed_in("clerk"), registered)
    with reads.counted() as found:
        assert signed_in("clerk").get(address).status_code == 200
    assert reads.repeated(found) == []
