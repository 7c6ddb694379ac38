"""A role counts at its own place: elsewhere it opens nothing, whatever else a person may see."""

from __future__ import annotations

import pytest

from domain.cases import process_hooks
from domain.reach import scope
from domain.reach.principal import Principal
from models.base.codes import ROLES
from tests.handlers.casework.conftest import World

pytestmark = pytest.mark.found("T2")
DECIDES = frozenset({"authority.decide"})


@pytest.mark.parametrize(
    ("role", "place", "expected"),
    [
        ("authority.decide", "authority:1", True),
        ("authority.decide", None, True),  # everywhere
        ("authority.decide", "authority:2", False),
        ("authority.decide", "authority:11", False),
        ("authority.decide", "site:1", False),
        ("site.clerk", "authority:1", False),
    ],
)
def test_a_role_is_held_at_its_place(role: str, place: str | None, expected: bool) -> None:
    # Somebody of a site sees its cases; what they decide at another authority opens no checks there.
    posts = frozenset({(role, place), ("site.clerk", "site:1")})
    principal = Principal(person_id=1, name="张三", kind="staff", posts=posts)
    assert scope.holds_role(principal, DECIDES, "authority:1") is expected


@pytest.mark.parametrize("role", [*sorted(ROLES), "archive.clerk"])
def test_a_role_in_a_case_is_held_at_a_place_of_the_case(world: World, role: str) -> None:
    """Also a role that an office made for itself: nobody of another authority sees what is to be done."""
    found = process_hooks.find_addressee(f"application:{world.application}", role)
    elsewhere = {"applicant", "sender", "account.clerk", "process.designer", "admin"}
    if role not in elsewhere:
        sort = "site" if role.startswith("site.") else "authority"
        assert found is not None
        assert str(found.place).partition(":")[0] == sort
    else:
        assert found is None or found.place is None
