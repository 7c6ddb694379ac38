"""What files refer to in each other: processes, decisions; names that stand in two files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from models.processes.states import DefinitionSort
from translations import gettext, lazy_gettext
from workflows.definitions.files import STATE, DefinitionName, FoundDefinition
from workflows.engine.decisions import Table, load_tables
from workflows.engine.lint.reading.allowlist import PEOPLE
from workflows.engine.lint.reading.diagram import Diagram, list_children, read_properties
from workflows.engine.lint.reading.effort import Effort
from workflows.engine.lint.reading.graph import rank_nodes
from workflows.engine.lint.reading.report import Report, shorten_text
from workflows.engine.source import normal_form, safe_xml
from workflows.engine.source.environment import DeployedPart, Environment
from workflows.engine.source.problems import LintProblem, LintRefused
from workflows.engine.source.safe_xml import BPMN, Element

_KEPT = 64  # deployed diagrams held in memory by one process


@dataclass(frozen=True, kw_only=True, eq=False)
class DeploymentContext:
    """All that is deployed together, and what exists around it."""

    diagrams: tuple[Diagram, ...]
    tables: tuple[tuple[str, Table], ...]  # file, table
    environment: Environment
    definitions: tuple[tuple[str, FoundDefinition], ...] = ()  # file, what else is defined
    claimed: frozenset[DefinitionName] = frozenset()  # what refused files were to define
    unread: frozenset[DefinitionName] = frozenset()  # the processes and tables of files that cannot be read
    effort: Effort = field(default_factory=Effort)

    def lanes(self, element: Element) -> Mapping[str, str]:
        """The lane of each node of the file in which an element stands."""
        root = element.getroottree().getroot()
        return next((lanes for one, lanes in self._lanes_by_root if one is root), {})

    @cached_property
    def _lanes_by_root(self) -> list[tuple[Element, Mapping[str, str]]]:
        return [(diagram.root, normal_form.read_lanes(diagram.root)) for diagram in self.diagrams]

    @cached_property
    def deployed(self) -> tuple[Diagram, ...]:
        """The diagrams that are deployed."""
        files = sorted(self.environment.sources)
        read = (_read_deployed(file, content) for file, content in files if not file.endswith(".dmn"))
        return tuple(diagram for diagram in read if diagram is not None)

    @cached_property
    def around(self) -> tuple[Diagram, ...]:
        """Those of them that these files do not replace."""
        drawn = {process.get("id") for diagram in self.diagrams for process in diagram.running}
        return tuple(
            diagram
            for diagram in self.deployed
            if not drawn & {process.get("id") for process in diagram.running}
        )

    @cached_property
    def deployed_tables(self) -> tuple[Table, ...]:
        """The tables that are deployed."""
        files = sorted(one for one in self.environment.sources if one[0].endswith(".dmn"))
        return tuple(table for file, content in files for table in _read_deployed_tables(file, content))

    @cached_property
    def processes(self) -> frozenset[str]:
        drawn = frozenset(process.get("id") for diagram in self.diagrams for process in diagram.running)
        return drawn | self.environment.processes | self.list_unread(DefinitionSort.PROCESS)

    @cached_property
    def decisions(self) -> frozenset[str]:
        known = frozenset(table.key for _, table in self.tables) | self.environment.decisions
        return known | self.list_unread(DefinitionSort.DECISION)

    def list_unread(self, sort: DefinitionSort) -> frozenset[str]:
        """The keys of one sort that files were to define which cannot be read."""
        return frozenset(key for kind, key in self.unread if kind == sort)

    @cached_property
    def named(self) -> frozenset[DefinitionName]:
        """What is defined besides processes and tables, here and elsewhere."""
        own = frozenset((one.sort, one.key) for _, one in self.definitions)
        return own | self.claimed | self.environment.definitions

    def list_named(self, sort: DefinitionSort) -> frozenset[str]:
        """The keys of one sort among them."""
        return frozenset(key for kind, key in self.named if kind == sort)

    @cached_property
    def kept(self) -> tuple[DeployedPart, ...]:
        """The deployed definitions that these files do not replace."""
        replaced = {(one.sort, one.key) for _, one in self.definitions}
        return tuple(one for one in self.environment.kept if (one.sort, one.key) not in replaced)

    @cached_property
    def public_states(self) -> frozenset[str] | None:
        """The public states that a diagram may name; None where nobody can know them."""
        sets = [one for _, one in self.definitions if one.sort == DefinitionSort.STATES]
        here = frozenset(state for one in sets for state in one.value.states)
        here |= frozenset(name for sort, name in self.claimed if sort == STATE)
        if any(sort == DefinitionSort.STATES for sort, _ in self.claimed) and not here:
            return None  # a file of states cannot be read at all
        if self.environment.kept:  # a set that is replaced has lost what it has no more
            kept = (one.value.states for one in self.kept if one.sort == DefinitionSort.STATES)
            return here.union(*kept)
        known = self.environment.public_states
        return here or None if known is None else known | here

    @cached_property
    def duties(self) -> frozenset[str]:
        """The duty groups that somebody sets."""
        drawn = frozenset(
            read_properties(task).get("duty", "")
            for diagram in (*self.diagrams, *self.around)
            for scope in diagram.scopes
            for task in scope.of(*PEOPLE)
        )
        return (drawn | self.environment.duties) - {""}


@lru_cache(maxsize=_KEPT)
def _read_deployed(file: str, content: bytes) -> Diagram | None:
    try:
        return Diagram(file, safe_xml.parse_xml(content, name=file))
    except LintRefused:
        return None  # by a rule that came after it was deployed


@lru_cache(maxsize=_KEPT)
def _read_deployed_tables(file: str, content: bytes) -> tuple[Table, ...]:
    try:
        return load_tables(content, name=file)
    except LintRefused:
        return ()


def check_references(known: DeploymentContext) -> list[LintProblem]:
    """Processes and tables that stand twice, and processes that call themselves."""
    return [
        *_find_drawn_twice(known),
        *_find_tabled_twice(known),
        *_find_recursion(known),
        *_find_lost_pools(known),
    ]


def _find_drawn_twice(known: DeploymentContext) -> Iterator[LintProblem]:
    """The engine keeps processes and sub-processes in one dictionary by id."""
    seen: dict[str, str] = {}
    for diagram in known.diagrams:
        report = Report(diagram.file, known.effort)
        for scope in diagram.scopes:
            name = scope.element.get("id")
            first = seen.setdefault(name, diagram.file)
            if first != diagram.file:
                report.error(
                    scope.element,
                    "duplicate-process",
                    lazy_gettext("%(element)s在文件 %(first)s 中已经有了，请改名或只留一个。"),
                    first=first,
                )
        yield from report.problems


def _find_tabled_twice(known: DeploymentContext) -> Iterator[LintProblem]:
    seen: dict[str, str] = {}
    for file, table in known.tables:
        if table.key in seen:
            message = gettext(
                "决策表“%(name)s”（%(key)s）在文件 %(seen)s 中已经有了，请改名或只留一个。",
                name=table.name,
                key=table.key,
                seen=seen[table.key],
            )
            yield LintProblem(file=file, element=table.key, rule="duplicate-decision", message=message)
        seen.setdefault(table.key, file)


def _find_recursion(known: DeploymentContext) -> Iterator[LintProblem]:
    """Calls within a circle of processes that call each other."""
    made = {
        process.get("id"): [(diagram.file, call) for call in _list_calls(process)]
        for diagram in known.diagrams
        for process in diagram.running
    }
    steps = {
        caller: tuple(
            dict.fromkeys(call.get("calledElement") for _, call in calls if call.get("calledElement"))
        )
        for caller, calls in made.items()
    }
    numbers, circles = rank_nodes(steps, lambda count: None)
    for caller in made:
        for file, call in made[caller] if caller in circles else ():
            called = call.get("calledElement")
            if called in circles and numbers[called] == numbers[caller]:
                report = Report(file, known.effort)
                sentence = lazy_gettext("%(element)s会再次调用流程 %(text)s 自己，永远不会结束，请改用循环。")
                report.error(call, "recursive-call", sentence, text=shorten_text(caller, 60))
                yield from report.problems


def _find_lost_pools(known: DeploymentContext) -> Iterator[LintProblem]:
    """Pools of a process that the file does not have; a pool of somebody else's names none."""
    for diagram in known.diagrams:
        report = Report(diagram.file, known.effort)
        drawn = {process.get("id") for process in diagram.processes}
        for collaboration in list_children(diagram.root, "collaboration"):
            for pool in list_children(collaboration, "participant"):
                key = pool.get("processRef")
                if key and key not in drawn:
                    sentence = lazy_gettext("%(element)s所指的流程 %(process)s 不在文件里，请重新选择。")
                    report.error(pool, "unknown-process", sentence, process=shorten_text(key, 60))
        yield from report.problems


def _list_calls(process: Element) -> list[Element]:
    return list(process.iter(f"{{{BPMN}}}callActivity"))
