"""Whom a work item is for: resolvers turn the role of a user task into a place or a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Where a role is to be held ("site:3"), or the one person the item belongs to."""

    place: str | None = None
    assignee: int | None = None
    role: str | None = None  # the post that the diagram's word stands for, where it is no post itself


ANYONE = Addressee()
Resolver = Callable[[str | None, str], Addressee | None]
_resolvers: list[Resolver] = []


def register_resolver(resolver: Resolver) -> None:
    """Add a resolver; it gets (business key, role) and answers nothing for cases that are not its own."""
    if resolver not in _resolvers:
        _resolvers.append(resolver)


def find_addressee(business_key: str | None, role: str) -> Addressee:
    """The addressee of a role in a case; anyone who holds the role where no resolver knows better."""
    for resolver in _resolvers:
        found = resolver(business_key, role)
        if found is not None:
            return found
    return ANYONE
