"""Everything that a diagram may name, as plain data: what it is called, what it means, where it is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from domain.diagrams.lint_environment import read_newest
from domain.diagrams.named_places import Place, find_duty_names, find_places
from domain.wording import english_labels
from models.base import codes
from models.processes.states import DefinitionSort
from translations import source_of
from workflows import forms, operations, vocabulary
from workflows.definitions import contents
from workflows.definitions.letters import Letter
from workflows.engine.decisions import Table, load_tables
from workflows.engine.expressions import compile_expression
from workflows.engine.source import safe_xml
from workflows.engine.state.drawn_facts import DrawnMessage, read_drawn_facts
from workflows.forms.description import describe_schema
from workflows.forms.registry import Form
from workflows.operations import Answer, Operation
from workflows.vocabulary import TermSort, ValueType

Entry = dict[str, Any]


def build_vocabulary() -> dict[str, list[Entry]]:
    """All words by sort, each with labels, details and the places of deployed diagrams that name it."""
    drawings = dict(read_newest(DefinitionSort.PROCESS))
    places = find_places(drawings)
    duties = find_duty_names(drawings)
    for place, by in (*_list_named(), *_list_registers_of_tables()):
        places.setdefault(place, []).append(by)
    found: dict[str, list[Entry]] = {
        "operations": [describe_operation(one) for one in operations.registered_operations().values()],
        "forms": list(_list_forms()),
        "roles": [_describe_role(role) for role in codes.ROLES],
        "messages": [_describe_message(one) for one in _list_messages(drawings)],
        "public_states": list(_list_states()),
        "duties": [
            _entry(word, duties.get(word, ""))
            for word in sorted({one for sort, one in places if sort == "duties"})
        ],
        "letters": list(_list_letters()),
        "notices": list(_list_notices()),
        "registers": [
            _entry(name, label, english_labels.REGISTERS.get(name, ""))
            for name, label in codes.REGISTERS.items()
        ],
        "decisions": [_describe_table(one) for one in _list_tables()],
        **{f"{sort}_words": _list_terms(sort) for sort in TermSort},
    }
    return {sort: sorted(_place_all(sort, ones, places), key=_by_name) for sort, ones in found.items()}


def _list_named() -> Iterator[tuple[Place, str]]:
    """What definitions name of each other: states, services and letters their notices and papers."""
    for sort in (DefinitionSort.STATES, DefinitionSort.SERVICE, DefinitionSort.LETTER):
        for kept in contents.list_newest(sort):
            for named, key in sorted(kept.names):
                yield (f"{named}s", key), f"{sort}:{kept.key}"


def _list_registers_of_tables() -> Iterator[tuple[Place, str]]:
    """The registers that decision tables choose: a diagram gets their names from the table alone."""
    for table in _list_tables():
        cells = (compile_expression(text) for rule in table.rules for text in rule.results)
        values = (one.evaluate({}) for one in cells if not one.names)
        words = {word for value in values for word in (value if isinstance(value, list) else [value])}
        for register in codes.REGISTERS:
            if register in words:
                yield ("registers", register), f"decision:{table.key}"


def _by_name(entry: Entry) -> str:
    return str(entry["name"])


def _place_all(sort: str, entries: list[Entry], places: Mapping[Place, list[str]]) -> list[Entry]:
    return [entry | {"usedBy": places.get((sort, entry["name"]), [])} for entry in entries]


def _entry(name: str, label: str = "", english: str = "", description: str = "") -> Entry:
    return {"name": name, "label": _label(label or name, english), "description": source_of(description)}


def _label(chinese: str, english: str = "") -> dict[str, str | None]:
    said = english or getattr(chinese, "english", "")
    return {"zh": source_of(chinese), "en": said or None}


def describe_operation(operation: Operation) -> Entry:
    """An operation with what it takes, what it answers and which errors it throws."""
    fields = operation.parameters().fields
    return _entry(operation.name, operation.summary, operation.english) | {
        "kind": operation.kind.value,
        "parameters": describe_schema(operation.parameters()),
        "names": {
            name: field.metadata["names"].value for name, field in fields.items() if "names" in field.metadata
        },
        "result": describe_answer(operation.answer),
        "errors": sorted(operations.list_errors(operation)),
    }


def describe_answer(answer: Answer | None) -> Entry | None:
    """What an operation answers: a label, and the values or the parts."""
    if answer is None:
        return None
    found: Entry = {"label": _label(answer.label, answer.english)}
    if answer.type is not None:
        found["type"] = str(answer.type)
    if answer.values is not None:
        found["values"] = _list_choices(answer.values)
    if answer.parts is not None:
        found["parts"] = {name: describe_answer(part) for name, part in answer.parts.items()}
    return found


def _list_choices(told: Mapping[Any, str] | ValueType | None) -> list[Entry] | Entry | None:
    """All that may be chosen, or the type of what may be there."""
    if isinstance(told, Mapping):
        return [{"value": value, "label": _label(word)} for value, word in told.items()]
    return None if told is None else {"type": str(told)}


def _list_forms() -> Iterator[Entry]:
    for form in forms.registered_forms().values():
        yield _describe_form(form)
    for kept in contents.list_newest(DefinitionSort.FORM):
        designed = kept.value
        yield _entry(designed.key, designed.title) | {
            "designed": True,
            "decides": {name: _list_choices(one or None) for name, one in designed.list_choices().items()},
            "sorts": {name: one["sort"] for name, one in designed.list_variables().items()},
        }


def _describe_form(form: Form) -> Entry:
    decided = (
        None if form.decides is None else {name: _list_choices(one) for name, one in form.decides.items()}
    )
    return _entry(form.key, form.title, english_labels.FORMS.get(form.key, "")) | {
        "designed": False,
        "fields": describe_schema(form.schema()),
        "decides": decided,
    }


def _describe_role(role: str) -> Entry:
    place, (english, sees) = codes.ROLE_PLACES.get(role), english_labels.ROLES.get(role, ("", ""))
    return _entry(role, codes.ROLES[role], english, sees) | {"place": str(place) if place else None}


def _list_messages(drawings: Mapping[str, bytes]) -> list[DrawnMessage]:
    roots = (safe_xml.parse_xml(source, name="diagram.bpmn") for source in dict.fromkeys(drawings.values()))
    return list(read_drawn_facts(roots).messages.values())


def _describe_message(message: DrawnMessage) -> Entry:
    act = vocabulary.find_term(TermSort.ACT, message.act)
    words = message.label or (act.label if act is not None else "")
    roles = list(act.details["roles"]) if act is not None else [message.sender] if message.sender else []
    return _entry(message.name, words, act.english if act is not None else "") | {
        "act": message.act or None,
        "senders": roles,
        "payload": _to_plain(act.details["payload"]) if act is not None else {},
    }


def _list_states() -> Iterator[Entry]:
    for kept in contents.list_newest(DefinitionSort.STATES):
        for name, state in kept.value.states.items():
            yield _entry(name, state.label, description=state.text) | {
                "countsAs": state.counts_as or None,
                "allows": sorted(state.allows),
                "notice": state.notice.name if state.notice else None,
            }


def _list_letters() -> Iterator[Entry]:
    for kept in contents.list_newest(DefinitionSort.LETTER):
        value = kept.value
        if isinstance(value, Letter):
            yield _entry(value.key, value.title) | {"sheet": False, "fields": sorted(value.fields)}
        else:
            yield _entry(value.key) | {"sheet": True, "fields": []}


def _list_notices() -> Iterator[Entry]:
    for kept in contents.list_newest(DefinitionSort.NOTICE):
        last = kept.value.variants[-1]
        yield _entry(kept.value.key, last.title, description=last.text)


def _list_tables() -> Iterator[Table]:
    for key, source in read_newest(DefinitionSort.DECISION):
        yield from (one for one in load_tables(source, name=f"{key}.dmn") if one.key == key)


def _describe_table(table: Table) -> Entry:
    return _entry(table.key, table.name, english_labels.DECISIONS.get(table.key, "")) | {
        "inputs": [{"expression": one.expression, "label": one.label} for one in table.inputs],
        "outputs": [{"name": one.name, "label": one.label} for one in table.outputs],
    }


def _list_terms(sort: TermSort) -> list[Entry]:
    return [
        _entry(term.name, term.label, term.english, term.description) | {"details": _to_plain(term.details)}
        for term in vocabulary.list_terms(sort).values()
    ]


def _to_plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _to_plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_to_plain(one) for one in value]
    return value if isinstance(value, bool | int | float | None) else str(value)
