"""Which rows of the manual which tests prove; `python -m tests.map.coverage` writes docs/coverage.md."""

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
    **{"Q": 8, "R": 10, "D": 8},
}


def rows() -> list[str]:
    """The ids of all rows, in the manual's order."""
    found: list[str] = []
    for name, count in ROWS.items():
        first = 0 if name in {"C", "W4"} else 1
        glue = "." if name in {"W2", "W4"} else ""
        found += [f"{name}{glue}{number}" for number in range(first, count + 1)] if count else [name]
    return found


def marks() -> dict[str, set[str]]:
    """Row id → the test modules with a test that is marked with it."""
    proved: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for row in _marked(path):
            proved[row].add(path.relative_to(ROOT).as_posix())
    return proved


def render() -> str:
    """The page as it has to be."""
    proved = marks()
    lines = [
        "# What the tests prove",
        "",
        "Rows of the manual (P public site, A account, C personal centre, W application, Q afterwards,",
        "R authority, D designers) and the tests marked with them; `python -m tests.map.coverage` writes it.",
        "",
        "| row | tests |",
        "|---|---|",
    ]
    lines += [f"| {row} | {', '.join(sorted(proved.get(row, set()))) or '–'} |" for row in rows()]
    return "\n".join(lines) + "\n"


def _marked(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.manual":
            yield from (str(arg.value) for arg in node.args if isinstance(arg, ast.Constant))


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
