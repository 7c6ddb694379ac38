"""What people read when something is refused stands in the code as a sentence, not in a docstring."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import handlers
import models
import workflows
from models.base.errors import DomainError
from models.cases.refusals import NoSite

ROOT = Path(__file__).resolve().parents[2]
TELL_ALL = """
from models.base.errors import DomainError
from models.cases.refusals import NoSite
from tests.map.test_sentences import refusals
assert DomainError.__doc__ is None
print(*(f"{one.__name__} {one.sentence}" for one in refusals()), NoSite(), sep="\\n")
"""


def refusals() -> Iterator[type[DomainError]]:
    """Every class of refusal of the product."""
    for room in (handlers, models, workflows):
        for module in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            importlib.import_module(module.name)
    classes = [DomainError]
    while classes:
        classes += (one := classes.pop()).__subclasses__()
        yield one


@pytest.mark.found("T3")
def test_every_refusal_has_a_sentence_of_its_own() -> None:
    silent = [one.__name__ for one in refusals() if "sentence" not in vars(one)]
    assert silent == []


@pytest.mark.found("T3")
def test_refusals_speak_in_a_python_that_drops_docstrings() -> None:
    told = subprocess.run(
        [sys.executable, "-OO", "-c", TELL_ALL], cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    ).stdout.splitlines()
    assert told[-1] == "该机构未设置确认点，请联系所选的教育局。"
    assert len(told) > 65
    assert [line for line in told[:-1] if not line.endswith("。")] == []


@pytest.mark.found("T3")
def test_refusals_speak_where_no_page_is_asked_for(app: Flask) -> None:
    assert NoSite().sentence == "该机构未设置确认点，请联系所选的教育局。"
