"""What the walks find, as problems for designers."""

from __future__ import annotations

from collections.abc import Iterable

from translations import lazy_gettext
from workflows.engine.lint.reading.diagram import Diagram, Scope
from workflows.engine.lint.reading.report import Report, describe_element
from workflows.engine.soundness.drawn_nets import draw_nets, find_key
from workflows.engine.soundness.judging import MOST_STATES, Judge
from workflows.engine.soundness.nets import Kind, Net
from workflows.engine.soundness.walk import Fault, Finding
from workflows.engine.source.safe_xml import Element

MOST_OF_DEPLOYMENT = 60_000  # states of all scopes of one deployment


class SoundnessCheck:
    """The scopes of one deployment, walked as they are asked for."""

    def __init__(self, diagrams: Iterable[Diagram]) -> None:
        self.nets: dict[str, Net] = {}
        for key, _, net in draw_nets(diagrams):
            self.nets.setdefault(key, net)
        self.judge = Judge(self.nets, left=self._count_left)

    def _count_left(self) -> int:
        return MOST_OF_DEPLOYMENT - sum(verdict.states for verdict in self.judge.known.values())

    def check_scope(self, scope: Scope, report: Report) -> bool:
        """Report what is wrong with a scope; False when not all of its states could be looked at."""
        key = find_key(scope.element, report.file)
        verdict = self.judge.judge(key)
        for found in verdict.findings:
            if found.fault != Fault.ENDLESS or not _is_end_missed(scope, report):
                _tell(found, self.nets[key], scope, report)
        return all(found.fault != Fault.UNPROVED for found in verdict.findings)


def _is_end_missed(scope: Scope, report: Report) -> bool:
    """Whether it is told already that no end can be reached."""
    told = {(problem.rule, problem.element) for problem in report.problems}
    return ("no-end", scope.element.get("id")) in told or any(
        ("cannot-reach-end", name) in told for name in scope.nodes
    )


_STUCK = lazy_gettext(
    "%(element)s会一直等待：走这条路时，不是每个入口都有分支到达；请让每个分支都到达它，或改用排他网关合并。"
)
_BACK = lazy_gettext("%(element)s既汇合分支，又接收返回的顺序流 %(other)s；请把返回的连线改接到前面。")
_MUTUAL = lazy_gettext("%(element)s会一直等待：它和另一个汇合互相等待，请调整连线。")
_NEVER_DONE = lazy_gettext("%(element)s永远不会完成，请检查它里面的流程。")
_PILED = lazy_gettext("%(element)s会被重复执行：上一次还没有完成，又有分支走到这里，请检查循环和分支。")
_REMINDED = lazy_gettext(
    "%(element)s会被重复执行：%(other)s不中断原来的任务，它的分支却又走进主流程；"
    "请改为中断，或让这条分支单独结束。"
)
_SPLIT = lazy_gettext(
    "%(element)s会被重复执行：%(other)s分出的分支没有汇合，就都走到这里；请先用并行网关汇合，或改用排他网关。"
)
_MEANT = lazy_gettext(
    "%(element)s会被执行两次：%(other)s有几条同时离开的顺序流，在这里又合到一起；"
    "如果只要一次，请先用并行网关汇合。"
)
_NOWHERE = lazy_gettext(
    "%(element)s完成以后这条路就结束了：只有边界事件有离开的顺序流；如非本意，请为它自己连出一条顺序流。"
)
_ENDLESS = lazy_gettext("走到%(element)s以后，流程再也走不到结束，请补上离开循环的连线。")
_UNPROVED = lazy_gettext(
    "%(element)s的走法太多（超过 %(most)s 种情况），没有全部检查，不能保证每条路都走到结束；"
    "请减少并行的分支，或拆成几个子流程。"
)


def _tell(found: Finding, net: Net, scope: Scope, report: Report) -> None:
    node, cause = scope.nodes.get(found.node, scope.element), scope.nodes.get(found.cause)
    other = "" if cause is None else describe_element(cause)
    if found.fault == Fault.STUCK:
        _tell_stuck(found, net, scope, report)
    elif found.fault == Fault.TWICE:
        sentence = _PILED if cause is None else _REMINDED if found.cause in net.quiet else _SPLIT
        report.error(node, "runs-twice", sentence, other=other)
    elif found.fault == Fault.REPEATED:
        report.warning(node, "runs-twice", _MEANT, other=other)
    elif found.fault == Fault.UNPROVED:
        report.warning(node, "not-proved", _UNPROVED, most=MOST_STATES)
    elif found.fault == Fault.NOWHERE:
        _tell_nowhere(node, report)
    else:
        report.error(node, "cannot-reach-end", _ENDLESS)
    report.add_path(found.path)


def _tell_nowhere(node: Element, report: Report) -> None:
    """That the way just stops there may have been told already: it is one cause, and this says more."""
    told = ("implicit-end", node.get("id"))
    report.problems = [one for one in report.problems if (one.rule, one.element) != told]
    report.warning(node, "implicit-end", _NOWHERE)


def _tell_stuck(found: Finding, net: Net, scope: Scope, report: Report) -> None:
    node, kind = scope.nodes[found.node], net.nodes[found.node].kind
    back = _find_loop_back(found.node, net)
    if kind == Kind.ACTIVITY:
        report.error(node, "cannot-reach-end", _NEVER_DONE)
    elif kind == Kind.INCLUSIVE:
        report.error(node, "inclusive-join-stuck", _MUTUAL)
    elif back is not None:
        flow = next(flow for flow in scope.incoming(node) if flow.source == back)
        report.error(node, "parallel-join-loop", _BACK, other=flow.element.get("id"))
    else:
        report.error(node, "parallel-join-unmatched", _STUCK)


def _find_loop_back(join: str, net: Net) -> str | None:
    """The source of an input that only a token behind the join brings, if there is one."""
    begun = (name for one in net.beginnings for name in one)
    forward = net.reached(begun, quiet=True, without=join)
    sources = (source for source, _ in net.inputs[join])
    return next((source for source in sources if source not in forward), None)
