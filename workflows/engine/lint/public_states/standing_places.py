"""Where the states of a case stand: what they allow, count as and say there.

All of it is judged over called processes; what cannot be told for sure is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from models.processes.states import DefinitionSort
from translations import join_words, lazy_gettext
from workflows import vocabulary
from workflows.definitions.states import PublicState
from workflows.engine.lint.meaning.events import list_definitions
from workflows.engine.lint.reading.allowlist import PEOPLE
from workflows.engine.lint.reading.diagram import Diagram, Scope, find_process, read_properties
from workflows.engine.lint.reading.report import Report, local_name, shorten_text
from workflows.engine.lint.shape.references import DeploymentContext
from workflows.engine.source.problems import LintProblem
from workflows.engine.source.safe_xml import BPMN, Element
from workflows.vocabulary import TermSort

_SHOWN = 40  # characters of a state
_NOBODYS = ""  # the state of a case that has been told none yet
_WAITING = (*PEOPLE, "receiveTask", "intermediateCatchEvent", "eventBasedGateway", "callActivity")
_STAYS = lazy_gettext(
    "%(element)s没有公开状态（publicState），办到这里时申请人看到的仍是之前的“%(states)s”；请写明公开状态。"
)
_NO_STATE_YET = lazy_gettext(
    "%(element)s没有公开状态（publicState），办到这里时案件还没有任何状态；请写明公开状态。"
)
_FORBIDDEN = lazy_gettext(
    "%(element)s等待“%(act)s”，但这时的公开状态“%(states)s”不允许这样做；"
    "请在状态的 allows 里加上 %(ability)s。"
)
_TOO_SOON = lazy_gettext(
    "%(element)s的公开状态“%(state)s”算作 %(standing)s，但有的路没有经过算作 %(before)s 的环节就走到这里；"
    "请核对状态和它的 countsAs。"
)


def check_standing_places(known: DeploymentContext) -> list[LintProblem]:
    """Judge the states of the diagrams that are deployed now, within those around them."""
    return list(_Standing(known).check())


@dataclass(kw_only=True, eq=False)
class _Process:
    """One process with all its scopes, by their elements."""

    key: str
    diagram: Diagram
    scopes: Mapping[Element, Scope]
    top: Scope


class _Standing:
    def __init__(self, known: DeploymentContext) -> None:
        self.known = known
        self.told: list[tuple[list[str], str]] = []  # of each problem: the states it is about, and their part
        self.own = {diagram.root for diagram in known.diagrams}
        self.processes = {
            one.key: one for diagram in (*known.diagrams, *known.around) for one in _list_processes(diagram)
        }

    @cached_property
    def states(self) -> dict[str, PublicState]:
        """What states there are, those of these files first."""
        sets = [*self.known.kept, *(one for _, one in self.known.definitions)]
        found: dict[str, PublicState] = {}
        for one in sets:
            found |= one.value.states if one.sort == DefinitionSort.STATES else {}
        return found

    @cached_property
    def here(self) -> dict[str, str]:
        """The states of these files, each with its file."""
        sets = [(file, one) for file, one in self.known.definitions if one.sort == DefinitionSort.STATES]
        return {state: file for file, one in sets for state in one.value.states}

    @cached_property
    def entries(self) -> frozenset[str]:
        """The processes that services begin."""
        services = [one for _, one in self.known.definitions if one.sort == DefinitionSort.SERVICE]
        return frozenset(one.value.entry for one in services) | self.known.environment.entries.keys()

    @cached_property
    def callers(self) -> dict[str, list[tuple[_Process, Element]]]:
        """Process → the calls of it."""
        found: dict[str, list[tuple[_Process, Element]]] = {}
        for process in self.processes.values():
            for scope in process.scopes.values():
                for call in scope.of("callActivity"):
                    found.setdefault(call.get("calledElement", ""), []).append((process, call))
        return found

    def check(self) -> Iterator[LintProblem]:
        """All findings: at the diagrams of these files, and at their states where diagrams are deployed."""
        for process in self.processes.values():
            report = Report(process.diagram.file, self.known.effort)
            for scope in process.scopes.values():
                report.spend(scope.element, 2 * len(scope.nodes))
                self._check_acts(process, scope, report)
            if process.key in self.entries:
                self._check_entry(process.top, report)
            if process.diagram.root in self.own:
                yield from report.problems
            else:
                yield from self._move_to_states(report)
            self.told.clear()

    def _move_to_states(self, report: Report) -> Iterator[LintProblem]:
        for problem, (states, part) in zip(report.problems, self.told, strict=True):
            for state in states:
                if state in self.here:
                    place = f"states.{state}.{part}"
                    yield replace(problem, file=self.here[state], element=place)
                    break

    def _check_entry(self, scope: Scope, report: Report) -> None:
        """The process that a case of a service is: its states are those of the case."""
        stated = {name for name, node in scope.nodes.items() if read_properties(node).get("publicState")}
        for node in scope.of(*_WAITING) if stated else ():
            if node.get("id") not in stated and not self._names_states(node, scope):
                report.spend(node, len(scope.nodes))
                states = _find_former_states(node, scope)
                sentence = _STAYS if states - {_NOBODYS} else _NO_STATE_YET
                said = join_words(sorted(self._label(one) for one in states - {_NOBODYS}))
                report.warning(node, "no-public-state", sentence, states=said)
                self.told.append(([], ""))
        for name in stated:
            self._check_standing(scope.nodes[name], scope, report)

    def _check_standing(self, node: Element, scope: Scope, report: Report) -> None:
        """A case is granted or refused only after it was being decided."""
        state = self.states.get(read_properties(node).get("publicState", ""))
        term = vocabulary.find_term(TermSort.STANDING, state.counts_as) if state is not None else None
        before = term.details.get("after", "") if term is not None else ""
        if state is None or not before:
            return
        passed = frozenset(name for name in scope.nodes if self._counts_as(scope.nodes[name], scope, before))
        report.spend(node, len(scope.nodes))
        if way := scope.find_way(node.get("id", ""), without=passed):
            self.told.append(([state.name], "countsAs"))
            report.warning(
                node,
                "state-too-soon",
                _TOO_SOON,
                state=shorten_text(state.name, _SHOWN),
                standing=state.counts_as,
                before=before,
            )
            report.add_path(way)

    def _counts_as(self, node: Element, scope: Scope, standing: str) -> bool:
        """Whether a node, or what it holds or calls, stands in a state that counts as something."""
        found = self._list_states(node, scope)
        return any(name in self.states and self.states[name].counts_as == standing for name in found)

    def _names_states(self, node: Element, scope: Scope) -> bool:
        return any(True for _ in self._list_states(node, scope))

    def _list_states(self, node: Element, scope: Scope) -> Iterator[str]:
        """The states of a node and of all that it holds or calls."""
        yield from scope.public_states.get(node.get("id") or "", {})
        for key in _list_called(node, self.processes):
            process = self.processes[key]
            for states in process.top.public_states.values():
                yield from states

    def _check_acts(self, process: _Process, scope: Scope, report: Report) -> None:
        """What is waited for has to be allowed in a state in which it is waited for."""
        for node in scope.nodes.values():
            ability = self._find_ability(node, scope)
            if not ability:
                continue
            host = scope.nodes.get(node.get("attachedToRef", ""), node)
            if local_name(host) == "callActivity" and self._names_inner_states(host):
                continue  # inner states change while it waits
            states = self._find_outer_states(host, process, frozenset({process.key}))
            known = [self.states[one] for one in states if one in self.states]
            if known and len(known) == len(states) and not any(one.is_allowing(ability) for one in known):
                self.told.append((sorted(states), "allows"))
                report.warning(
                    node,
                    "act-not-allowed",
                    _FORBIDDEN,
                    act=_find_act(node, scope),
                    states=join_words(sorted(one.name for one in known)),
                    ability=ability,
                )

    def _names_inner_states(self, call: Element) -> bool:
        return any(self.processes[key].top.public_states for key in _list_called(call, self.processes))

    def _find_outer_states(self, node: Element, process: _Process, seen: frozenset[str]) -> set[str]:
        """The state of a node: its own, that of a part around it, or those of the calls of its process."""
        for one in (node, *node.iterancestors()):
            if state := read_properties(one).get("publicState"):
                return {state}
            if one is process.top.element:
                break
        found: set[str] = set()
        for caller, call in self.callers.get(process.key, ()):
            if caller.key not in seen:
                found |= self._find_outer_states(call, caller, seen | {caller.key})
        return found or {_NOBODYS}

    def _find_ability(self, node: Element, scope: Scope) -> str:
        term = vocabulary.find_term(TermSort.ACT, _find_act(node, scope))
        return str(term.details.get("ability", "")) if term is not None else ""

    def _label(self, state: str) -> str:
        found = self.states.get(state)
        return str.__str__(found.label) if found is not None else shorten_text(state, _SHOWN)


def _list_processes(diagram: Diagram) -> Iterator[_Process]:
    for element in diagram.running:
        scopes = {one.element: one for one in diagram.scopes if find_process(one.element) is element}
        yield _Process(key=element.get("id", ""), diagram=diagram, scopes=scopes, top=scopes[element])


def _list_called(node: Element, processes: Mapping[str, _Process]) -> frozenset[str]:
    """The known processes that a node calls, and that those call."""
    found: set[str] = set()
    ahead = [call.get("calledElement", "") for call in node.iter(f"{{{BPMN}}}callActivity")]
    while ahead:
        key = ahead.pop()
        if key in processes and key not in found:
            found.add(key)
            calls = processes[key].top.element.iter(f"{{{BPMN}}}callActivity")
            ahead += [call.get("calledElement", "") for call in calls]
    return frozenset(found)


def _find_former_states(node: Element, scope: Scope) -> set[str]:
    """The states in which a case may come to a node: those of the nearest ones before it."""
    found: set[str] = set()
    seen: set[str] = set()
    ahead = [node.get("id", "")]
    while ahead:
        name = ahead.pop()
        before = scope.before.get(name, ())
        found |= set() if before else {_NOBODYS}
        for one in before:
            if states := scope.public_states.get(one):
                found |= states.keys()
            elif one not in seen:
                seen.add(one)
                ahead.append(one)
    return found


def _find_act(node: Element, scope: Scope) -> str:
    """What the message does for which a node waits."""
    waiting = [node, *list_definitions(node)]
    named = next((one.get("messageRef") for one in waiting if one.get("messageRef")), None)
    message = scope.declared.get("message", {}).get(named or "")
    return read_properties(message).get("act", "") if message is not None else ""
