"""SpiffWorkflow as it comes, moved by the same acts as our engine: the reference of the random walks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.bpmn.serializer.workflow import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.event_definitions import timer
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

from workflows.engine import decisions
from workflows.engine.elements.activities import DecisionTask, DecisionTaskConverter, DecisionTaskParser
from workflows.engine.source import safe_xml

Services = Mapping[str, Callable[[dict[str, Any]], Any]]


class _Parser(SpiffBpmnParser):
    # Stock decision tables are wrong on value lists, so both sides ask ours; all else is stock.
    OVERRIDE_PARSER_CLASSES = {  # noqa: RUF012
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("businessRuleTask"): (DecisionTaskParser, DecisionTask),
    }


SERIALIZER = BpmnWorkflowSerializer(
    BpmnWorkflowSerializer.configure({**SPIFF_CONFIG, DecisionTask: DecisionTaskConverter})
)


class _Environment(TaskDataEnvironment):
    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services

    def call_service(self, context: Any, *, operation_name: str, operation_params: Any, **_rest: Any) -> str:
        """Ask the same function as our operation does."""
        values = {name: parameter["value"] for name, parameter in operation_params.items()}
        return json.dumps(self.services[operation_name](values))


class _Engine(PythonScriptEngine):
    def __init__(self, services: Services, tables: Mapping[str, decisions.Table]) -> None:
        super().__init__(_Environment(services))
        self.tables = tables

    def decide(self, task: Any, key: str) -> dict[str, Any]:
        """The outcome of a decision table."""
        return decisions.evaluate_table(self.tables[key], task.data)


@contextmanager
def stock_clock(read: Callable[[], datetime]) -> Iterator[None]:
    """Let SpiffWorkflow's timers, which know no clock but the machine's, read the time of the test."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return read()

    before = timer.datetime
    timer.datetime = Clock
    try:
        yield
    finally:
        timer.datetime = before


class Stock:
    """One unpruned instance in memory; saved and restored by the default serializer when asked."""

    def __init__(self, sources: Mapping[str, bytes], key: str, services: Services) -> None:
        parser = _Parser()
        tables = {}
        for name, content in sources.items():
            if name.endswith(".dmn"):
                tables |= {table.key: table for table in decisions.parse_tables(content, name=name)}
            else:
                parser.add_bpmn_xml(safe_xml.parse_xml(content, name=name), filename=name)
        self.engine = _Engine(services, tables)
        spec, calls = parser.get_spec(key), parser.get_subprocess_specs(key)
        self.workflow: Any = BpmnWorkflow(spec, calls, script_engine=self.engine)

    def start(self, variables: dict[str, Any]) -> None:
        """Run to the first rest."""
        for task in self.workflow.tasks.values():
            task.data.update(deepcopy(variables))
        self.workflow.do_engine_steps()

    def ready(self) -> list[Any]:
        """The user tasks that are ready."""
        return [task for task in self.workflow.get_tasks(state=TaskState.READY) if task.task_spec.manual]

    def complete(self, name: str, data: dict[str, Any], which: Callable[[Any], bool]) -> None:
        """Complete a user task."""
        task = next(task for task in self.ready() if task.task_spec.name == name and which(task))
        task.data.update(deepcopy(data))
        task.run()
        self.workflow.do_engine_steps()

    def deliver(self, message: str, element: str, payload: dict[str, Any]) -> None:
        """Hand a message to the waiting task of an element."""
        for task in self.workflow.get_tasks(state=TaskState.WAITING, spec_name=element):
            definition = task.task_spec.event_definition
            for part in getattr(definition, "event_definitions", [definition]):
                if part.name == message:
                    task.task_spec.catch(task, BpmnEvent(part, dict(payload), task.workflow.correlations))
                    task.task_spec._update(task)
                    self.workflow.do_engine_steps()
                    return
        raise AssertionError(f"stock does not wait for {message} at {element}")

    def wake(self) -> None:
        """Fire what is due."""
        while True:
            before = self._count()
            self.workflow.refresh_timers()
            self.workflow.do_engine_steps()
            if self._count() == before:
                return

    def _count(self) -> tuple[int, ...]:
        return tuple(
            sorted(task.state for task in self.workflow.get_tasks()),
        )

    def reload(self) -> None:
        """Save and restore with the default serializer."""
        self.workflow = SERIALIZER.deserialize_json(SERIALIZER.serialize_json(self.workflow))
        self.workflow.script_engine = self.engine
