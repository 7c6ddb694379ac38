"""One file as a whole: what is read past, and the order in which the rest is rewritten."""

from __future__ import annotations

from workflows.engine.source.normal_form import flows, names, tasks
from workflows.engine.source.normal_form.elements import list_scopes
from workflows.engine.source.safe_xml import BPMN, Element

# They say where documents go; variables of the process carry the data.
_DATA = (
    "dataObject",
    "dataObjectReference",
    "dataStore",
    "dataStoreReference",
    "ioSpecification",
    "dataInputAssociation",
    "dataOutputAssociation",
)
_DRAWING = "{http://www.omg.org/spec/BPMN/20100524/DI}BPMNDiagram"


def normalise_document(root: Element) -> Element:
    """The root of a file of the caller's own, rewritten in place."""
    _remove(root, _DRAWING)  # the parser would try a gateway's flows by the height of their targets
    _remove(root, *(f"{{{BPMN}}}{name}" for name in _DATA))
    for condition in list(root.iter(f"{{{BPMN}}}conditionExpression")):
        if not (condition.text or "").strip():
            condition.getparent().remove(condition)  # the parser would evaluate the empty text
    names.free_reserved_ids(root)
    tasks.prepare_tasks(root)
    for scope in list_scopes(root):
        flows.complete_start(scope)
        flows.separate_forks(scope)
        flows.complete_ends(scope)
    return root


def _remove(root: Element, *tags: str) -> None:
    for element in list(root.iter(*tags)):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
