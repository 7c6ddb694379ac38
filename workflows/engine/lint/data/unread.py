"""Results and messages that are kept under a name that nothing reads: it may be misspelt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from translations import lazy_gettext
from workflows.engine.lint.data.flow import DataFlow
from workflows.engine.lint.data.reading_places import Reading
from workflows.engine.lint.data.writing import read_messages
from workflows.engine.lint.reading.diagram import Diagram, list_extensions
from workflows.engine.lint.reading.report import Report, shorten_text
from workflows.engine.lint.shape.references import DeploymentContext
from workflows.engine.recording.read_names import table_names
from workflows.engine.source.safe_xml import Element

_SHOWN = 60
_UNREAD = lazy_gettext(
    "%(element)s把结果放在变量 %(name)s 里，但没有地方读取它，请核对名称；不需要的请删去。"
)


def list_read_names(readings: Iterable[Reading], known: DeploymentContext) -> frozenset[str]:
    """All variables that anything reads: diagrams, here and deployed, and the tables."""
    tables = [*known.deployed_tables, *(table for _, table in known.tables)]
    asked = {name for table in tables for name in table_names(table)}
    return frozenset(asked | {name for reading in readings for name in reading.names})


def check_unread(diagram: Diagram, flow: DataFlow, read: frozenset[str], report: Report) -> None:
    """Warn of what a diagram keeps and nobody reads; where its caller is not known, that may read it."""
    for scope in diagram.scopes:
        for node in scope.nodes.values():
            for name in dict.fromkeys(_list_kept(node)):
                if name not in read and node in flow.before and not flow.before[node].is_open:
                    report.warning(node, "unread-variable", _UNREAD, name=shorten_text(name, _SHOWN))


def _list_kept(node: Element) -> Iterator[str]:
    for operator in list_extensions(node, "serviceTaskOperator"):
        yield from filter(None, [operator.get("resultVariable")])
    yield from read_messages(node).values
