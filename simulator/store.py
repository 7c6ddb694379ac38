"""The simulator's own memory: one SQLite file, or none at all (":memory:")."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_TABLES = """
create table if not exists entry (
    space text not null, key text not null, value text not null, at real not null, primary key (space, key)
);
create table if not exists message (
    id integer primary key, channel text not null, recipient text not null, subject text not null,
    text text not null, attachments text not null, at real not null
);
"""


class Store:
    """Named spaces of JSON values, and the messages that were sent."""

    def __init__(self, path: str = ":memory:") -> None:
        if path != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, timeout=10)
        self._connection.row_factory = sqlite3.Row
        self._connection.executescript(_TABLES)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the memory for several steps that belong together."""
        with self._lock:
            yield

    def get(self, space: str, key: str) -> Any | None:
        """The value, or None."""
        rows = self._fetch_all("select value from entry where space = ? and key = ?", space, key)
        return json.loads(rows[0]["value"]) if rows else None

    def put(self, space: str, key: str, value: Any) -> None:
        """Keep the value under its key, in place of an older one."""
        text = json.dumps(value, ensure_ascii=False)
        self._execute_change(
            "insert or replace into entry values (?, ?, ?, ?)", space, key, text, time.time()
        )

    def drop(self, space: str, key: str) -> None:
        """Forget the value."""
        self._execute_change("delete from entry where space = ? and key = ?", space, key)

    def space(self, space: str) -> dict[str, Any]:
        """Everything in a space, oldest first."""
        rows = self._fetch_all("select key, value from entry where space = ? order by at", space)
        return {row["key"]: json.loads(row["value"]) for row in rows}

    def send(self, *, channel: str, recipient: str, subject: str, text: str, attachments: list[str]) -> int:
        """Keep a message; its number tells the order."""
        names = json.dumps(attachments, ensure_ascii=False)
        return self._execute_change(
            "insert into message values (null, ?, ?, ?, ?, ?, ?)",
            *(channel, recipient, subject, text, names, time.time()),
        )

    def messages(self, *, channel: str = "", recipient: str = "", limit: int = 200) -> list[dict[str, Any]]:
        """Messages, newest first; the recipient may be a part of a number or an address."""
        rows = self._fetch_all(
            "select * from message where (?1 = '' or channel = ?1) and instr(recipient, ?2)"
            " order by id desc limit ?3",
            *(channel, recipient, limit),
        )
        return [dict(row) | {"attachments": json.loads(row["attachments"])} for row in rows]

    def clear(self) -> None:
        """Forget everything; the seed remains."""
        with self._lock:
            self._connection.executescript("delete from entry; delete from message;")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _fetch_all(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def _execute_change(self, statement: str, *values: Any) -> int:
        with self._lock, self._connection:
            return self._connection.execute(statement, values).lastrowid or 0
