"""What SpiffWorkflow calls for expressions, scripts, decisions and operations during one step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn, TypedDict, cast

from marshmallow import ValidationError
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.spiff.specs.defaults import ServiceTask
from SpiffWorkflow.task import Task

from models.base.errors import DomainError
from models.processes.states import OperationKind
from translations import gettext, lazy_gettext, office_language
from workflows import operations, subjects
from workflows.engine import decisions, expressions
from workflows.engine.decisions import DecisionError, Table
from workflows.engine.elements import step_clock
from workflows.engine.elements.engines import CaughtEvent
from workflows.engine.elements.names import describe_task
from workflows.engine.elements.plain_values import Variables, to_plain_value
from workflows.engine.elements.spiff_internals import UNNAMED_RESULT
from workflows.engine.expressions import ExpressionError
from workflows.engine.recording.step_record import StepRecord
from workflows.engine.state.specs import Specs
from workflows.operations import Facts, OperationCall, OperationRefused


class BadParameters(DomainError):
    """Parameters that an operation does not take."""

    code = "bad_parameters"
    status = 409  # nothing was saved; the same answer again leads to the same
    sentence = lazy_gettext("服务任务的参数不符合操作的要求。")


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """Whose instance is stepped, and by whom."""

    instance_id: int
    business_key: str | None
    actor: int | None


class OutwardCall(TypedDict):
    """What the task of an outward operation keeps until it is answered."""

    operation: str
    parameters: Variables


class _Environment:
    """SpiffWorkflow would correlate by a message's payload; we do by the rows of what is waited for."""

    def evaluate(self, expression: str, context: object, _external: object = None) -> None:
        return None


@dataclass(kw_only=True, eq=False)
class Interpreter(PythonScriptEngine):
    """The script engine of one step; nothing of it outlives the step."""

    specs: Specs
    circumstances: Circumstances
    refused: list[tuple[Task, str]] = field(
        default_factory=list
    )  # tasks whose operation said no, with the code
    ticked: list[Task] = field(default_factory=list)  # tasks of cycle timers, once for each firing
    caught: list[CaughtEvent] = field(default_factory=list)  # what boundary events took, in order
    environment: object = field(default_factory=_Environment)
    record: StepRecord = field(init=False)  # what the step will be replayed by

    def __post_init__(self) -> None:
        self.record = StepRecord(read=self.specs.read_names)

    def evaluate(self, task: Task, expression: str, external_context: object = None) -> object:
        """The value of an expression over the task's data."""
        try:
            return expressions.evaluate_expression(expression, task.data)
        except ExpressionError as error:
            raise _name_element(error, task) from error

    def execute(self, task: Task, script: str, external_context: object = None) -> bool:
        """Run a script: lines of `name = expression`."""
        try:
            expressions.run_script(script, task.data)
        except ExpressionError as error:
            raise _name_element(error, task) from error
        return True

    def call_service(self, task: Task, **kwargs: object) -> NoReturn:
        """Stock service tasks never get here; ours ask `operate`."""
        raise operations.UnknownOperation

    def decide(self, task: Task, key: str) -> Variables:
        """The outcome of a decision table over the facts of the case."""
        table = self.specs.tables[key]
        try:
            facts = self.find_facts(task, table)
            outcome = decisions.evaluate_detached(table, facts)
        except (ExpressionError, DecisionError) as error:
            raise _name_element(error, task) from error
        self.record.add_decision(table, facts, outcome)
        return outcome

    def find_facts(self, task: Task, table: Table) -> Facts:
        """What a decision table is asked with: the facts of the case."""
        return operations.read_facts(self._build_call(task))

    def operate(self, task: Task, name: str, parameters: Variables) -> bool | None:
        """Run an inward operation; leave an outward one, or a refused one, STARTED (None)."""
        operation = operations.get_operation(name)
        try:
            expressions.check_weight(parameters)
        except ExpressionError as error:
            raise _name_element(error, task) from error
        loaded = _load_parameters(operation, parameters)
        subjects.check_own(self.circumstances.business_key, loaded)
        if operation.kind == OperationKind.OUTWARD:
            task.internal_data["call"] = OutwardCall(operation=name, parameters=to_plain_value(loaded))
            return None
        try:
            with office_language():  # whoever completes the step reads, what it writes stays
                result = operation.perform(self._build_call(task), **loaded)
        except OperationRefused as refusal:
            self.record.add_refusal(task, refusal.code)
            self.refused.append((task, refusal.code))
            return None
        self.record.add_answer(task, find_result_variable(task), result)
        keep_result(task, result)
        return True

    def _build_call(self, task: Task) -> OperationCall:
        known = self.circumstances
        return OperationCall(
            instance_id=known.instance_id,
            business_key=known.business_key,
            actor=known.actor,
            now=step_clock.current_moment(),
            data=task.data,
        )


def _name_element(error: ExpressionError | DecisionError, task: Task) -> ExpressionError | DecisionError:
    """What cannot be computed, told with the element at which it happened."""
    sentence = gettext("%(element)s：%(reason)s", element=describe_task(task), reason=error.sentence)
    if isinstance(error, ExpressionError):
        return ExpressionError(sentence, text=error.text, line=error.line, column=error.column)
    return DecisionError(sentence, table=error.table, rules=error.rules)


def call_of(task: Task) -> OutwardCall:
    """The call that the task of an outward operation has made."""
    call: OutwardCall = task.internal_data["call"]
    return call


def keep_result(task: Task, result: object) -> None:
    """Put an operation's result into the variable that the diagram names, if it names one."""
    variable = find_result_variable(task)
    if variable is not None:
        task.data[variable] = to_plain_value(result)


def find_result_variable(task: Task) -> str | None:
    """The variable that the diagram names for an operation's result, if it names one."""
    variable: str = cast(ServiceTask, task.task_spec).result_variable
    return None if variable.startswith(UNNAMED_RESULT) else variable


def _load_parameters(operation: operations.Operation, parameters: Variables) -> Variables:
    try:
        loaded: Variables = operation.parameters().load(parameters)
    except ValidationError as error:
        raise BadParameters(
            gettext(
                "服务操作 %(name)s 的参数不正确：%(messages)s", name=operation.name, messages=error.messages
            )
        ) from error
    return loaded
