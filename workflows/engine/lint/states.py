"""Public states: known names, and no two at the same time in parallel branches."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from workflows.engine.environment import Environment
from workflows.engine.lint.diagram import Scope, properties
from workflows.engine.lint.report import Report, describe
from workflows.engine.xml import Element


def check(scope: Scope, report: Report, environment: Environment) -> None:
    """Check the property publicState in a scope."""
    for node in [scope.element, *scope.nodes.values()]:
        state = properties(node).get("publicState")
        known = environment.public_states
        if state is not None and (not state or (known is not None and state not in known)):
            report.error(node, "unknown-public-state", f"的公开状态“{state}”不存在，请选择已定义的状态。")
    for split in scope.of("parallelGateway", "inclusiveGateway"):
        starts = [flow.target for flow in scope.outgoing(split)]
        _check_branches(split, [[start] for start in starts], scope, report)
    for event in scope.of("boundaryEvent"):
        if event.get("cancelActivity", "true") == "false":
            _check_beside(event, scope, report)


def _check_branches(split: Element, starts: list[list[str]], scope: Scope, report: Report) -> None:
    branches = [scope.reached(start, frozenset({split.get("id")})) for start in starts]
    for one, other in combinations(range(len(branches)), 2):
        first = _states(_alone(branches, one), scope)
        second = _states(_alone(branches, other), scope)
        if first and second and first.keys() | second.keys() != first.keys() & second.keys():
            _report(split, (first, second), report)
            return


def _alone(branches: list[frozenset[str]], chosen: int) -> frozenset[str]:
    """The nodes that only this branch reaches: after the join the branches are one again."""
    others = (branch for place, branch in enumerate(branches) if place != chosen)
    return branches[chosen].difference(*others)


def _check_beside(event: Element, scope: Scope, report: Report) -> None:
    """What a non-interrupting event starts runs beside its host."""
    host = event.get("attachedToRef")
    onward = scope.reached(flow.target for node in _nodes([host], scope) for flow in scope.outgoing(node))
    beside = scope.reached([event.get("id")]) - onward - {host}
    first, second = _states([host], scope), _states(beside, scope)
    if first and second and first.keys() != second.keys():
        _report(event, (first, second), report)


def _nodes(names: Iterable[str], scope: Scope) -> list[Element]:
    return [scope.nodes[name] for name in names if name in scope.nodes]


def _states(names: Iterable[str], scope: Scope) -> dict[str, Element]:
    """The public states that the nodes stand for, those within sub-processes included."""
    return {
        properties(part)["publicState"]: part
        for node in _nodes(sorted(names), scope)
        for part in node.iter()
        if isinstance(part.tag, str) and properties(part).get("publicState")
    }


def _report(split: Element, states: tuple[dict[str, Element], dict[str, Element]], report: Report) -> None:
    first, second = states
    one = next((name for name in first if name not in second), next(iter(first)))
    other = next((name for name in second if name != one), next(iter(second)))
    sentence = (
        f"的并行分支公开状态不一致：{describe(first[one])}是 {one}，{describe(second[other])}是 {other}；"
        "同一时间只能有一个公开状态，请统一，或只留在一个分支上。"
    )
    report.error(split, "public-state-disagrees", sentence)
