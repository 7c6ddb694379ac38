"""Ids: those of what is added, and new ones for what would take a name that is the engine's own."""

from __future__ import annotations

from collections import Counter

from workflows.engine.source.normal_form.elements import PREFIX, is_node
from workflows.engine.source.safe_xml import Element

OWN = "zige."
_RENAMED = "id"
# How SpiffWorkflow calls the specs that it makes beside those of the diagram.
RESERVED = frozenset({"Start", "End", "Root", "StartEventSplit", "StartEventJoin"})
SUFFIXES = (".EndJoin", ".BoundaryEventSplit", ".BoundaryEventJoin", " [child]")
_REFERENCES = ("sourceRef", "targetRef", "attachedToRef")


def build_id(kind: str, element: str) -> str:
    """The id of something that is added for an element: `zige.out.ELEMENT`."""
    return f"{OWN}{kind}.{element}"


def find_designer_id(name: str) -> str:
    """The id of the designer's that an id of the normal form stands for."""
    if not name.startswith(OWN):
        return name
    kind, _, element = name.removeprefix(OWN).partition(".")
    if kind == _RENAMED:
        return element.removesuffix(".")
    return find_designer_id(element)


def free_reserved_ids(root: Element) -> None:
    """Give nodes another id whose own is a name of the engine's, or is also that of something else.

    The parser knows all elements of a process by one dictionary of ids, parameters of operations and items of
    lists included, and the specs that it makes by another.
    """
    processes = root.findall(f"{PREFIX}process")
    counts = Counter(element.get("id") for process in processes for element in process.iter("*"))
    nodes = [node for process in processes for node in process.iter(f"{PREFIX}*") if is_node(node)]
    taken = {node.get("id") for node in nodes if _is_taken(node.get("id"), counts)}
    if not taken:
        return
    for node in nodes:
        if node.get("id") in taken:
            node.set("id", _rename(node.get("id")))
    for element in root.iter(f"{PREFIX}*"):
        for name in _REFERENCES:
            if element.get(name) in taken:
                element.set(name, _rename(element.get(name)))
    for reference in root.iter(f"{PREFIX}flowNodeRef"):
        if (reference.text or "").strip() in taken:
            reference.text = _rename((reference.text or "").strip())


def _is_taken(name: str | None, counts: Counter[str]) -> bool:
    if not name:
        return False
    return name in RESERVED or name.startswith(OWN) or name.endswith(SUFFIXES) or counts[name] > 1


def _rename(name: str | None) -> str:
    return f"{build_id(_RENAMED, name or '')}."
