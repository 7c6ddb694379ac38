"""Queries are named beside their model: a handler has none longer than a line, nor one that another has."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.map import house

BUILDERS = {"select", "exists", "update", "delete", "insert", "union", "union_all"}
HANDLERS = {name: path for name, path in house.modules().items() if name.split(".")[0] == "handlers"}


def _queries(path: Path) -> Iterator[ast.expr]:
    """The outermost expressions in which a query is built, with all that is called on it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILDERS:
            query: ast.expr = node
            while isinstance(chained := above[query], ast.Attribute) or (
                isinstance(chained, ast.Call) and chained.func is query
            ):
                query = chained
            yield query


def test_no_handler_has_a_query_longer_than_a_line() -> None:
    long = [
        f"{module}: {ast.unparse(query)}"
        for module, path in HANDLERS.items()
        for query in _queries(path)
        if query.end_lineno != query.lineno
    ]
    assert long == [], "name it beside its model"


def test_no_two_handlers_have_the_same_query() -> None:
    said = Counter(ast.unparse(one) for path in HANDLERS.values() for one in _queries(path))
    assert [query for query, times in said.items() if times > 1] == []


def test_queries_are_found_with_what_is_called_on_them(tmp_path: Path) -> None:
    source = tmp_path / "page.py"
    source.write_text("found = scalars(\n    select(A)\n    .where(A.id == 1)\n).all()\n", encoding="utf-8")
    assert [(one.lineno, one.end_lineno) for one in _queries(source)] == [(2, 3)]
