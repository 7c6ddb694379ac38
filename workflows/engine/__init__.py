"""The engine: the only code that imports SpiffWorkflow. Everything happens in the caller's transaction."""

from workflows.engine.acts import (
    Ambiguous,
    Completion,
    complete,
    complete_locked,
    complete_service,
    deliver,
    fail_service,
    fire_due,
    start,
    variables,
    waiting,
)
from workflows.engine.deploying import (
    Catalogue,
    Deployed,
    Deployment,
    Overtaken,
    Prepared,
    catalogue,
    deploy,
    prepare,
    store,
)
from workflows.engine.environment import Environment, OperationFacts, TableFacts
from workflows.engine.examining import examine
from workflows.engine.migration import NotMovable, migrate
from workflows.engine.problems import LintRefused, Problem
from workflows.engine.redating import redate
from workflows.engine.releases import NoSuchProcess, newest
from workflows.engine.run import Result
from workflows.engine.running import Broken, Endless
from workflows.engine.step import locked, locking
from workflows.engine.timers import BadTimer, duration_of

__all__ = [
    "Ambiguous",
    "BadTimer",
    "Broken",
    "Catalogue",
    "Completion",
    "Deployed",
    "Deployment",
    "Endless",
    "Environment",
    "LintRefused",
    "NoSuchProcess",
    "NotMovable",
    "OperationFacts",
    "Overtaken",
    "Prepared",
    "Problem",
    "Result",
    "TableFacts",
    "catalogue",
    "complete",
    "complete_locked",
    "complete_service",
    "deliver",
    "deploy",
    "duration_of",
    "examine",
    "fail_service",
    "fire_due",
    "locked",
    "locking",
    "migrate",
    "newest",
    "prepare",
    "redate",
    "start",
    "store",
    "variables",
    "waiting",
]
