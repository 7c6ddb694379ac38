"""States, kinds and outcomes are members of enumerations, each with the comment that says what it means."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from models import db
from models.base.columns import Word
from models.base.database import writing
from models.persons.people import Person
from models.persons.states import PersonKind, Verification
from workflows.clock import now

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("models", "domain", "workflows", "handlers")
MODULES = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("models/*/states.py"))
MEMBER = re.compile(r"    [A-Z_]+ = \"")


@pytest.mark.parametrize("module", MODULES)
def test_each_member_says_what_it_means(module: str) -> None:
    lines = (ROOT / module).read_text(encoding="utf-8").splitlines()
    members = [line for line in lines if MEMBER.match(line)]
    assert members
    assert [line for line in members if "  # " not in line] == []


def enumerated_columns() -> dict[str, set[str]]:
    """The words of each enumeration by the name of the columns that keep them."""
    found: dict[str, set[str]] = {}
    for table in db.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, Word):
                words = {member.value for member in column.type.enumeration}
                found[column.name] = found.get(column.name, set()) | words
    return found


def compared_words(tree: ast.AST) -> Iterator[tuple[str, str, int]]:
    """Attribute, word and line of every comparison of an attribute with a text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute):
            for one in ast.walk(ast.Tuple(elts=list(node.comparators))):
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield node.left.attr, one.value, node.lineno


# Attributes of the same name that are kept in no column: pictures of diagrams, answers of registers.
OTHERS = re.compile(
    r"domain/outside/|domain/wording/dates|handlers/diagrams/|case_diagrams|status_diagram|workflows/diagrams/"
    r"|workflows/engine/(decisions|lint)/"
)


def test_no_state_is_compared_with_a_bare_word() -> None:
    columns, bare = enumerated_columns(), []
    assert columns.keys() >= {"state", "kind", "source", "outcome", "verification", "mode"}
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            if OTHERS.search(name):
                continue
            for attribute, word, line in compared_words(ast.parse(path.read_text(encoding="utf-8"))):
                if word in columns.get(attribute, ()):
                    bare.append(f"{name}:{line} {attribute} {word}")
    assert bare == []


def test_what_a_column_keeps_comes_back_as_a_member(app: Flask) -> None:
    writing.set(True)
    person = Person(kind=PersonKind.STAFF, login="a", name="b", password_hash="", created_at=now())
    db.session.add(person)
    db.session.commit()
    assert person.kind is PersonKind.STAFF
    assert person.verification is Verification.NONE
    # What nobody should have written stays readable: the check of the database names it.
    db.session.execute(update(Person).values(verification="odd"))
    db.session.commit()
    assert db.session.scalar(select(Person.verification)) == "odd"
    writing.set(None)
