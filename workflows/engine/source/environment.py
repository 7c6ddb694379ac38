"""What exists around a diagram: the names that the linter takes as known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from models.processes.states import DefinitionSort, OperationKind
from workflows.vocabulary import ValueType


@dataclass(frozen=True, kw_only=True)
class OperationFacts:
    """What the linter needs to know of a registered operation."""

    parameters: frozenset[str]
    kind: OperationKind
    required: frozenset[str] = frozenset()
    names: Mapping[str, DefinitionSort] = field(default_factory=dict)  # parameter → what its value names
    parts: Mapping[str, frozenset[str]] = field(default_factory=dict)  # of an object that a parameter takes
    # What is wrong with the value of a parameter, in sentences; without it nothing can be told.
    judge: Callable[[str, Any], tuple[str, ...]] | None = field(default=None, compare=False)
    # What it may answer: all values, those of the parts of an object, a type; None: any.
    results: Any = None
    errors: frozenset[str] | None = None  # the codes of the errors that it throws; None: any


@dataclass(frozen=True, kw_only=True)
class FormFacts:
    """What the linter needs to know of a registered form."""

    # Decision variable → all values that it may have, or their type; None: any.
    decides: Mapping[str, Any] | None = None
    is_designed: bool = False  # what it tells is what a designer called so


class DeployedPart(Protocol):
    """A definition that is deployed, as far as the linter looks at it."""

    @property
    def sort(self) -> str:
        """What it is."""

    @property
    def key(self) -> str:
        """Its name."""

    @property
    def value(self) -> Any:
        """What it says."""


@dataclass(frozen=True, kw_only=True)
class TableFacts:
    """What a decision table is given and has to answer that is asked by more than diagrams."""

    facts: frozenset[str]  # the names that its inputs may use
    outputs: Mapping[str, frozenset[str | bool]]  # needed output → what it may say
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)  # name → all that it may be


@dataclass(frozen=True, kw_only=True)
class Environment:
    """The names a diagram may refer to besides those in the files that are deployed with it."""

    operations: Mapping[str, OperationFacts] = field(default_factory=dict)
    forms: frozenset[str] = frozenset()
    decides: Mapping[str, FormFacts] = field(default_factory=dict)  # registered form → what it decides
    roles: frozenset[str] = frozenset()
    acts: frozenset[str] | None = None  # what messages may do; None: anything
    processes: frozenset[str] = frozenset()  # keys already deployed
    decisions: frozenset[str] = frozenset()  # keys already deployed
    called: frozenset[str] = frozenset()  # keys that deployed processes call: what they throw goes on there
    asked: Mapping[str, TableFacts] = field(default_factory=dict)  # tables that pages ask, by key
    # What tables read besides variables, with all values where they are some; None: anything.
    facts: Mapping[str, frozenset[Any] | None] | None = None
    duties: frozenset[str] = frozenset()  # duty groups set by deployed processes
    public_states: frozenset[str] | None = None  # None: any
    modes: frozenset[str] | None = None  # what `onlyFor` may name; None: anything
    definitions: frozenset[tuple[str, str]] = frozenset()  # sort and key of what else is deployed
    sheets: frozenset[str] = frozenset()  # the letters among them that are sheets, which nobody can issue
    # Subject → the variables with which its cases start, each with its type; None: any.
    starting: Mapping[str, Mapping[str, ValueType | None]] = field(default_factory=dict)
    entries: Mapping[str, str] = field(default_factory=dict)  # entry of a deployed service → its subject
    kept: tuple[DeployedPart, ...] = ()  # what else is deployed, as it is read
    sources: frozenset[tuple[str, bytes]] = frozenset()  # deployed diagrams and tables: file name, content
    production: bool = True  # development lets user tasks without a form pass
