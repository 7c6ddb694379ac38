"""What the diagrams of a release say beside their tokens: what its messages do, and where results are kept.

Python asks for what a message does and for what an operation answers; their names are the designer's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Select, select

from models import db
from models.base.database import read_once
from models.processes.instances import Definition, ReleasePart
from models.processes.states import DefinitionSort
from workflows import vocabulary
from workflows.definitions.contents import find_release
from workflows.engine.source import safe_xml
from workflows.engine.source.drawings import SPIFF
from workflows.engine.source.safe_xml import BPMN, Element
from workflows.vocabulary import TermSort

KEPT = 64  # releases held in memory by one process


@dataclass(frozen=True, kw_only=True)
class DrawnMessage:
    """A message that diagrams declare."""

    name: str
    act: str = ""  # what sending it does, a word of Python's
    sender: str = ""  # who may send one that Python knows nothing of: a role
    label: str = ""  # the button's words for it


@dataclass(frozen=True, kw_only=True)
class DrawnFacts:
    """What the diagrams of one release say."""

    messages: Mapping[str, DrawnMessage]
    results: Mapping[str, frozenset[str]]  # operation → the variables that its results are kept in

    def list_messages(self, act: str) -> frozenset[str]:
        """The names of the messages that do something."""
        return frozenset(name for name, message in self.messages.items() if message.act == act)


NOTHING = DrawnFacts(messages={}, results={})


def drawn_facts_of(instance_id: int | None) -> DrawnFacts:
    """What the diagrams say that an instance runs on."""
    return read_once(("drawn", instance_id), lambda: _read_facts(instance_id))


def list_act_messages(instance_id: int | None, act: str) -> Set[str]:
    """The names under which an instance may wait for something that a person or another case does.

    A release made before messages said what they do is known by what they were called.
    """
    facts = drawn_facts_of(instance_id)
    if not any(message.act for message in facts.messages.values()):
        term = vocabulary.find_term(TermSort.ACT, act)
        return facts.messages.keys() & {term.details["formerly"]} if term is not None else frozenset()
    return facts.list_messages(act)


def _read_facts(instance_id: int | None) -> DrawnFacts:
    release = find_release(instance_id)
    return NOTHING if release is None else find_drawn_facts(*release)


@lru_cache(maxsize=KEPT)
def find_drawn_facts(release_id: int, digest: str) -> DrawnFacts:
    """What the diagrams of a release say; the digest names them, whatever database they came from."""
    parts = select(Definition.source).join(ReleasePart, ReleasePart.definition_id == Definition.id)
    return _read_sources(parts.where(ReleasePart.release_id == release_id))


def _read_sources(query: Select[bytes]) -> DrawnFacts:
    sources = db.session.scalars(query.where(Definition.sort == DefinitionSort.PROCESS))
    return read_drawn_facts(safe_xml.parse_xml(source, name="diagram.bpmn") for source in set(sources))


def read_drawn_facts(roots: Iterable[Element]) -> DrawnFacts:
    """What some diagrams say."""
    messages: dict[str, DrawnMessage] = {}
    results: dict[str, set[str]] = {}
    for root in roots:
        for element in root.findall(f"{{{BPMN}}}message"):
            message = read_message(element)
            known = messages.get(message.name)
            if known is None or not known.act:
                messages[message.name] = message
        for operator in root.iter(f"{{{SPIFF}}}serviceTaskOperator"):
            if name := operator.get("resultVariable"):
                results.setdefault(operator.get("id", ""), set()).add(name)
    return DrawnFacts(
        messages=messages, results={operation: frozenset(names) for operation, names in results.items()}
    )


def read_message(element: Element) -> DrawnMessage:
    """One declared message with its properties."""
    found = {one.get("name"): one.get("value", "") for one in element.iter(f"{{{SPIFF}}}property")}
    return DrawnMessage(
        name=element.get("name", ""),
        act=found.get("act", ""),
        sender=found.get("sender", ""),
        label=found.get("label", ""),
    )
