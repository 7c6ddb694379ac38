"""What exists around a diagram: the names that the linter takes as known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.processes.states import DefinitionSort, OperationKind


@dataclass(frozen=True, kw_only=True)
class OperationFacts:
    """What the linter needs to know of a registered operation."""

    parameters: frozenset[str]
    kind: OperationKind
    required: frozenset[str] = frozenset()
    names: Mapping[str, DefinitionSort] = field(default_factory=dict)  # parameter → what its value names


@dataclass(frozen=True, kw_only=True)
class TableFacts:
    """What a decision table is given and has to answer that is asked by more than diagrams."""

    facts: frozenset[str]  # the names that its inputs may use
    outputs: Mapping[str, frozenset[str | bool]]  # needed output → what it may say


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The names a diagram may refer to besides those in the files that are deployed with it."""

    operations: Mapping[str, OperationFacts] = field(default_factory=dict)
    forms: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    acts: frozenset[str] | None = None  # what messages may do; None: anything
    processes: frozenset[str] = frozenset()  # keys already deployed
    decisions: frozenset[str] = frozenset()  # keys already deployed
    called: frozenset[str] = frozenset()  # keys that deployed processes call: what they throw goes on there
    asked: Mapping[str, TableFacts] = field(default_factory=dict)  # tables that pages ask, by key
    duties: frozenset[str] = frozenset()  # duty groups set by deployed processes
    public_states: frozenset[str] | None = None  # None: any
    definitions: frozenset[tuple[str, str]] = frozenset()  # sort and key of what else is deployed
    production: bool = True  # development lets user tasks without a form pass
