"""The glossary names what exists."""

from __future__ import annotations

import re
from functools import reduce
from importlib import import_module
from pathlib import Path

import pytest

from tests.map import house

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"
NAMES = sorted({*re.findall(r"`((?:\w+\.)+\w+)`", GLOSSARY.read_text(encoding="utf-8"))})


def test_there_are_words_in_it() -> None:
    assert len(NAMES) > 100


@pytest.mark.parametrize("name", NAMES)
def test_what_carries_a_word_exists(name: str) -> None:
    module = max((one for one in house.modules() if f"{name}.".startswith(f"{one}.")), key=len, default="")
    assert module, f"{name} is in no module"
    rest = [part for part in name.removeprefix(module).split(".") if part]
    assert reduce(getattr, rest, import_module(module)) is not None
