"""What a process reaches, and its release locks: what it calls, decides by, shows, says and prints.

Diagrams name forms, public states, letters and notices; states and services name notices; a service names
the process that it is. What a release holds does not change for the cases that run on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from models.processes.states import DefinitionSort
from workflows.definitions import files
from workflows.definitions.contents import PLAIN
from workflows.definitions.files import DefinitionName, FoundDefinition
from workflows.engine.source.drawings import DrawnProcess
from workflows.engine.source.environment import Environment


class Kept(Protocol):
    """A definition as far as what it names is read from it."""

    @property
    def content(self) -> bytes:
        """Its file, or its part of one."""


def list_names(
    drawn: Iterable[DrawnProcess], definitions: Mapping[DefinitionName, Kept], environment: Environment
) -> set[DefinitionName]:
    """All that the first of some processes reaches, the others being those that it calls."""
    reached = list(drawn)
    others = {name: _read_kept(name, kept) for name, kept in definitions.items() if name[0] not in PLAIN}
    found: set[DefinitionName] = set()
    ahead = [
        *(name for drawing in reached for name in _list_drawn(drawing, environment)),
        *_list_states(reached, others),
        *(name for name, one in others.items() if _is_entered_by(one, reached[0].key)),
    ]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += others[name].names if name in others else ()
    return found


def _list_drawn(drawing: DrawnProcess, environment: Environment) -> Iterator[DefinitionName]:
    """What a diagram names itself."""
    yield DefinitionSort.PROCESS, drawing.key
    yield from ((DefinitionSort.DECISION, key) for key in drawing.decisions)
    yield from ((DefinitionSort.FORM, key) for key in drawing.forms)
    for operation, parameter, value in drawing.constants:
        facts = environment.operations.get(operation)
        if facts is not None and parameter in facts.names:
            yield facts.names[parameter], value


def _list_states(
    reached: Iterable[DrawnProcess], others: Mapping[DefinitionName, FoundDefinition]
) -> Iterator[DefinitionName]:
    """The sets of states in which the states of some diagrams stand."""
    named = {state for drawing in reached for state in drawing.public_states}
    for name, one in others.items():
        if one.sort == DefinitionSort.STATES and named & one.value.states.keys():
            yield name


def _is_entered_by(one: FoundDefinition, process: str) -> bool:
    return one.sort == DefinitionSort.SERVICE and one.value.entry == process


def _read_kept(name: DefinitionName, kept: Kept) -> FoundDefinition:
    return files.read_kept(*name, kept.content)
