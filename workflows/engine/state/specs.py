"""Reading diagrams into specs that every instance and thread can share, and keeping them as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import msgspec
import zstandard
from SpiffWorkflow.bpmn.parser.event_parsers import EventBasedGatewayParser
from SpiffWorkflow.bpmn.parser.task_parsers import ConditionalGatewayParser, GatewayParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.serializer.config import (
    BpmnTaskSpecConverter,
    ConditionalGatewayConverter,
    ParallelGatewayConverter,
)
from SpiffWorkflow.bpmn.serializer.default.event_definition import TimerConditionalEventDefinitionConverter
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.task_spec import ServiceTaskParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG

from models.base.errors import DomainError
from translations import lazy_gettext
from workflows.engine import decisions
from workflows.engine.elements import besides, joins, spiff_internals, throwing, timers
from workflows.engine.elements.activities import (
    CONVERTERS,
    DecisionTask,
    DecisionTaskParser,
    OperationTask,
    Race,
)
from workflows.engine.elements.besides import Beside
from workflows.engine.elements.instances import limit_instances
from workflows.engine.elements.joins import EndJoin, InclusiveJoin, ParallelJoin
from workflows.engine.recording.read_names import find_read_names
from workflows.engine.source import drawings, normal_form
from workflows.engine.source.drawings import DrawnProcess

FORMAT = 3  # of what is kept of a release; another one makes new releases of the same definitions

# convert and restore only: serialize_json switches state on the shared registry and is not thread-safe
REGISTRY = BpmnWorkflowSerializer.configure(
    {
        **SPIFF_CONFIG,
        **CONVERTERS,
        ParallelJoin: ParallelGatewayConverter,
        InclusiveJoin: ConditionalGatewayConverter,
        EndJoin: BpmnTaskSpecConverter,
        **dict.fromkeys(timers.OURS.values(), TimerConditionalEventDefinitionConverter),
        **{ours: SPIFF_CONFIG[stock] for stock, ours in throwing.OURS.items()},
        Beside: SPIFF_CONFIG[BoundaryEvent],
    }
)


class NotShareable(DomainError):
    """Specs that change while they run cannot be shared."""

    code = "not_shareable"
    status = 422
    sentence = lazy_gettext("流程含有运行时会改变定义的元素，不能部署。")


class ProcessParser(SpiffBpmnParser):  # type: ignore[misc]
    """SpiffWorkflow's parser with our activities and join."""

    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("serviceTask"): (ServiceTaskParser, OperationTask),
        full_tag("businessRuleTask"): (DecisionTaskParser, DecisionTask),
        full_tag("parallelGateway"): (GatewayParser, ParallelJoin),
        full_tag("inclusiveGateway"): (ConditionalGatewayParser, InclusiveJoin),
        full_tag("eventBasedGateway"): (EventBasedGatewayParser, Race),
    }


@dataclass(frozen=True, kw_only=True)
class Specs:
    """A process with everything it calls, ready to run: frozen, so that instances and threads share it."""

    key: str
    spec: BpmnProcessSpec
    calls: dict[str, BpmnProcessSpec] = field(default_factory=dict)
    tables: dict[str, decisions.Table] = field(default_factory=dict)

    @cached_property
    def read_names(self) -> frozenset[str]:
        """The variables by which its diagrams and tables decide where a case goes."""
        return find_read_names((self.spec, *self.calls.values()), self.tables.values())


def parse_files(
    files: Iterable[tuple[str, bytes]], tables: Mapping[str, decisions.Table]
) -> dict[str, Specs]:
    """All executable processes of some BPMN files by key, with their calls and the tables they name."""
    drawn = {
        drawing.key: drawing for name, source in files for drawing in drawings.read_drawings(name, source)
    }
    return {key: parse_process(drawings.list_reached(key, drawn), tables) for key in drawn}


def parse_process(reached: Sequence[DrawnProcess], tables: Mapping[str, decisions.Table]) -> Specs:
    """One process, which comes first, with what it reaches."""
    parser, key = ProcessParser(), reached[0].key
    for name, document in drawings.build_documents(reached):
        parser.add_bpmn_xml(normal_form.normalise_document(document), filename=name)
    spec, calls = parser.get_spec(key), parser.get_subprocess_specs(key)
    for part in (spec, *calls.values()):
        timers.adapt_timers(part)
        joins.adapt_end_join(part)
        throwing.adapt_thrown_events(part)
        besides.adapt_events_beside(part)
        _name_added(part)
    named = list_decisions(spec, calls)
    return freeze_specs(Specs(key=key, spec=spec, calls=calls, tables={name: tables[name] for name in named}))


def _name_added(spec: BpmnProcessSpec) -> None:
    """Let what the normal form has added or renamed be told by the designer's ids."""
    for task_spec in spec.task_specs.values():
        if task_spec.bpmn_id:
            task_spec.bpmn_id = normal_form.find_designer_id(task_spec.bpmn_id)


def list_decisions(spec: BpmnProcessSpec, calls: dict[str, BpmnProcessSpec]) -> set[str]:
    """The keys of the decision tables that a process and its calls use."""
    return {
        task_spec.decision
        for part in (spec, *calls.values())
        for task_spec in part.task_specs.values()
        if isinstance(task_spec, DecisionTask)
    }


def freeze_specs(specs: Specs) -> Specs:
    """Do now every change that SpiffWorkflow would make to a spec at run time.

    Multi-instance specs connect a handler when their first child is made; without it, an instance restored in
    a fresh worker would hang.
    """
    for part in (specs.spec, *specs.calls.values()):
        if spiff_internals.changes_in_use(part.start):
            raise NotShareable
        for task_spec in list(part.task_specs.values()):
            spiff_internals.limit_prediction(task_spec)
            if isinstance(task_spec, LoopTask):
                limit_instances(task_spec)
                spiff_internals.connect_instances(task_spec, part.task_specs[task_spec.task_spec])
    return specs


def dump_specs(specs: Specs) -> bytes:
    """The specs as bytes, for a release."""
    plain = {
        "key": specs.key,
        "spec": REGISTRY.convert(specs.spec),
        "calls": {name: REGISTRY.convert(call) for name, call in sorted(specs.calls.items())},
        "tables": {name: decisions.table_to_plain(table) for name, table in sorted(specs.tables.items())},
    }
    return zstandard.compress(msgspec.msgpack.encode(plain))


def load_specs(content: bytes) -> Specs:
    """The specs that `dump_specs` wrote, frozen."""
    plain = msgspec.msgpack.decode(zstandard.decompress(content))
    return freeze_specs(
        Specs(
            key=plain["key"],
            spec=REGISTRY.restore(plain["spec"]),
            calls={name: REGISTRY.restore(call) for name, call in plain["calls"].items()},
            tables={name: decisions.table_from_plain(table) for name, table in plain["tables"].items()},
        )
    )
