"""The engine: the only code that imports SpiffWorkflow. Everything happens in the caller's transaction."""

from workflows.engine.consistency import find_inconsistencies
from workflows.engine.deadlines import find_party_deadline, find_task_deadline
from workflows.engine.deployment import (
    Catalogue,
    DeployedDefinition,
    Deployment,
    DeploymentOvertaken,
    PreparedDeployment,
    deploy_files,
    prepare_deployment,
    read_catalogue,
    store_deployment,
)
from workflows.engine.elements.timers import BadTimer, parse_timedelta
from workflows.engine.migrating.migration import NotMovable, migrate_instance
from workflows.engine.moves.acts import (
    AmbiguousMessage,
    Completion,
    complete_locked_task,
    complete_service,
    complete_task,
    deliver_message,
    fail_service,
    find_waiting_instances,
    fire_due_timers,
    read_variables,
    start_instance,
)
from workflows.engine.moves.execution import EndlessLoop, ProcessFailed
from workflows.engine.moves.instance_run import StepResult
from workflows.engine.moves.rescheduling import reschedule_instance
from workflows.engine.moves.step import add_instance_lock, extract_instance_row
from workflows.engine.sent_acts import is_awaited, is_drawn, perform_act
from workflows.engine.source.environment import Environment, OperationFacts, TableFacts
from workflows.engine.source.problems import LintProblem, LintRefused
from workflows.engine.state.releases import NoSuchProcess, find_newest_release, find_specs

__all__ = [
    "AmbiguousMessage",
    "BadTimer",
    "Catalogue",
    "Completion",
    "DeployedDefinition",
    "Deployment",
    "DeploymentOvertaken",
    "EndlessLoop",
    "Environment",
    "LintProblem",
    "LintRefused",
    "NoSuchProcess",
    "NotMovable",
    "OperationFacts",
    "PreparedDeployment",
    "ProcessFailed",
    "StepResult",
    "TableFacts",
    "add_instance_lock",
    "complete_locked_task",
    "complete_service",
    "complete_task",
    "deliver_message",
    "deploy_files",
    "extract_instance_row",
    "fail_service",
    "find_inconsistencies",
    "find_newest_release",
    "find_party_deadline",
    "find_specs",
    "find_task_deadline",
    "find_waiting_instances",
    "fire_due_timers",
    "is_awaited",
    "is_drawn",
    "migrate_instance",
    "parse_timedelta",
    "perform_act",
    "prepare_deployment",
    "read_catalogue",
    "read_variables",
    "reschedule_instance",
    "start_instance",
    "store_deployment",
]
