"""The engine: the only code that imports SpiffWorkflow. Everything happens in the caller's transaction."""

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
from workflows.engine.elements.timers import BadTimer, duration_of
from workflows.engine.moves.acts import (
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
from workflows.engine.moves.examining import examine
from workflows.engine.moves.migration import NotMovable, migrate
from workflows.engine.moves.redating import redate
from workflows.engine.moves.run import Result
from workflows.engine.moves.running import Broken, Endless
from workflows.engine.moves.step import locked, locking
from workflows.engine.source.environment import Environment, OperationFacts, TableFacts
from workflows.engine.source.problems import LintRefused, Problem
from workflows.engine.state.releases import NoSuchProcess, newest, specs_of

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
    "specs_of",
    "start",
    "store",
    "variables",
    "waiting",
]
