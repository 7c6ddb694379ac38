"""The files of the library, and an environment in which they may be deployed."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from lxml import etree

from workflows.engine.source.environment import Environment, OperationFacts

LIBRARY = Path(__file__).parents[4] / "workflows" / "library"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"


def library() -> dict[str, bytes]:
    return {
        path.name: path.read_bytes()
        for path in sorted(LIBRARY.rglob("*"))
        if path.suffix in (".bpmn", ".dmn")
    }


def around(sources: dict[str, bytes]) -> Environment:
    """An environment that knows what the library names, so that only its shape is judged."""
    roots = [etree.fromstring(source) for source in sources.values()]
    named = [(one.get("name"), one.get("value")) for root in roots for one in root.iter(f"{SPIFF}property")]
    parameters: dict[str, set[str]] = defaultdict(set)
    for root in roots:
        for one in root.iter(f"{SPIFF}serviceTaskOperator"):
            parameters[one.get("id")] |= {given.get("id") for given in one.iter(f"{SPIFF}parameter")}
    operations = {
        name: OperationFacts(parameters=frozenset(known), kind="inward") for name, known in parameters.items()
    }
    return Environment(
        operations=operations,
        forms=frozenset(value for name, value in named if name == "formKey"),
        roles=frozenset(value for name, value in named if name == "role"),
    )
