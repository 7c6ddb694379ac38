"""What the four registers of a background check find, over real HTTP, on the day on which they are asked."""

from __future__ import annotations

import pytest

from domain import outside
from simulator.running import RunningSimulator
from workflows.operations import OperationUnavailable

RESTRICTED = ("何静", "330702200107115240")  # until 19 November 2028
CERTIFIED = ("叶青", "330802199608181377")  # junior, 数学, granted on 3 December 2018
NOBODY = ("郑雨桐", "330802200403120023")

pytestmark = [pytest.mark.found("T2"), pytest.mark.usefixtures("simulator")]


def finding(register: str, person: tuple[str, str], today: str, kind: str = "senior") -> str:
    """What a register finds about a person who applies for a kind and 语文."""
    request = {
        "register": register,
        "name": person[0],
        "document_kind": "resident_id",
        "document_number": person[1],
        "kind": kind,
        "subject": "数学" if kind == "junior" else "语文",
        "authority": "柯城区教育局",
        "authorisation": "2611000001",
        "today": today,
    }
    return outside.run_background_check(request, f"{register}:{person[1]}:{today}:{kind}").finding


@pytest.mark.parametrize("register", ["offence", "criminal_record"])
def test_an_entry_is_a_hit_and_none_is_clear(simulator: RunningSimulator, register: str) -> None:
    simulator.control(people={NOBODY[1]: {register: "hit"}})
    assert finding(register, NOBODY, "2026-11-28") == "hit"
    assert finding(register, CERTIFIED, "2026-11-28") == "clear"


@pytest.mark.parametrize(
    ("today", "expected"), [("2026-11-28", "hit"), ("2028-11-19", "hit"), ("2028-11-20", "clear")]
)
def test_a_restriction_counts_up_to_its_last_day(today: str, expected: str) -> None:
    assert finding("restriction", RESTRICTED, today) == expected
    assert finding("restriction", NOBODY, today) == "clear"


@pytest.mark.parametrize(
    ("today", "kind", "expected"),
    [
        ("2018-12-31", "senior", "hit"),  # a second qualification in one calendar year
        ("2019-01-01", "senior", "clear"),
        ("2026-11-28", "junior", "hit"),  # the same kind and subject, whenever it was granted
    ],
)
def test_a_certificate_counts_for_its_year_and_for_its_subject(today: str, kind: str, expected: str) -> None:
    assert finding("certificate_history", CERTIFIED, today, kind) == expected
    assert finding("certificate_history", NOBODY, today, kind) == "clear"


def mark(act: str, purpose: str, *, route: str = "normal_student") -> None:
    """Tell the register of a normal student's certificate what becomes of it."""
    request = {
        "route": route,
        "number": "SF2026103450318",
        "act": act,
        "purpose": purpose,
        "document_kind": "resident_id",
        "document_number": "330802199910234687",
        "name": "方晓雯",
    }
    outside.mark_exam(request, f"{act}:{purpose}")


def test_a_certificate_is_marked_in_its_own_register(simulator: RunningSimulator) -> None:
    mark("use", "application:1")
    assert simulator.answered("normal_student/use") == ["use:application:1"]
    assert simulator.answered("exam/use") == []
    assert simulator.used() == {"SF2026103450318": "application:1"}


def test_a_certificate_that_is_used_elsewhere_is_tried_again(simulator: RunningSimulator) -> None:
    mark("use", "application:1")
    with pytest.raises(OperationUnavailable):
        mark("use", "application:2")
    assert simulator.used() == {"SF2026103450318": "application:1"}
    mark("release", "application:2")  # frees nothing that is another's
    assert simulator.used() == {"SF2026103450318": "application:1"}
    mark("release", "application:1")
    mark("use", "application:3")
    assert simulator.used() == {"SF2026103450318": "application:3"}
