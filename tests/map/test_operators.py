"""What operators are told to type is there, and what is there they are told of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from settings.loading import OTHERS

DOCS = Path(__file__).resolve().parents[2] / "docs"
ROW = re.compile(r"^\| `\./zige flask ([^`]+)` \|(.*)\|$", re.MULTILINE)
OF_LIBRARIES = {"db upgrade"}  # of the other commands of libraries operators need none


def commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command of our own below a group, by the words that call it."""
    for name, one in group.commands.items():
        if isinstance(one, click.Group):
            yield from commands(one, f"{before}{name} ")
        elif one.callback is not None and one.callback.__module__.startswith("handlers."):
            yield before + name, one


def rows() -> dict[str, str]:
    """The commands that the page for operators lists, without arguments, and all that it says of each."""
    found = ROW.findall((DOCS / "operators.md").read_text(encoding="utf-8"))
    return {re.sub(r" (--|[A-Z/]|workflows/).*", "", words): f"{words} {said}" for words, said in found}


def test_every_command_has_its_row_and_every_row_its_command(app: Flask) -> None:
    known = dict(commands(app.cli))
    assert len(known) > 20
    assert set(rows()) == set(known) | OF_LIBRARIES


def test_what_a_row_says_of_options_and_arguments_is_so(app: Flask) -> None:
    known = dict(commands(app.cli))
    for words, said in rows().items():
        if words in OF_LIBRARIES:
            continue
        takes = [option for parameter in known[words].params for option in parameter.opts]
        assert set(re.findall(r"--[a-z-]+", said)) <= set(takes), words


@pytest.mark.parametrize(
    "page", [*sorted(DOCS.glob("*.md")), DOCS.parent / "README.md"], ids=lambda one: one.name
)
def test_every_command_that_a_page_names_exists(app: Flask, page: Path) -> None:
    migrating = app.cli.commands["db"]
    assert isinstance(migrating, click.Group)
    known = {*dict(commands(app.cli)), *(f"db {name}" for name in migrating.commands)}
    named = re.findall(r"flask\s+([a-z]+(?: [a-z]+)?)", page.read_text(encoding="utf-8"))
    unknown = [words for words in named if words not in known and words.split()[0] not in known]
    assert unknown == []


def test_what_the_launcher_and_others_read_is_documented() -> None:
    page = (DOCS / "operators.md").read_text(encoding="utf-8")
    assert [name for name in OTHERS if f"| `{name}` |" not in page] == []
