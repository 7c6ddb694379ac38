"""The names that diagrams may use: registered operations and forms, roles, states, what is deployed."""

from __future__ import annotations

import re
from dataclasses import replace

from flask import current_app
from sqlalchemy import func, select

from domain.rules import policy
from models import db
from models.base.codes import ROLES
from models.persons.people import Post
from models.processes.instances import Definition
from models.processes.states import DefinitionSort
from workflows import forms, operations, vocabulary
from workflows.definitions import contents
from workflows.engine import Environment, OperationFacts
from workflows.vocabulary import TermSort

CALLED = re.compile(rb'calledElement="([^"]+)"')


def build_environment() -> Environment:
    """What the linter takes as known: what is registered, what is deployed, and the roles that are held."""
    return replace(
        build_registered_environment(),
        roles=frozenset(ROLES) | _held_roles(),
        processes=_deployed_keys("process"),
        decisions=_deployed_keys("decision"),
        definitions=_deployed_definitions(),
        public_states=frozenset(contents.list_state_names()) or None,
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
        acts=frozenset(vocabulary.list_terms(TermSort.ACT)),
        asked=policy.TABLES,
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
    )


def _held_roles() -> frozenset[str]:
    """Roles that somebody holds: an office may give posts of its own for processes of its own."""
    return frozenset(db.session.scalars(select(Post.role).distinct()))


def _deployed_definitions() -> frozenset[tuple[str, str]]:
    other = select(Definition.sort, Definition.key).where(Definition.sort.not_in(contents.PLAIN)).distinct()
    return frozenset((sort, key) for sort, key in db.session.execute(other))


def _deployed_keys(sort: str) -> frozenset[str]:
    return frozenset(db.session.scalars(select(Definition.key).where(Definition.sort == sort).distinct()))


def _called_keys() -> frozenset[str]:
    """The processes that the newest versions of others call."""
    newest = (
        select(Definition.key, func.max(Definition.version).label("version"))
        .where(Definition.sort == DefinitionSort.PROCESS)
        .group_by(Definition.key)
        .subquery()
    )
    drawn = select(Definition.source).where(
        Definition.sort == DefinitionSort.PROCESS,
        Definition.key == newest.c.key,
        Definition.version == newest.c.version,
    )
    return frozenset(key.decode() for content in db.session.scalars(drawn) for key in CALLED.findall(content))
