"""Elements that the picture of a diagram leaves out: they run, and nobody sees them there."""

from __future__ import annotations

from translations import lazy_gettext
from workflows.engine.lint.reading.diagram import Diagram, Scope
from workflows.engine.lint.reading.report import Report
from workflows.engine.source.safe_xml import Element

_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_SHAPES = (f"{_DI}BPMNShape", f"{_DI}BPMNEdge")
_UNDRAWN = lazy_gettext(
    "%(element)s没有画在图上（缺少 BPMNDI 的图形），看图的人看不到它；请用编辑器打开后补画，或重新排版。"
)


def check_undrawn(diagram: Diagram, report: Report) -> None:
    """Tell what has no shape beside others that have one; a file may have no picture at all."""
    drawn = {shape.get("bpmnElement") for shape in diagram.root.iter(*_SHAPES)}
    for scope in diagram.scopes if drawn else ():
        # The inside of a part that is drawn closed, and a process beside the picture, have no shape at all.
        if drawn & scope.nodes.keys():
            for element in _list_elements(scope):
                if element.get("id") not in drawn:
                    report.warning(element, "not-drawn", _UNDRAWN)


def _list_elements(scope: Scope) -> list[Element]:
    return [*scope.nodes.values(), *(flow.element for flow in scope.flows)]
