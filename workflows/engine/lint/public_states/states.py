"""Public states: known names, and no two at the same time in parallel branches."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from heapq import heappop, heappush

from translations import lazy_gettext
from workflows.definitions.reading.names import suggest_known
from workflows.engine.lint.reading.allowlist import GATEWAYS
from workflows.engine.lint.reading.diagram import Scope, read_properties
from workflows.engine.lint.reading.graph import rank_nodes
from workflows.engine.lint.reading.report import Report, describe_element, local_name, shorten_text
from workflows.engine.lint.shape.references import DeploymentContext
from workflows.engine.source.safe_xml import Element

_PARTING = frozenset({"parallelGateway", "inclusiveGateway"})
_SHARED = -1  # reached by more than one branch
_SHOWN = 40  # characters of a state


def check_public_states(scope: Scope, report: Report, context: DeploymentContext) -> None:
    """Check the property publicState in a scope."""
    known = context.public_states
    for node in [scope.element, *scope.nodes.values()]:
        state = read_properties(node).get("publicState")
        if state is not None and (not state or (known is not None and state not in known)):
            sentence = lazy_gettext("%(element)s的公开状态“%(state)s”不存在，请选择已定义的状态。%(hint)s")
            shown = shorten_text(state, _SHOWN)
            hint = suggest_known(shown, known or ())
            report.error(node, "unknown-public-state", sentence, state=shown, hint=hint)
    if len(scope.public_states) > 1:  # one alone disagrees with none
        _check_parallel(scope, report)


def _check_parallel(scope: Scope, report: Report) -> None:
    numbers, _ = rank_nodes(scope.after, partial(report.spend, scope.element))
    for split in _list_splits(scope):
        starts = [flow.target for flow in scope.outgoing(split)]
        finder = _Branches(scope, numbers)
        branches = finder.parted(starts, split.get("id"))
        report.spend(split, finder.steps + len(branches))
        _check_branches(split, branches, scope, report)
    for event in scope.of("boundaryEvent"):
        if event.get("cancelActivity", "true") == "false":
            report.spend(event, 2 * len(scope.nodes))
            _check_beside(event, scope, report)


def _list_splits(scope: Scope) -> list[Element]:
    """Where ways part that are gone at the same time: at gateways, and at all else with several flows."""
    found = scope.of(*_PARTING)
    for node in scope.nodes.values():
        if local_name(node) not in GATEWAYS and len(scope.outgoing(node)) > 1:
            found.append(node)
    return found


class _Branches:
    """Finds what only one branch reaches: after the join the branches are one again.

    Nodes are looked at in the order of the ways, and no further than a branch is alone.
    """

    def __init__(self, scope: Scope, numbers: dict[str, int]) -> None:
        self._scope, self._numbers = scope, numbers
        self._labels: dict[str, int] = {}
        self._ahead: list[tuple[int, str]] = []
        self._alone_ahead: set[str] = set()
        self._furthest = -len(numbers) - 1  # number of the last node that was alone; numbers are above that
        self.steps = 0

    def parted(self, starts: list[str], split: str) -> list[list[str]]:
        """The nodes of each branch alone, in the order of the starts."""
        for branch, start in enumerate(starts):
            self._reach_node(start, branch, split)
        while self._ahead and (self._alone_ahead or self._ahead[0][0] <= self._furthest):
            _, name = heappop(self._ahead)
            self._alone_ahead.discard(name)
            self.steps += 1 + len(self._scope.after[name])
            for following in self._scope.after[name]:
                self._reach_node(following, self._labels[name], split)
        found: list[list[str]] = [[] for _ in starts]
        for name, branch in self._labels.items():
            if branch != _SHARED:
                found[branch].append(name)
        return found

    def _reach_node(self, name: str, branch: int, split: str) -> None:
        known = self._labels.get(name)
        if name == split or known in (branch, _SHARED):
            return
        label = branch if known is None else _SHARED
        self._labels[name] = label
        heappush(self._ahead, (self._numbers[name], name))
        if label == _SHARED:
            self._alone_ahead.discard(name)
        else:
            self._alone_ahead.add(name)
            self._furthest = max(self._furthest, self._numbers[name])


def _check_branches(split: Element, branches: list[list[str]], scope: Scope, report: Report) -> None:
    told = [states for branch in branches if (states := _find_states(branch, scope))]
    for other in told[1:]:
        if other.keys() != told[0].keys():
            _report_disagreement(split, (told[0], other), report)
            return


def _check_beside(event: Element, scope: Scope, report: Report) -> None:
    """What a non-interrupting event starts runs beside its host."""
    host = event.get("attachedToRef")
    onward = scope.reached(
        flow.target for node in _find_nodes([host], scope) for flow in scope.outgoing(node)
    )
    beside = scope.reached([event.get("id")]) - onward - {host}
    first, second = _find_states([host], scope), _find_states(beside, scope)
    if first and second and first.keys() != second.keys():
        _report_disagreement(event, (first, second), report)


def _find_nodes(names: Iterable[str], scope: Scope) -> list[Element]:
    return [scope.nodes[name] for name in names if name in scope.nodes]


def _find_states(names: Iterable[str], scope: Scope) -> dict[str, Element]:
    """The public states that the nodes stand for, each with an element that has it."""
    found: dict[str, Element] = {}
    for name in sorted(names):
        found |= scope.public_states.get(name, {})
    return found


def _report_disagreement(
    split: Element, states: tuple[dict[str, Element], dict[str, Element]], report: Report
) -> None:
    first, second = states
    one = next((name for name in first if name not in second), next(iter(first)))
    other = next((name for name in second if name != one), next(iter(second)))
    sentence = lazy_gettext(
        "%(element)s的并行分支公开状态不一致：%(first)s是 %(first_state)s，%(second)s是 %(second_state)s；"
        "同一时间只能有一个公开状态，请统一，或只留在一个分支上。"
    )
    report.error(
        split,
        "public-state-disagrees",
        sentence,
        first=describe_element(first[one]),
        first_state=shorten_text(one, _SHOWN),
        second=describe_element(second[other]),
        second_state=shorten_text(other, _SHOWN),
    )
