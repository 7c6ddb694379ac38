"""The names that diagrams may use: registered operations and forms, roles, states, what is deployed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flask import current_app
from marshmallow import Schema, ValidationError
from marshmallow.validate import OneOf
from sqlalchemy import func, select

from domain.rules import policy
from models import db
from models.authorities.states import PlanMode
from models.base.codes import ROLES
from models.persons.people import Post
from models.processes.instances import Definition
from models.processes.states import DefinitionSort
from workflows import forms, operations, vocabulary
from workflows.definitions import contents
from workflows.definitions.contents import KeptDefinition
from workflows.definitions.letters import Sheet
from workflows.definitions.reading.names import explain_unknown
from workflows.engine import Environment, OperationFacts
from workflows.engine.lint.data.variables import describe_designed
from workflows.engine.lint.types.known_variables import read_type
from workflows.engine.source.environment import FormFacts
from workflows.vocabulary import TermSort

CALLED = re.compile(rb'calledElement="([^"]+)"')


def build_environment() -> Environment:
    """What the linter takes as known: what is registered, what is deployed, and the roles that are held."""
    kept = contents.list_kept()
    sets = [one.value.states for one in kept if one.sort == DefinitionSort.STATES]
    services = [one.value for one in kept if one.sort == DefinitionSort.SERVICE]
    return replace(
        build_registered_environment(),
        roles=frozenset(ROLES) | _held_roles(),
        processes=_deployed_keys("process"),
        decisions=_deployed_keys("decision"),
        definitions=frozenset((one.sort, one.key) for one in kept),
        kept=tuple(kept),
        sheets=_list_sheets(kept),
        decides=_registered_decisions() | _list_decisions(kept),
        entries={one.entry: one.subject for one in services},
        sources=_deployed_sources(),
        public_states=frozenset().union(*sets) or None,
        called=_called_keys(),
    )


def build_registered_environment() -> Environment:
    """What is known without a database."""
    return Environment(
        operations={
            name: _operation_facts(operation)
            for name, operation in operations.registered_operations().items()
        },
        forms=frozenset(forms.registered_forms()),
        roles=frozenset(ROLES),
        decides=_registered_decisions(),
        starting={
            name: term.details["variables"] for name, term in vocabulary.list_terms(TermSort.SUBJECT).items()
        },
        modes=frozenset(mode.value for mode in PlanMode),
        acts=frozenset(vocabulary.list_terms(TermSort.ACT)),
        asked=policy.TABLES,
        facts=operations.list_facts(),
        production=current_app.config["PRODUCTION"],
    )


def _operation_facts(operation: operations.Operation) -> OperationFacts:
    fields = operation.parameters().fields
    required = frozenset(name for name, field in fields.items() if field.required)
    return OperationFacts(
        parameters=frozenset(fields),
        kind=operation.kind,
        required=required,
        names={name: field.metadata["names"] for name, field in fields.items() if "names" in field.metadata},
        parts={
            name: frozenset(field.metadata["parts"])
            for name, field in fields.items()
            if "parts" in field.metadata
        },
        judge=partial(judge_parameter, operation.parameters),
        results=read_answer(operation.answer),
        errors=operations.list_errors(operation),
    )


def read_answer(answer: operations.Answer | None) -> Any:
    """All values of an answer, or of its parts; None where it may be any."""
    if answer is None:
        return frozenset({None})
    if answer.parts is not None:
        return {name: read_answer(part) for name, part in answer.parts.items()}
    return read_type(answer.type) if answer.values is None else frozenset(answer.values)


def _registered_decisions() -> dict[str, FormFacts]:
    """What registered forms tell the process."""
    return {
        key: FormFacts(
            decides={
                name: frozenset(told) if isinstance(told, Mapping) else read_type(told)
                for name, told in form.decides.items()
            }
        )
        for key, form in forms.registered_forms().items()
        if form.decides is not None
    }


def _list_decisions(kept: Sequence[KeptDefinition]) -> dict[str, FormFacts]:
    """What designed forms tell the process."""
    designed = [one.value for one in kept if one.sort == DefinitionSort.FORM]
    return {one.key: describe_designed(one) for one in designed}


def judge_parameter(parameters: type[Schema], name: str, value: Any) -> tuple[str, ...]:
    """What an operation will say to the value of one parameter."""
    schema = parameters()
    chosen = next((one for one in schema.fields[name].validators if isinstance(one, OneOf)), None)
    if chosen is not None and isinstance(value, str) and value not in chosen.choices:
        return (explain_unknown(value, [str(choice) for choice in chosen.choices]),)
    try:
        schema.load({name: value}, partial=True)
    except ValidationError as error:
        return tuple(_flatten_messages(error.messages))
    return ()


def _flatten_messages(messages: Any) -> Iterator[str]:
    parts = messages.values() if isinstance(messages, dict) else messages
    for part in parts:
        if isinstance(part, dict | list):
            yield from _flatten_messages(part)
        else:
            yield str(part)


def _held_roles() -> frozenset[str]:
    """Roles that somebody holds: an office may give posts of its own for processes of its own."""
    return frozenset(db.session.scalars(select(Post.role).distinct()))


def _deployed_keys(sort: str) -> frozenset[str]:
    return frozenset(db.session.scalars(select(Definition.key).where(Definition.sort == sort).distinct()))


def _list_sheets(kept: Sequence[KeptDefinition]) -> frozenset[str]:
    """The letters that are sheets."""
    return frozenset(one.key for one in kept if isinstance(one.value, Sheet))


def _called_keys() -> frozenset[str]:
    """The processes that the newest versions of others call."""
    return frozenset(key.decode() for content in _read_newest_drawings() for key in CALLED.findall(content))


def _read_newest_drawings() -> list[bytes]:
    """The files in which the newest versions of all processes are drawn."""
    return list(dict.fromkeys(source for _, source in read_newest(DefinitionSort.PROCESS)))


def _deployed_sources() -> frozenset[tuple[str, bytes]]:
    """The newest diagrams and tables, each under the key of the first that it holds."""
    kinds = ((DefinitionSort.PROCESS, "bpmn"), (DefinitionSort.DECISION, "dmn"))
    found: dict[bytes, str] = {}
    for sort, kind in kinds:
        for key, source in sorted(read_newest(sort)):
            found.setdefault(source, f"{key}.{kind}")
    return frozenset((name, source) for source, name in found.items())


def read_newest(sort: DefinitionSort) -> list[tuple[str, bytes]]:
    """The newest version of every definition of a sort: its key, and the file it stands in."""
    newest = (
        select(Definition.key, func.max(Definition.version).label("version"))
        .where(Definition.sort == sort)
        .group_by(Definition.key)
        .subquery()
    )
    drawn = select(Definition.key, Definition.source).where(
        Definition.sort == sort,
        Definition.key == newest.c.key,
        Definition.version == newest.c.version,
    )
    return [(row.key, row.source) for row in db.session.execute(drawn)]
