"""In which public state an application stands: what it is called, what it means and what it allows."""

from __future__ import annotations

from models.cases.applications import Application
from models.cases.states import Ability
from workflows.definitions import contents
from workflows.definitions.reading.texts import Text
from workflows.definitions.states import PublicState, StateSet


def find_state(application: Application) -> PublicState:
    """The public state of an application, as the release describes it on which its case runs."""
    known = contents.find_state_set(application.states_sha256)
    if known is not None and application.state in known.states:
        return known.states[application.state]
    return find_named_state(application.instance_id, application.state)


def find_named_state(instance_id: int | None, name: str | None) -> PublicState:
    """A state by its name; one that nobody describes any more is called by its name."""
    found = contents.contents_of(instance_id).find_state(name)
    return found[0] if found is not None else PublicState(name=name or "", label=Text(name or ""))


def find_state_set(application: Application) -> StateSet | None:
    """All states among which that of an application stands."""
    known = contents.find_state_set(application.states_sha256)
    if known is not None:
        return known
    found = contents.contents_of(application.instance_id).find_state(application.state)
    return contents.find_state_set(found[1]) if found is not None else None


def is_allowed(application: Application, ability: Ability) -> bool:
    """Whether the public state of an application allows something."""
    return ability in find_state(application).allows
