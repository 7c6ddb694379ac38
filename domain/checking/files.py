"""Rows that name a stored file against what the store has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from domain import outside
from domain.checking.rows import Found, are, sliced
from models import db
from models.files import StoredFile, pointing


def _stored() -> Found:
    store = outside.store()
    columns = select(StoredFile.id, StoredFile.key, StoredFile.kind, StoredFile.size)
    for row in sliced(columns, StoredFile.id):
        if not (are(str, row.key, row.kind) and are(int, row.size)):
            yield "row_unreadable", _described(row)
            continue
        try:
            kept = store.size(row.key)
        except outside.BadKey:
            kept = None
        except outside.Silent as failure:  # of every file after it the same would be said
            yield "store_unreachable", str(failure)
            return
        if kept is None:
            yield "file_missing", _described(row)
        elif kept != row.size:
            yield "file_size", _described(row)


def _described(row: Any) -> str:
    return " ".join([f"stored_file:{row.id}", str(row.kind), *_owners(row.id)])


def _owners(file_id: int) -> Iterator[str]:
    """The rows that point to a file: what is incomplete without it."""
    for column in pointing():
        keys = list(column.table.primary_key.columns)
        for found in db.session.execute(select(*keys).where(column == file_id)):
            yield f"{column.table.name}:{'-'.join(map(str, found))}"


CHECKS = (_stored,)
