"""Diagrams from a line of text: `s>a1 a1>t1`, where the first letter of a name tells its kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.workflows.engine.diagrams.drawing import (
    FAILURES,
    KEYED,
    boundary,
    definitions,
    element,
    flow,
    message,
    process,
    timer,
    user,
)
from workflows.engine.lint.reading.diagram import Diagram
from workflows.engine.lint.reading.report import Report
from workflows.engine.soundness.judging import Verdict
from workflows.engine.soundness.telling import SoundnessCheck
from workflows.engine.source import safe_xml
from workflows.engine.source.problems import LintProblem

GATEWAYS = {
    "x": "exclusiveGateway",
    "a": "parallelGateway",
    "o": "inclusiveGateway",
    "v": "eventBasedGateway",
}
CHOOSING = ("x", "o")
KINDS = {**GATEWAYS, "s": "startEvent", "e": "endEvent", "m": "intermediateThrowEvent"}
DAY = timer("'P1D'")
THROWN = {
    "error": '<errorEventDefinition errorRef="failed"/>',
    "escalation": '<escalationEventDefinition escalationRef="late"/>',
    "terminate": "<terminateEventDefinition/>",
}


@dataclass
class Sketch:
    """One scope: its flows as pairs, what hangs on activities, and what its ends throw."""

    flows: list[tuple[str, str]]
    hung: dict[str, tuple[str, bool, str]] = field(default_factory=dict)  # event → host, interrupting, what
    inside: dict[str, Sketch] = field(default_factory=dict)  # sub-process → what it holds
    calls: dict[str, str] = field(default_factory=dict)  # call activity → process
    throws: dict[str, str] = field(default_factory=dict)  # event → error, escalation, terminate
    forks: dict[str, bool] = field(
        default_factory=dict
    )  # task whose flows choose → whether the last is default

    @property
    def names(self) -> list[str]:
        """The names of the nodes, in the order in which they come up."""
        return list(dict.fromkeys([*(name for pair in self.flows for name in pair), *self.hung]))

    def ways(self, name: str) -> list[str]:
        """Where flows lead from a node."""
        return [target for source, target in self.flows if source == name]

    def choosing(self) -> Iterable[tuple[str, list[str]]]:
        """The gateways and tasks that choose, with what they choose from, those of inner scopes too."""
        for name in self.names:
            if self._chooses(name):
                yield name, self.ways(name)
        for inner in self.inside.values():
            yield from inner.choosing()

    def _chooses(self, name: str) -> bool:
        return len(self.ways(name)) > 1 and (name[0] in CHOOSING or name in self.forks)

    def events(self) -> set[str]:
        """What happens by itself, those of inner scopes too."""
        own = {name for name in self.names if name in self.hung or name[0] == "c"}
        return own.union(*(inner.events() for inner in self.inside.values()))

    def beside(self) -> set[str]:
        """What reminders lead to, where they may stand several times at once."""
        found: set[str] = set()
        ahead = [name for name, (_, interrupting, _) in self.hung.items() if not interrupting]
        while ahead:
            name = ahead.pop()
            ahead += [way for way in self.ways(name) if way not in found]
            found.update(self.ways(name))
        return found

    def draw(self) -> str:
        """The scope as BPMN."""
        return "".join(map(self._draw_node, self.names)) + "".join(
            flow(source, target, self._condition(source, target)) for source, target in self.flows
        )

    def _draw_node(self, name: str) -> str:
        if name in self.hung:
            host, interrupting, what = self.hung[name]
            return boundary(name, host, THROWN.get(what, DAY), interrupting=str(interrupting).lower())
        if name in self.inside:
            return element("subProcess", name, self.inside[name].draw())
        if name in self.calls:
            return element("callActivity", name, calledElement=self.calls[name])
        if name[0] == "c":
            return element("intermediateCatchEvent", name, message() if name.endswith("m") else DAY)
        default = {}
        if self._chooses(name) and self.forks.get(name, True):
            default = {"default": f"{name}_{self.ways(name)[-1]}"}
        if name[0] not in KINDS:
            return user(name, **default)
        return element(KINDS[name[0]], name, THROWN.get(self.throws.get(name, ""), ""), **default)

    def _condition(self, source: str, target: str) -> str | None:
        if not self._chooses(source) or target == self.ways(source)[-1]:
            return None
        return f"'{target}' in go_{source}"


def sketch(text: str, hung: str = "", **more: dict[str, object]) -> Sketch:
    """A sketch of flows, and of events `b1@t1` (interrupting), `b1~t1` (beside), `b1@t1:error`."""
    found: dict[str, tuple[str, bool, str]] = {}
    for one in hung.split():
        place, _, what = one.partition(":")
        mark = "@" if "@" in place else "~"
        name, _, host = place.partition(mark)
        found[name] = (host, mark == "@", what)
    pairs = [(source, target) for source, _, target in (one.partition(">") for one in text.split())]
    return Sketch(flows=pairs, hung=found, **more)  # type: ignore[arg-type]


def draw_file(drawn: Sketch, name: str = "p") -> bytes:
    """A file with this one process."""
    return definitions(KEYED.replace('"p"', f'"{name}"'), FAILURES, process(drawn.draw(), name))


def judge(*files: bytes) -> list[LintProblem]:
    """What the walk says, and no other rule."""
    diagrams = [
        Diagram(f"{number}.bpmn", safe_xml.parse_xml(source, name="")) for number, source in enumerate(files)
    ]
    check = SoundnessCheck(diagrams)
    reports = [Report(diagram.file) for diagram in diagrams]
    for diagram, report in zip(diagrams, reports, strict=True):
        for scope in diagram.scopes:
            check.check_scope(scope, report)
    return [problem for report in reports for problem in report.problems]


def told(*files: bytes) -> list[tuple[str, str | None, str]]:
    """Rule, element and path of what the walk says."""
    return [(one.rule, one.element, " ".join(one.path)) for one in judge(*files)]


def judge_sketch(drawn: Sketch) -> Verdict:
    """The verdict on the process of a sketch."""
    diagram = Diagram("p.bpmn", safe_xml.parse_xml(draw_file(drawn), name="p.bpmn"))
    return SoundnessCheck([diagram]).judge.judge("p")
