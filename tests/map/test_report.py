"""The page of measurements has a row for each figure line, whatever fields a line has."""

from __future__ import annotations

from benchmarks.__main__ import PARTS
from benchmarks.report import TITLES, table


def test_every_measurement_has_a_title() -> None:
    assert list(TITLES) == list(PARTS)


def test_lines_of_figures_become_a_table() -> None:
    rows = [{"case": "midway", "ratio": 12.5}, {"case": "rounds20"}]
    assert list(table(rows)) == ["| case | ratio |", "|---|---|", "| midway | 12.5 |", "| rounds20 |  |"]
