"""The linter: what may be deployed, with a sentence for designers about everything that may not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from translations import gettext
from workflows.definitions import files
from workflows.definitions.files import DefinitionName, FoundDefinition
from workflows.engine.decisions import Table, read_tables
from workflows.engine.lint import calls, errors
from workflows.engine.lint.data import caught, variables
from workflows.engine.lint.meaning import (
    activities,
    constants,
    definitions,
    duties,
    events,
    formulas,
    lost_outputs,
    messages,
    overlaps,
    page_tables,
    table_facts,
    timers,
)
from workflows.engine.lint.public_states import standing_places, states
from workflows.engine.lint.reading.diagram import Diagram
from workflows.engine.lint.reading.effort import Effort, EffortExhausted, build_exhausted_problem
from workflows.engine.lint.reading.report import Report, describe_element
from workflows.engine.lint.shape import (
    characters,
    elements,
    gateways,
    joins,
    lengths,
    multi_instances,
    paths,
    sizes,
    undrawn,
    unsaid,
)
from workflows.engine.lint.shape.references import DeploymentContext, check_references
from workflows.engine.lint.shape.unread import list_drawn_names
from workflows.engine.soundness.telling import SoundnessCheck
from workflows.engine.source import problems, safe_xml
from workflows.engine.source.environment import Environment
from workflows.engine.source.problems import LintProblem, LintRefused

__all__ = ["lint_files"]

_KINDS = (".bpmn", ".dmn", ".xml")  # what other editors write as .bpmn20.xml is what its root says
_STEPS_OF_A_CELL = 100  # of a decision table: compiling and comparing it
_STEPS_OF_A_TEST = 50  # of a cell with several, between commas
_SCOPE_RULES = (
    paths.check_paths,
    unsaid.check_unsaid,
    gateways.check_gateways,
    events.check_events,
    timers.check_timers,
    multi_instances.check_multi_instances,
    formulas.check_formulas,
    overlaps.check_overlaps,
)


def lint_files(sources: Mapping[str, bytes], environment: Environment) -> list[LintProblem]:
    """Check BPMN and DMN files that are deployed together; they may run when no problem is an error."""
    wrong = sizes.check_files(sources)
    return problems.limit_problems(wrong or _FileLinter(environment).check(sources))


class _FileLinter:
    """The files of one deployment, and the steps that are left for checking them."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.effort = Effort()
        self.problems: list[LintProblem] = []
        self.diagrams: list[Diagram] = []
        self.tables: list[tuple[str, Table]] = []
        self.definitions: list[tuple[str, FoundDefinition]] = []
        self.claimed: frozenset[DefinitionName] = frozenset()
        self.unread: frozenset[DefinitionName] = frozenset()

    def check(self, sources: Mapping[str, bytes]) -> list[LintProblem]:
        for file, source in sources.items():
            self._run_within_effort(file, partial(self._read_file, file, source))
        known = DeploymentContext(
            diagrams=tuple(self.diagrams),
            tables=tuple(self.tables),
            definitions=tuple(self.definitions),
            claimed=self.claimed,
            unread=self.unread,
            environment=self.environment,
            effort=self.effort,
        )
        for rule in (
            check_references,
            definitions.check_definitions,
            page_tables.check_page_tables,
            lost_outputs.check_lost_outputs,
            table_facts.check_table_facts,
            calls.check_calls,
            errors.check_errors,
            variables.check_variables,
            caught.check_caught,
            standing_places.check_standing_places,
        ):
            self._run_within_effort(next(iter(sources), ""), partial(self._apply_rule, rule, known))
        soundness = SoundnessCheck(self.diagrams)
        for diagram in self.diagrams:
            self._run_within_effort(diagram.file, partial(self._lint_diagram, diagram, known, soundness))
        return self.problems

    def _apply_rule(
        self, rule: Callable[[DeploymentContext], list[LintProblem]], known: DeploymentContext
    ) -> None:
        self.problems += rule(known)

    def _run_within_effort(self, file: str, act: Callable[[], None]) -> None:
        """Do a part of the check as long as there are steps; one problem says where they ended."""
        try:
            act()
        except EffortExhausted as end:
            if not any(problem.rule == "too-much-work" for problem in self.problems):
                self.problems.insert(
                    0, build_exhausted_problem(file, end.element, describe_element(end.element))
                )

    def _read_file(self, file: str, source: bytes) -> None:
        if files.find_sort(file) is not None:
            self._read_definitions(file, source)
            return
        try:
            root = safe_xml.parse_xml(source, name=file)
        except LintRefused as refused:
            self.problems += refused.problems
            self.unread |= list_drawn_names(file, source)
            return
        if not file.lower().endswith(_KINDS):
            self.problems.append(_build_unknown_kind(file))
        elif root.tag != f"{{{safe_xml.BPMN}}}definitions":
            self.effort.spend(root, _STEPS_OF_A_CELL * source.count(b"Entry") // 2)
            self.effort.spend(root, _STEPS_OF_A_TEST * source.count(b","))
            found, wrong = read_tables(root, file)
            self.tables += [(file, table) for table in found]
            self.problems += [*wrong, *(one for table in found for one in lengths.check_table(file, table))]
        else:
            self.diagrams.append(Diagram(file, root))

    def _read_definitions(self, file: str, source: bytes) -> None:
        try:
            found = files.read_file(file, source)
        except LintRefused as refused:
            self.problems += refused.problems
            self.claimed |= files.list_claimed(file, source)
        else:
            self.definitions += [(file, one) for one in found]

    def _lint_diagram(self, diagram: Diagram, known: DeploymentContext, soundness: SoundnessCheck) -> None:
        report = Report(diagram.file, self.effort)
        try:
            if _check_diagram(diagram, report, known):
                _check_soundness(diagram, report, soundness)
        finally:
            self.problems += report.problems


def _build_unknown_kind(file: str) -> LintProblem:
    message = gettext(
        "文件 %(file)s 不是流程图（.bpmn）、决策表（.dmn）或流程的其他文件，请改名后上传。",
        file=file,
    )
    return LintProblem(file=file, element=None, rule="file-kind", message=message)


def _check_diagram(diagram: Diagram, report: Report, known: DeploymentContext) -> bool:
    if not sizes.check_sizes(diagram, report):
        return False  # what is too large is not looked at any closer
    elements.check_elements(diagram, report)
    lengths.check_lengths(diagram, report)
    characters.check_characters(diagram, report)
    messages.check_messages(diagram, report, known.environment)
    formulas.check_root(diagram, report)
    undrawn.check_undrawn(diagram, report)
    for scope in diagram.scopes:
        for rule in _SCOPE_RULES:
            rule(scope, report)
        activities.check_activities(scope, report, known)
        constants.check_constants(scope, report, known)
        constants.check_modes(scope, report, known)
        states.check_public_states(scope, report, known)
        duties.check_duties(scope, report, known)
    return True


def _check_soundness(diagram: Diagram, report: Report, soundness: SoundnessCheck) -> None:
    for scope in diagram.scopes:
        if not soundness.check_scope(scope, report):
            joins.check_joins(scope, report)  # what can be seen without looking at every state
