"""How the rows that a process instance runs for are named in its business key: their sort and number."""

from __future__ import annotations

CASE, THREAD, ACCOUNT, IDENTITY = "application", "thread", "account_request", "identity_check"


def write_key(sort: str, number: int) -> str:
    """The key of a row, "application:3"."""
    return f"{sort}:{number}"


def key_prefix(sort: str) -> str:
    """How all keys of a sort begin."""
    return f"{sort}:"


def read_key(sort: str, key: str | None) -> int | None:
    """The number of the row of a sort that a key names; nothing where it names none."""
    said, _, number = (key or "").partition(":")
    return int(number) if said == sort and number.isdecimal() else None
