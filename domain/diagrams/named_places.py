"""Where deployed diagrams name a word: the newest version of each, as process#element."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from models.processes.states import DefinitionSort
from translations import join_words
from workflows import operations
from workflows.engine.source import safe_xml
from workflows.engine.source.drawings import SPIFF, read_constant
from workflows.engine.source.safe_xml import BPMN, Element

Place = tuple[str, str]  # sort of word, word
PROPERTIES = {
    "formKey": "forms",
    "role": "roles",
    "duty": "duties",
    "notBy": "duties",
    "publicState": "public_states",
}
_NAMED = {DefinitionSort.LETTER: "letters", DefinitionSort.NOTICE: "notices"}


def find_places(sources: Mapping[str, bytes]) -> dict[Place, list[str]]:
    """The places of every word in some diagrams, in the order of the files."""
    found: dict[Place, dict[str, None]] = defaultdict(dict)
    for source in dict.fromkeys(sources.values()):
        root = safe_xml.parse_xml(source, name="diagram.bpmn")
        messages = {one.get("id"): one.get("name", "") for one in root.iter(f"{{{BPMN}}}message")}
        for process in root.iter(f"{{{BPMN}}}process"):
            for element, place in _walk_words(process, messages):
                host = _find_host(element)
                found[place][f"{process.get('id')}#{host}"] = None
    return {place: list(hosts) for place, hosts in found.items()}


def find_duty_names(sources: Mapping[str, bytes]) -> dict[str, str]:
    """What the duties are called: the names of the tasks whose people are recorded under them."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for source in dict.fromkeys(sources.values()):
        root = safe_xml.parse_xml(source, name="diagram.bpmn")
        for one in root.iter(f"{{{SPIFF}}}property"):
            if one.get("name") == "duty":
                task = next(one.iterancestors(f"{{{BPMN}}}extensionElements")).getparent()
                found[one.get("value", "")][task.get("name", "")] = None
    return {duty: join_words(filter(None, names)) for duty, names in found.items()}


def _walk_words(process: Element, messages: Mapping[str | None, str]) -> Iterator[tuple[Element, Place]]:
    for element in process.iter():
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag == f"{{{SPIFF}}}property" and element.get("name") in PROPERTIES:
            for word in element.get("value", "").split(","):
                yield element, (PROPERTIES[element.get("name", "")], word.strip())
        elif tag == f"{{{SPIFF}}}serviceTaskOperator":
            yield element, ("operations", element.get("id", ""))
            yield from ((element, place) for place in _list_constants(element))
        elif tag == f"{{{SPIFF}}}calledDecisionId":
            yield element, ("decisions", (element.text or "").strip())
        elif element.get("messageRef") in messages:
            yield element, ("messages", messages[element.get("messageRef")])


def _list_constants(operator: Element) -> Iterator[Place]:
    operation = operations.registered_operations().get(operator.get("id", ""))
    fields = operation.parameters().fields if operation is not None else {}
    for parameter in operator.iter(f"{{{SPIFF}}}parameter"):
        value = read_constant(parameter.get("value", ""))
        field = fields.get(parameter.get("id", ""))
        sort = field.metadata.get("names") if field is not None else None
        if sort in _NAMED and isinstance(value, str):
            yield _NAMED[sort], value


def _find_host(element: Element) -> str:
    around = (element, *element.iterancestors())
    tags = ((one, str(one.tag)) for one in around)
    named = (one for one, tag in tags if tag.startswith(f"{{{BPMN}}}") and not tag.endswith("Definition"))
    return next((one.get("id", "") for one in named if one.get("id")), "")
