"""Nets of a release: what the engine was made from the designers' files, as it runs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import (
    EndEvent,
    EventBasedGateway,
    ExclusiveGateway,
    InclusiveGateway,
    ParallelGateway,
    StartEvent,
)
from SpiffWorkflow.bpmn.specs.event_definitions.simple import (
    CancelEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import ThrowingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.spiff.specs.defaults import ServiceTask
from SpiffWorkflow.spiff.specs.event_definitions import ErrorEventDefinition, EscalationEventDefinition

from workflows.engine.elements import spiff_internals
from workflows.engine.elements.spiff_internals import BOUNDARY_JOIN, BOUNDARY_SPLIT, END_JOIN, INSTANCE
from workflows.engine.soundness.nets import OWN, Attached, Kind, Net, Node, Thrown, Way, build_net

_KINDS: tuple[tuple[type, Kind], ...] = (
    (EventBasedGateway, Kind.RACE),
    (ParallelGateway, Kind.PARALLEL),
    (InclusiveGateway, Kind.INCLUSIVE),
    (ExclusiveGateway, Kind.EXCLUSIVE),
    (BoundaryEvent, Kind.PASS),
    (StartEvent, Kind.PASS),
    (EndEvent, Kind.END),
    (ThrowingEvent, Kind.PASS),
)
_LEAVING = (TerminateEventDefinition, ErrorEventDefinition, CancelEventDefinition)
_ADDED = (BOUNDARY_SPLIT, BOUNDARY_JOIN, END_JOIN, INSTANCE)


def build_nets(specs: Mapping[str, BpmnProcessSpec]) -> dict[str, Net]:
    """The nets of some processes and sub-processes."""
    return {key: _build_net(spec) for key, spec in specs.items()}


def _build_net(spec: BpmnProcessSpec) -> Net:
    drawn = [one for one in spec.task_specs.values() if _is_drawn(one, spec)]
    names = {one.name for one in drawn}
    starts = _list_targets(spiff_internals.list_outputs(spec.start), spec, names)
    return build_net((_build_node(one, spec, names) for one in drawn), ([name] for name in starts))


def _is_drawn(task_spec: BpmnTaskSpec, spec: BpmnProcessSpec) -> bool:
    """Whether it is an element, and not what the parser adds."""
    return task_spec not in (spec.start, spec.end) and not task_spec.name.endswith(_ADDED)


def _list_targets(outputs: Iterable[str], spec: BpmnProcessSpec, names: set[str]) -> Iterator[str]:
    """Where flows lead: to the activity, not to what stands around it for its boundary events."""
    for name in outputs:
        found = name.removesuffix(BOUNDARY_SPLIT)
        if found in names:
            yield found


def _build_node(task_spec: BpmnTaskSpec, spec: BpmnProcessSpec, names: set[str]) -> Node:
    name, kind = task_spec.name, _find_kind(task_spec)
    ends = kind in (Kind.END, Kind.BREAK)
    return Node(
        name=name,
        kind=kind,
        element=task_spec.bpmn_id or ("" if name.startswith(OWN) else name),
        ways=() if ends else tuple(_list_ways(task_spec, spec, names)),
        attached=tuple(_list_attached(name, spec)) if kind == Kind.ACTIVITY else (),
        inner=_find_inner(task_spec, spec),
        throws=tuple(_list_thrown(task_spec, spec)),
    )


def _find_kind(task_spec: BpmnTaskSpec) -> Kind:
    kind = next((kind for stock, kind in _KINDS if isinstance(task_spec, stock)), Kind.ACTIVITY)
    leaves = isinstance(getattr(task_spec, "event_definition", None), _LEAVING)
    return Kind.BREAK if kind == Kind.END and leaves else kind


def _list_ways(task_spec: BpmnTaskSpec, spec: BpmnProcessSpec, names: set[str]) -> Iterator[Way]:
    conditions = {name: one for one, name in getattr(task_spec, "cond_task_specs", None) or ()}
    inclusive = isinstance(task_spec, InclusiveGateway)
    for output in spiff_internals.list_outputs(task_spec):
        for target in _list_targets([output], spec, names):
            condition = conditions.get(output)
            always = condition is not None and condition.args[0].strip() == "True"
            yield Way(
                target=target,
                chosen=condition is not None and not always,
                default=inclusive and condition is None,
            )


def _list_attached(host: str, spec: BpmnProcessSpec) -> Iterator[Attached]:
    split = spec.task_specs.get(f"{host}{BOUNDARY_SPLIT}")
    for event in split.outputs if isinstance(split, BoundaryEventSplit) else ():
        if isinstance(event, BoundaryEvent):
            caught = next(_list_definitions(event), None)
            yield Attached(name=event.name, interrupting=bool(event.cancel_activity), caught=caught)


def _find_inner(task_spec: BpmnTaskSpec, spec: BpmnProcessSpec) -> str | None:
    called = getattr(_find_repeated(task_spec, spec), "spec", None)
    return called if isinstance(called, str) else None


def _find_repeated(task_spec: BpmnTaskSpec, spec: BpmnProcessSpec) -> BpmnTaskSpec:
    """What a multi-instance activity repeats, or the activity itself."""
    return spec.task_specs[task_spec.task_spec] if isinstance(task_spec, LoopTask) else task_spec


def _list_thrown(task_spec: BpmnTaskSpec, spec: BpmnProcessSpec) -> Iterator[Thrown]:
    if isinstance(_find_repeated(task_spec, spec), ServiceTask):
        yield Thrown(kind="error")  # an operation refuses with a code of its own
    elif isinstance(task_spec, ThrowingEvent):
        yield from _list_definitions(task_spec)


def _list_definitions(event: BpmnTaskSpec) -> Iterator[Thrown]:
    definition = getattr(event, "event_definition", None)
    if isinstance(definition, ErrorEventDefinition):
        yield Thrown(kind="error", code=definition.code or None)
    elif isinstance(definition, EscalationEventDefinition):
        yield Thrown(kind="escalation", code=definition.code or None)
    elif isinstance(definition, CancelEventDefinition):
        yield Thrown(kind="cancel")
