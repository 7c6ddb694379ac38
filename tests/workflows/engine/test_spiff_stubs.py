"""What `stubs` says of SpiffWorkflow, which carries no types, is so in the package that is installed."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

STUBS = Path(__file__).parents[3] / "stubs"
FILES = sorted(file for file in STUBS.rglob("*.pyi") if file.read_text(encoding="utf-8"))
FORMS = {"Parameter"}  # of plain dictionaries, which the package has no classes for


def declared(file: Path) -> Iterator[tuple[type, ast.ClassDef]]:
    """The classes of a stub: as they are installed, and as they are said to be."""
    parts = file.relative_to(STUBS).with_suffix("").parts
    module = importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    for tree in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(tree, ast.ClassDef) and tree.name not in FORMS:
            yield getattr(module, tree.name), tree


def has(kind: type, name: str) -> bool:
    """Whether instances of a class have a member; of a base, those of all that descend from it."""
    text = "".join(inspect.getsource(base) for base in kind.__mro__ if base.__module__ != "builtins")
    if hasattr(kind, name) or f"self.{name} = " in text:
        return True
    below = [one for one in kind.__subclasses__() if one.__module__.startswith("SpiffWorkflow.")]
    return bool(below) and all(has(one, name) for one in below)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(STUBS)))
def test_every_member_is_there(file: Path) -> None:
    classes = list(declared(file))
    assert classes
    for kind, tree in classes:
        for member in tree.body:
            if isinstance(member, ast.AnnAssign):
                assert has(kind, ast.unparse(member.target)), ast.unparse(member)
            elif isinstance(member, ast.FunctionDef):
                assert has(kind, member.name), member.name
                assert _asked(member) <= _taken(kind, member.name) | {"self"}, member.name


def _asked(member: ast.FunctionDef) -> set[str]:
    return {argument.arg for argument in (*member.args.args, *member.args.kwonlyargs)}


def _taken(kind: type, name: str) -> set[str]:
    """What a method takes; a property takes nothing, and an open ended one whatever its bases take."""
    takers = (getattr(base, name, None) for base in (*kind.__mro__, *kind.__subclasses__()))
    return {word for one in takers if callable(one) for word in inspect.signature(one).parameters}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(STUBS)))
def test_every_class_descends_as_it_is_said(file: Path) -> None:
    for kind, tree in declared(file):
        names = {base.__name__ for base in kind.__mro__}
        assert {ast.unparse(base) for base in tree.bases} <= names
