"""A business key is read by the sort of row that wrote it, and by no other."""

from __future__ import annotations

import pytest

from models.base.business_keys import CASE, THREAD, key_prefix, read_key, write_key


@pytest.mark.parametrize("sort", [CASE, THREAD])
def test_a_key_is_read_as_it_was_written(sort: str) -> None:
    key = write_key(sort, 37)
    assert read_key(sort, key) == 37
    assert key.startswith(key_prefix(sort))
    assert [other for other in (CASE, THREAD) if read_key(other, key)] == [sort]


@pytest.mark.parametrize("key", [None, "", "application", "application:", "application:abc", "cases:3"])
def test_what_somebody_typed_names_no_case(key: str | None) -> None:
    assert read_key(CASE, key) is None
