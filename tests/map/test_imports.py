"""Imports run one way, and only the engine knows SpiffWorkflow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# room → the rooms of ours that it may import
ROOMS = {
    "models": {"models"},
    "connectors": {"connectors"},
    "simulator": {"simulator"},
    "workflows": {"workflows", "models"},
    "handlers": {"handlers", "workflows", "models", "settings"},
}
# services speak with the outside, the sample world shares its people with the simulator
MORE = {
    "handlers/services": {"connectors"},
    "domain/sample": {"simulator"},
}
OURS = {*ROOMS, "app", "settings", "tests", "benchmarks"}


def _files(room: str) -> Iterator[Path]:
    yield from sorted((ROOT / room).rglob("*.py"))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def _allowed(path: Path, room: str) -> set[str]:
    place = path.relative_to(ROOT).as_posix()
    more = [rooms for folder, rooms in MORE.items() if place.startswith(folder)]
    return ROOMS[room].union(*more)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_one_way(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _files(room)
        for name in _imported(path)
        if name.split(".")[0] in OURS - _allowed(path, room)
    ]
    assert wrong == []


def test_only_the_engine_imports_spiffworkflow() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for room in ROOMS
        for path in _files(room)
        if not path.is_relative_to(ROOT / "workflows" / "engine")
        and any(name.split(".")[0] == "SpiffWorkflow" for name in _imported(path))
    ]
    assert wrong == []


def test_operations_never_call_the_outside_from_models_or_workflows() -> None:
    clients = {"requests", "httpx", "urllib3", "opendal"}
    wrong = [
        str(path.relative_to(ROOT))
        for room in ("models", "workflows", "handlers")
        for path in _files(room)
        if clients & {name.split(".")[0] for name in _imported(path)}
    ]
    assert wrong == []
