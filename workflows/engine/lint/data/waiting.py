"""Ways that lead back to where they began with nothing between that waits: a case would go round there."""

from __future__ import annotations

from collections.abc import Mapping

from models.processes.states import OperationKind
from translations import lazy_gettext
from workflows.engine.lint.data.flow import DataFlow
from workflows.engine.lint.meaning.events import list_definitions
from workflows.engine.lint.reading.allowlist import PEOPLE
from workflows.engine.lint.reading.diagram import Scope, list_extensions
from workflows.engine.lint.reading.graph import rank_nodes
from workflows.engine.lint.reading.report import Report, local_name
from workflows.engine.source.environment import OperationFacts
from workflows.engine.source.safe_xml import BPMN, Element

_RESTING = (*PEOPLE, "receiveTask", "intermediateCatchEvent", "eventBasedGateway")
# Within a called process also what may wait in one that it calls in turn.
_WAITING_TAGS = frozenset(f"{{{BPMN}}}{kind}" for kind in (*_RESTING, "callActivity", "serviceTask"))
_ENDLESS = lazy_gettext(
    "%(element)s在一个循环里，循环中没有任何等待，也没有什么会改变条件，走到这里会反复循环而停下；"
    "请让循环经过一个任务、等待或定时器。"
)
_UNWAITED = lazy_gettext(
    "%(element)s在一个循环里，循环中没有任何等待；条件若不再改变，会反复循环而停下，请核对，"
    "或让循环经过一个任务、等待或定时器。"
)


def check_waiting(
    scope: Scope, flow: DataFlow, operations: Mapping[str, OperationFacts], report: Report
) -> None:
    """Tell each circle without a wait, at its first element; one in which nothing is written never ends."""
    hasty = {
        name
        for name, node in scope.nodes.items()
        if not _waits(node, flow, operations) and not _joins(node, scope)
    }
    ahead = {
        name: tuple(one for one in following if one in hasty) if name in hasty else ()
        for name, following in scope.after.items()
    }
    numbers, circles = rank_nodes(ahead, lambda count: report.spend(scope.element, count))
    rounds: dict[int, list[str]] = {}
    for name in circles & hasty:
        rounds.setdefault(numbers[name], []).append(name)
    for names in rounds.values():
        first = scope.nodes[min(names, key=list(scope.nodes).index)]
        if any(_writes(scope.nodes[name], flow) for name in names):
            report.warning(first, "unwaited-loop", _UNWAITED)
        else:
            report.error(first, "unwaited-loop", _ENDLESS)


def _joins(node: Element, scope: Scope) -> bool:
    """Whether a token may wait here for another one; one that waits in vain is told elsewhere."""
    return local_name(node) == "parallelGateway" and len(scope.incoming(node)) > 1


def _writes(node: Element, flow: DataFlow) -> bool:
    parts = (flow.writers.read_own(node), flow.inside(node))
    return any(part.is_open or part.values for part in parts)


def _waits(node: Element, flow: DataFlow, operations: Mapping[str, OperationFacts]) -> bool:
    """Whether a case may rest here; what is not known may."""
    kind = local_name(node)
    if kind in _RESTING or kind == "startEvent":  # a flow into a start is told elsewhere
        return True
    if kind == "boundaryEvent":
        return any(local_name(one) != "errorEventDefinition" for one in list_definitions(node))
    if kind == "serviceTask":
        operators = list_extensions(node, "serviceTaskOperator")
        facts = [operations.get(one.get("id", "")) for one in operators]
        return any(one is None or one.kind == OperationKind.OUTWARD for one in facts)
    if kind == "callActivity":
        called = flow.processes.get(node.get("calledElement", ""))
        return called is None or any(one.tag in _WAITING_TAGS for one in called.element.iter())
    inside = flow.scopes.get(node)
    return inside is not None and any(_waits(one, flow, operations) for one in inside.nodes.values())
