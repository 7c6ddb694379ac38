"""How much of what is asked is there: counted and said in one way wherever it is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.cases.materials import MaterialSlot
from translations import gettext


@dataclass(frozen=True, kw_only=True)
class MaterialCount:
    """The materials of an application in numbers."""

    given: int  # of those that are needed
    needed: int
    optional: int  # given besides, although nobody needs it

    @property
    def missing(self) -> int:
        """How many must still be given."""
        return self.needed - self.given


def count_materials(slots: Iterable[MaterialSlot]) -> MaterialCount:
    """What of the slots is needed, and what is there."""
    found = [(slot.required, slot.current is not None) for slot in slots]
    return MaterialCount(
        given=found.count((True, True)),
        needed=sum(required for required, _ in found),
        optional=found.count((False, True)),
    )


def describe_count(count: MaterialCount) -> str:
    """必交 4 / 4，选交 1."""
    if not count.optional:
        return gettext("必交 %(given)s / %(needed)s", given=count.given, needed=count.needed)
    return gettext(
        "必交 %(given)s / %(needed)s，选交 %(optional)s",
        given=count.given,
        needed=count.needed,
        optional=count.optional,
    )
