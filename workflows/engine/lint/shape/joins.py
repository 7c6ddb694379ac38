"""Parallel joins: every input has to bring exactly one token in each round, or the case hangs or runs ahead.

A join is right when some parallel split stands before all of its inputs: with the split taken away, no input
can be reached, neither from the start nor from the join itself. An input that the join reaches without that
split is a loop-back; SpiffWorkflow fires such a join early or never.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from translations import lazy_gettext
from workflows.engine.lint.reading.diagram import Flow, Scope
from workflows.engine.lint.reading.graph import Dominators, rank_nodes
from workflows.engine.lint.reading.report import Report, describe_element, local_name
from workflows.engine.source.safe_xml import Element

_STEPS_OF_A_NODE = 12  # of building and numbering the tree


def check_joins(scope: Scope, report: Report) -> None:
    """Check every parallel gateway with several inputs."""
    joins = [node for node in scope.of("parallelGateway") if len(scope.incoming(node)) > 1]
    if not joins:
        return
    _, circles = rank_nodes(scope.after, partial(report.spend, scope.element))
    whole = _Ways(scope, report, scope.element)
    for gateway in joins:
        ways = _Ways(scope, report, gateway, round_again=True) if gateway.get("id") in circles else whole
        _check_join(gateway, ways, report)


def _check_join(gateway: Element, ways: _Ways, report: Report) -> None:
    flows = ways.scope.incoming(gateway)
    if not ways.has_split(flows):
        _report_join(gateway, flows, ways.scope, report)
    elif (choice := _choice_before(gateway, flows, ways, report)) is not None:
        sentence = lazy_gettext(
            "%(element)s会一直等待：%(other)s只会走一个出口，却连到它的两个入口；请先用排他网关合并。"
        )
        report.error(gateway, "parallel-join-unmatched", sentence, other=describe_element(choice))


class _Ways:
    """Through which nodes a token comes from the start, or from a join round again to the same join."""

    def __init__(self, scope: Scope, report: Report, at: Element, *, round_again: bool = False) -> None:
        self.scope = scope
        starts = {node.get("id"): None for node in scope.of("startEvent")}
        join = at.get("id") if round_again else ""
        starts |= dict.fromkeys(scope.after[join] if round_again else ())
        self.tree = Dominators(scope.after, starts, partial(report.spend, at), without=join)
        self.intervals = self.tree.intervals()
        report.spend(at, _STEPS_OF_A_NODE * len(scope.nodes))
        self._below_split: set[str] = set()
        splits = set(_find_splits(scope))
        for name in self.tree.order:
            if name in splits or self.tree.above(name) in self._below_split:
                self._below_split.add(name)

    def has_split(self, flows: list[Flow]) -> bool:
        """Whether a parallel split stands before all inputs; what nothing reaches is told elsewhere."""
        sources = [flow.source for flow in flows]
        if not all(source in self.tree for source in sources):
            return not any(source in self.tree for source in sources)
        meeting: str | None = sources[0]
        for source in sources[1:]:
            meeting = self.tree.meeting(meeting, source) if meeting is not None else None
        return meeting in self._below_split

    def branchings(self, flows: list[Flow]) -> set[str]:
        """The nodes at which ways to different inputs part, looked at from the start."""
        known = [flow.source for flow in flows if flow.source in self.tree]
        sources = sorted(known, key=lambda name: self.intervals[name][0])
        found = {self.tree.meeting(one, other) for one, other in pairwise(sources)}
        return {name for name in found if name is not None}

    def is_below(self, name: str, other: str) -> bool:
        """Whether every way to the first node leads through the other one, or is it."""
        if name not in self.intervals:
            return False
        first, last = self.intervals[other]
        return first <= self.intervals[name][0] <= last


def _find_splits(scope: Scope) -> list[str]:
    return [node.get("id") for node in scope.of("parallelGateway") if len(scope.outgoing(node)) > 1]


def _report_join(gateway: Element, flows: list[Flow], scope: Scope, report: Report) -> None:
    name = gateway.get("id")
    forward = scope.reached(scope.after[name], frozenset({name}) | frozenset(_find_splits(scope)))
    report.spend(gateway, len(scope.nodes) + len(forward))
    back = [flow for flow in flows if flow.source in forward or flow.source == name]
    if back:
        sentence = lazy_gettext(
            "%(element)s既汇合分支，又接收返回的顺序流 %(other)s；请把返回的连线改接到前面。"
        )
        report.error(gateway, "parallel-join-loop", sentence, other=back[0].element.get("id"))
    else:
        sentence = lazy_gettext(
            "%(element)s的各个入口不是由同一个并行网关分出的，会一直等待；请改用排他网关，或在前面用并行网关分支。"
        )
        report.error(gateway, "parallel-join-unmatched", sentence)


def _choice_before(gateway: Element, flows: list[Flow], ways: _Ways, report: Report) -> Element | None:
    """A node within a branch that feeds two inputs of the join, of which a token takes only one.

    Only where ways to the inputs part: above it, every alternative leads through that same place.
    """
    found = [name for name in ways.branchings(flows) if _is_choice(name, gateway, ways, report)]
    return ways.scope.nodes[min(found, key=ways.tree.order.index)] if found else None


def _is_choice(name: str, gateway: Element, ways: _Ways, report: Report) -> bool:
    alternatives = _list_alternatives(ways.scope.nodes[name], ways.scope)
    if len(alternatives) < 2:
        return False
    own = [flow for flow in ways.scope.incoming(gateway) if ways.is_below(flow.source, name)]
    fed = []
    for way in alternatives:
        report.spend(gateway, len(ways.scope.nodes) + len(own))
        fed.append(_find_fed_inputs(way, name, own, ways))
    fed.sort(key=len)
    return any(not one <= other for one, other in pairwise(fed))


def _find_fed_inputs(way: list[Flow], choice: str, own: list[Flow], ways: _Ways) -> set[Flow]:
    """Which of its own inputs a token that takes this way can come to without passing the choice again."""
    join = own[0].target
    direct = {flow for flow in way if flow.target == join}
    reached = set(_walk_within([flow.target for flow in way], {join, choice}, ways))
    return {flow for flow in own if flow.source in reached} | (direct & set(own))


def _walk_within(starts: list[str], bounds: set[str], ways: _Ways) -> Iterator[str]:
    seen, ahead = set(bounds), list(starts)
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            yield name
            ahead += ways.scope.after[name]


def _list_alternatives(node: Element, scope: Scope) -> list[list[Flow]]:
    """The ways a token may leave, of which it takes one (or, for an inclusive gateway, not surely all)."""
    flows = scope.outgoing(node)
    if local_name(node) in ("exclusiveGateway", "inclusiveGateway", "eventBasedGateway"):
        return [[flow] for flow in flows]
    interrupting = [
        event
        for event in scope.attached.get(node.get("id"), [])
        if event.get("cancelActivity", "true") == "true"
    ]
    return [flows, *(scope.outgoing(event) for event in interrupting)] if interrupting else []
