"""Rows that name a stored file against what the store has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from domain import outside
from domain.checking.rows import FoundRows, all_of_type, read_in_slices
from models import db
from models.persons.files import StoredFile, list_file_columns


def _check_stored_files() -> FoundRows:
    store = outside.get_store()
    columns = select(StoredFile.id, StoredFile.key, StoredFile.kind, StoredFile.size)
    for row in read_in_slices(columns, StoredFile.id):
        if not (all_of_type(str, row.key, row.kind) and all_of_type(int, row.size)):
            yield "row_unreadable", _describe_file(row)
            continue
        try:
            kept = store.size(row.key)
        except outside.BadStorageKey:
            kept = None
        except outside.Silent as failure:  # of every file after it the same would be said
            yield "store_unreachable", str(failure)
            return
        if kept is None:
            yield "file_missing", _describe_file(row)
        elif kept != row.size:
            yield "file_size", _describe_file(row)


def _describe_file(row: Any) -> str:
    return " ".join([f"stored_file:{row.id}", str(row.kind), *_list_owners(row.id)])


def _list_owners(file_id: int) -> Iterator[str]:
    """The rows that point to a file: what is incomplete without it."""
    for column in list_file_columns():
        keys = list(column.table.primary_key.columns)
        for found in db.session.execute(select(*keys).where(column == file_id)):
            yield f"{column.table.name}:{'-'.join(map(str, found))}"


CHECKS = (_check_stored_files,)
