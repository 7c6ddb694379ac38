"""The page of what is proved is up to date, and marks name rows that exist."""

from __future__ import annotations

from tests.map import coverage


def test_marks_name_known_rows() -> None:
    assert set(coverage.marks("manual")) <= set(coverage.rows())
    assert set(coverage.marks("found")) <= set(coverage.found())


def test_the_page_is_up_to_date() -> None:
    assert coverage.PAGE.read_text(encoding="utf-8") == coverage.render()
