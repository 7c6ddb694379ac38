"""Who asks: the person behind a request, an act or a token."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Principal:
    """The person behind a request, with the posts they hold as (role, place) pairs."""

    person_id: int
    name: str
    kind: str
    posts: frozenset[tuple[str, str | None]]
    sign_in_id: int | None = None

    @property
    def roles(self) -> frozenset[str]:
        """The roles held anywhere."""
        return frozenset(role for role, _ in self.posts)
