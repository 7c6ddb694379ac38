"""What other packages keep to themselves is touched by one module for each of them, and by no other."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.map import house
from workflows.engine.elements.spiff_internals import HOOKS

FENCES = {"workflows.engine.elements.spiff_internals", "models.base.prebuilt"}
# Members with an underscore that their packages mean for others: name → why it may be used.
DOCUMENTED = {
    "_deserialize": "marshmallow: what a field of one's own overrides",
    "_get_current_object": "werkzeug: the app behind `current_app`, for another thread",
    "_load_form_data": "werkzeug: a request of one's own reads its form there",
    "_new_conn": "urllib3: where a connection of one's own opens its socket",
    "_prepare_response_doc": "flask-smorest: where a blueprint describes an answer",
    **dict.fromkeys(HOOKS, "SpiffWorkflow: what a spec of one's own overrides"),
}
# Without an underscore, and undocumented all the same; attributes and words under which values are kept.
UNDOCUMENTED = {
    "SpiffWorkflow": {
        "event_fired",
        "event_manager",
        "event_value",
        "merge_child",
        "seen_events",
        "trigger_specs",
    },
    "SQLAlchemy": {
        "bind_names",
        "bind_processor",
        "dialect_impl",
        "insert_prefetch",
        "is_disconnect",
        "loaded_dbapi",
        "positiontup",
        "replacement_traverse",
        "result_processor",
        "update_prefetch",
    },
}
ASKED_BY_NAME = {"getattr", "setattr", "hasattr", "delattr"}


def texts() -> dict[str, ast.Module]:
    """Every module outside the fences, the benchmarks with them, as its syntax."""
    measured = {f"benchmarks.{path.stem}": path for path in (house.ROOT / "benchmarks").rglob("*.py")}
    found: dict[str, Path] = {**house.modules(), **measured}
    return {
        name: ast.parse(path.read_text(encoding="utf-8"))
        for name, path in found.items()
        if name not in FENCES
    }


def is_private(name: str) -> bool:
    """Whether a name begins with one underscore."""
    return name.startswith("_") and not name.startswith("__")


def own_names(tree: ast.AST) -> set[str]:
    """The private names that a module itself defines."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            found.add(node.id if isinstance(node, ast.Name) else node.attr)
    return found


def reaches(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Where a module reaches for private members of others: line and name."""
    own = own_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            value = node.value
            is_self = isinstance(value, ast.Name) and value.id in {"self", "cls"}
            if not (is_self and _inherits(tree, node.attr, own)):
                yield node.lineno, node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ASKED_BY_NAME:
            yield from (
                (node.lineno, part.value)
                for part in node.args[1:2]
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and is_private(part.value)
            )


def _inherits(tree: ast.Module, name: str, own: set[str]) -> bool:
    """Whether an own name is ours: defined here, or by the module of ours whose classes are built on."""
    if name in own:
        return True
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    ours = [house.modules()[module] for module in (imported - FENCES) & house.modules().keys()]
    return any(name in own_names(ast.parse(path.read_text(encoding="utf-8"))) for path in ours)


def test_private_members_of_others_are_used_behind_the_fences() -> None:
    wrong = [
        f"{module}:{line} {name}"
        for module, tree in texts().items()
        for line, name in reaches(tree)
        if name not in DOCUMENTED
    ]
    assert wrong == []


def test_nothing_is_allowed_that_nobody_uses() -> None:
    used = {name for tree in texts().values() for _, name in reaches(tree)}
    defined = {name for tree in texts().values() for name in own_names(tree)}
    assert set(DOCUMENTED) - used - defined == set()


def test_nothing_private_is_imported() -> None:
    wrong = [
        f"{module}:{node.lineno} {word}"
        for module, tree in texts().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for word in _imported_words(node)
        if is_private(word)
    ]
    assert wrong == []


def _imported_words(node: ast.Import | ast.ImportFrom) -> list[str]:
    names = [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        names.append(node.module or "")
    return [word for name in names for word in name.split(".")]


@pytest.mark.parametrize("package", UNDOCUMENTED)
def test_undocumented_members_are_used_behind_the_fences(package: str) -> None:
    wrong = [
        f"{module}:{node.lineno} {word}"
        for module, tree in texts().items()
        for node in ast.walk(tree)
        for word in _words(node)
        if word in UNDOCUMENTED[package]
    ]
    assert wrong == []


def _words(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Attribute):
        return [node.attr]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def test_classes_are_exchanged_behind_the_fences() -> None:
    wrong = [
        f"{module}:{node.lineno}"
        for module, tree in texts().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "__class__" and isinstance(node.ctx, ast.Store)
    ]
    assert wrong == []


def test_our_elements_override_hooks_and_no_other_private_method() -> None:
    overridden = {
        f"{kind.__module__}.{kind.__name__}.{name}": name
        for module in house.modules()
        if module.startswith("workflows.engine.") and module not in FENCES
        for _, kind in inspect.getmembers(importlib.import_module(module), inspect.isclass)
        if kind.__module__ == module
        for name in vars(kind)
        if is_private(name) and any(name in vars(base) for base in kind.__mro__ if _is_stock(base))
    }
    assert set(overridden.values()) == HOOKS
    assert len(overridden) > len(HOOKS)


def _is_stock(kind: type) -> bool:
    return kind.__module__.startswith("SpiffWorkflow.")
