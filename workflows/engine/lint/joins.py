"""Parallel joins: every input has to bring exactly one token in each round, or the case hangs or runs ahead.

A join is right when some parallel split stands before all of its inputs: with the split taken away, no input
can be reached, neither from the start nor from the join itself. An input that the join reaches without that
split is a loop-back; SpiffWorkflow fires such a join early or never.
"""

from __future__ import annotations

from workflows.engine.lint.diagram import Flow, Scope
from workflows.engine.lint.report import Report, describe, local
from workflows.engine.xml import Element


def check(scope: Scope, report: Report) -> None:
    """Check every parallel gateway with several inputs."""
    for gateway in scope.of("parallelGateway"):
        flows = scope.incoming(gateway)
        if len(flows) < 2:
            continue
        if not _has_split(gateway, flows, scope):
            _report(gateway, flows, scope, report)
        elif (choice := _choice_before(gateway, flows, scope)) is not None:
            sentence = (
                f"会一直等待：{describe(choice)}只会走一个出口，却连到它的两个入口；请先用排他网关合并。"
            )
            report.error(gateway, "parallel-join-unmatched", sentence)


def _splits(scope: Scope) -> list[str]:
    return [node.get("id") for node in scope.of("parallelGateway") if len(scope.outgoing(node)) > 1]


def _has_split(gateway: Element, flows: list[Flow], scope: Scope) -> bool:
    inputs = {flow.source for flow in flows}
    return any(
        _stands_before(split, gateway.get("id"), inputs, scope)
        for split in _splits(scope)
        if split != gateway.get("id")
    )


def _stands_before(split: str, join: str, inputs: set[str], scope: Scope) -> bool:
    without = frozenset({split, join})
    starts = {node.get("id") for node in scope.of("startEvent")} | scope.after[join]
    reached = scope.reached(starts, without)
    brought = scope.reached(scope.after[split], without) | {split}
    return not reached & (inputs - {split}) and inputs <= brought


def _report(gateway: Element, flows: list[Flow], scope: Scope, report: Report) -> None:
    name = gateway.get("id")
    forward = scope.reached(scope.after[name], frozenset({name}) | frozenset(_splits(scope)))
    back = [flow for flow in flows if flow.source in forward or flow.source == name]
    if back:
        sentence = f"既汇合分支，又接收返回的顺序流 {back[0].element.get('id')}；请把返回的连线改接到前面。"
        report.error(gateway, "parallel-join-loop", sentence)
    else:
        sentence = (
            "的各个入口不是由同一个并行网关分出的，会一直等待；请改用排他网关，或在前面用并行网关分支。"
        )
        report.error(gateway, "parallel-join-unmatched", sentence)


def _choice_before(gateway: Element, flows: list[Flow], scope: Scope) -> Element | None:
    """A node within a branch that feeds two inputs of the join, of which a token takes only one."""
    return next((node for node in scope.nodes.values() if _is_choice(node, gateway, flows, scope)), None)


def _is_choice(node: Element, gateway: Element, flows: list[Flow], scope: Scope) -> bool:
    ways = _alternatives(node, scope)
    if len(ways) < 2:
        return False
    without = frozenset({node.get("id"), gateway.get("id")})
    starts = {start.get("id") for start in scope.of("startEvent")} | scope.after[gateway.get("id")]
    elsewhere = _fed(scope.reached(starts, without), flows)
    fed = [_fed(scope.reached(targets, without), flows) | own for targets, own in _split_ways(ways, gateway)]
    return any(one - other - elsewhere and other - one - elsewhere for one in fed for other in fed)


def _alternatives(node: Element, scope: Scope) -> list[list[Flow]]:
    """The ways a token may leave, of which it takes one (or, for an inclusive gateway, not surely all)."""
    flows = scope.outgoing(node)
    if local(node) in ("exclusiveGateway", "inclusiveGateway", "eventBasedGateway"):
        return [[flow] for flow in flows]
    interrupting = [
        event
        for event in scope.attached.get(node.get("id"), [])
        if event.get("cancelActivity", "true") == "true"
    ]
    return [flows, *(scope.outgoing(event) for event in interrupting)] if interrupting else []


def _split_ways(ways: list[list[Flow]], gateway: Element) -> list[tuple[set[str], set[Flow]]]:
    """Each way as the nodes it leads to, and its flows that lead into the join directly."""
    join = gateway.get("id")
    return [
        ({flow.target for flow in way if flow.target != join}, {flow for flow in way if flow.target == join})
        for way in ways
    ]


def _fed(reached: frozenset[str], flows: list[Flow]) -> set[Flow]:
    return {flow for flow in flows if flow.source in reached}
