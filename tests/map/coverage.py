"""Which rows of the manual, and which faults found, which tests prove.

`python -m tests.map.coverage` writes docs/coverage.md.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "coverage.md"
ROWS = {
    **{"P": 5, "A": 6, "C": 8},
    **{"W0": 0, "W1": 0, "W2": 4, "W3": 0, "W4": 4, "W5": 0, "W6": 0, "W7": 0, "W8": 0, "W9": 0, "W10": 0},
    **{"Q": 8, "R": 10, "D": 8, "N": 15},
}
FOUND = {"E": 18, "D": 6, "T": 3, "S": 15, "A": 13, "X": 14, "P": 9}


def rows() -> list[str]:
    """The ids of all rows, in the manual's order."""
    found: list[str] = []
    for name, count in ROWS.items():
        first = 0 if name in {"C", "W4"} else 1
        glue = "." if name in {"W2", "W4"} else ""
        found += [f"{name}{glue}{number}" for number in range(first, count + 1)] if count else [name]
    return found


def found() -> list[str]:
    """The ids of what people who tried the product found wrong."""
    return [f"{area}{number}" for area, count in FOUND.items() for number in range(1, count + 1)]


def marks(mark: str) -> dict[str, set[str]]:
    """Row id → the test modules with a test that carries it in this mark: `manual` or `found`."""
    proved: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for row in _marked(path, mark):
            proved[row].add(path.relative_to(ROOT).as_posix())
    return proved


def render() -> str:
    """The page as it has to be."""
    return "\n".join(
        [
            "# What the tests prove",
            "",
            "Rows of the manual (P public site, A account, C personal centre, W application, Q afterwards,",
            "R authority, D designers, N what is new) and the tests marked with them.",
            "`python -m tests.map.coverage` writes this page.",
            "",
            *_table(rows(), marks("manual")),
            "",
            "## What was found wrong",
            "",
            "Faults that people found when they tried the product (E engine, D diagrams, T tests, S staff,",
            "A applicants, X security and operation, P speed), and the tests that hold the right value.",
            "A row without a test is still open.",
            "",
            *_table(found(), marks("found")),
            "",
        ]
    )


def _table(ids: list[str], proved: dict[str, set[str]]) -> list[str]:
    return [
        "| row | tests |",
        "|---|---|",
        *(f"| {row} | {', '.join(sorted(proved.get(row, set()))) or '–'} |" for row in ids),
    ]


def _marked(path: Path, mark: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"pytest.mark.{mark}":
            yield from (str(arg.value) for arg in node.args if isinstance(arg, ast.Constant))


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
