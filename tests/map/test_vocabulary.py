"""What the diagrams name is registered, and what operators may set is documented."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from lxml import etree

from domain import outside
from models.base.codes import ROLES
from settings import CHANNELS, REGISTERS, Settings, table
from workflows import forms, operations
from workflows.definitions import files

ROOT = Path(__file__).resolve().parents[2]
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
DIAGRAMS = sorted(ROOT.glob("workflows/library/*/*.bpmn"))


def _properties(name: str) -> Iterator[str]:
    for path in DIAGRAMS:
        for element in etree.parse(path).iter(f"{SPIFF}property"):
            if element.get("name") == name:
                yield str(element.get("value"))


def test_there_are_diagrams() -> None:
    assert {path.stem for path in DIAGRAMS} >= {
        "accreditation",
        "registration",
        "confirmation",
        "review",
        "certificate",
    }


def test_every_form_is_registered(app: Flask) -> None:
    assert set(_properties("formKey")) <= set(forms.registered_forms())


def test_every_role_is_known() -> None:
    assert set(_properties("role")) <= set(ROLES)


def test_every_public_state_is_known() -> None:
    described = {
        state
        for path in ROOT.glob("workflows/library/*/states.json")
        for one in files.read_file(path.name, path.read_bytes())
        for state in one.value.states
    }
    assert set(_properties("publicState")) == described


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_every_operation_is_registered_with_its_parameters(app: Flask, path: Path) -> None:
    for operator in etree.parse(path).iter(f"{SPIFF}serviceTaskOperator"):
        operation = operations.get_operation(str(operator.get("id")))
        given = {parameter.get("id") for parameter in operator.iter(f"{SPIFF}parameter")}
        assert given <= set(operation.parameters().fields), operation.name


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    assert {name for name in Settings.__dataclass_fields__ if f"`ZIGE_{name.upper()}`" not in page} == set()
    assert table.insert_tables(page) == page, "python -m settings.table"


@pytest.mark.found("X3")
def test_every_register_and_channel_has_an_address_and_a_key_of_its_own() -> None:
    clients = set(outside.Registers.__dataclass_fields__), set(outside.Channels.__dataclass_fields__)
    assert clients == (set(REGISTERS), set(CHANNELS))
    lines = {f"{name}_{part}" for name in REGISTERS | CHANNELS for part in ("url", "key")}
    outward = {name for name, one in Settings.__dataclass_fields__.items() if "outside" in one.metadata}
    assert lines == outward
