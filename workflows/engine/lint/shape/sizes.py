"""How large files, deployments and processes may be: what is larger cannot be checked, run or read."""

from __future__ import annotations

from collections.abc import Mapping

from translations import gettext, gettext_plural, lazy_gettext, lazy_gettext_plural
from workflows.engine.lint.reading.diagram import Diagram, Scope, find_process
from workflows.engine.lint.reading.report import Report, local_name
from workflows.engine.source.problems import LintProblem
from workflows.engine.source.safe_xml import Element

MOST_FILES = 100  # of one deployment
LARGEST_DEPLOYMENT = 6 * 1024 * 1024  # bytes
MOST_PROCESSES = 20  # of one file: each keeps the whole file
MOST_NODES, MOST_FLOWS = 400, 1_200  # of one process or sub-process
MOST_ELEMENTS = 800  # of one process with its sub-processes; SpiffWorkflow reads them along a call stack


def check_files(sources: Mapping[str, bytes]) -> list[LintProblem]:
    """What is wrong with the deployment as a whole; its files are then not looked at."""
    if len(sources) > MOST_FILES:
        return [
            _refuse_files(
                sources,
                gettext_plural(
                    "一次最多部署 %(most)s 个文件，这里有 %(num)s 个，请分次部署。",
                    most=MOST_FILES,
                    num=len(sources),
                ),
            )
        ]
    unnamed = [_build_bad_name(name) for name in sources if not name.isprintable()]
    if unnamed:
        return unnamed
    if sum(map(len, sources.values())) > LARGEST_DEPLOYMENT:
        return [
            _refuse_files(
                sources,
                gettext(
                    "一次部署的文件合计不能超过 %(megabytes)s MB，请分次部署。",
                    megabytes=LARGEST_DEPLOYMENT >> 20,
                ),
            )
        ]
    return []


def _build_bad_name(name: str) -> LintProblem:
    # PostgreSQL keeps no null and no half of a pair; what turns the line round shows another name than it is.
    shown = "".join(one if one.isprintable() else "?" for one in name)
    message = gettext("文件名中有看不见或不能保存的字符，请改名后再部署。")
    return LintProblem(file=shown, element=None, rule="bad-file-name", message=message)


def _refuse_files(sources: Mapping[str, bytes], message: str) -> LintProblem:
    return LintProblem(file=next(iter(sources)), element=None, rule="too-many-files", message=message)


def check_sizes(diagram: Diagram, report: Report) -> bool:
    """Check the sizes of a file; False when something is too large to be looked at more closely."""
    before = len(report.problems)
    if len(diagram.processes) > MOST_PROCESSES:
        report.error(
            diagram.processes[MOST_PROCESSES],
            "too-large",
            lazy_gettext_plural(
                "%(element)s所在的文件中有 %(num)s 个流程，最多 %(most)s 个，请拆成几个文件。"
            ),
            num=len(diagram.processes),
            most=MOST_PROCESSES,
        )
        return False
    totals: dict[Element, int] = {}
    for scope in diagram.scopes:
        nodes = _count_nodes(scope)
        _check_scope(scope.element, nodes, len(scope.drawn), report)
        process = find_process(scope.element)
        totals[process] = totals.get(process, 0) + nodes
    for process, count in totals.items():
        if count > MOST_ELEMENTS:
            sentence = lazy_gettext_plural(
                "%(element)s太大：连同子流程有 %(num)s 个元素，最多 %(most)s 个，请拆成几个流程。"
            )
            report.error(process, "too-large", sentence, num=count, most=MOST_ELEMENTS)
    return len(report.problems) == before


def _count_nodes(scope: Scope) -> int:
    """The nodes of a scope, and one more for each fork that stands there without a gateway."""
    forks = (
        node
        for node in scope.nodes.values()
        if not local_name(node).endswith("Gateway") and len(scope.outgoing(node)) > 1
    )
    return len(scope.nodes) + sum(1 for _ in forks)


def _check_scope(element: Element, nodes: int, flows: int, report: Report) -> None:
    if nodes > MOST_NODES or flows > MOST_FLOWS:
        sentence = lazy_gettext(
            "%(element)s太大：最多 %(most_nodes)s 个元素、%(most_flows)s 条顺序流，请拆成几个流程。"
        )
        report.error(element, "too-large", sentence, most_nodes=MOST_NODES, most_flows=MOST_FLOWS)
