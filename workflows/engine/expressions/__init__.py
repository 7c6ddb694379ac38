"""Expressions and scripts of diagrams and decision tables: an interpreter with an allow-list.

An expression is compiled once to nested closures. There are no loops, so an evaluation visits every node at
most once; what the nodes make and compare is counted besides (`meters`).
"""

from workflows.engine.expressions.bounds import check_weight
from workflows.engine.expressions.compiler import (
    Expression,
    compile_expression,
    evaluate_expression,
    names_in,
)
from workflows.engine.expressions.faults import ExpressionError
from workflows.engine.expressions.functions import FUNCTIONS
from workflows.engine.expressions.judging import (
    find_calculations,
    judge_expression,
    judge_script,
    judge_value,
)
from workflows.engine.expressions.notation import BareDay, Misread, check_notation
from workflows.engine.expressions.outcomes import find_outcome_type
from workflows.engine.expressions.scripts import Assignment, Script, compile_script, run_script

__all__ = [
    "FUNCTIONS",
    "Assignment",
    "BareDay",
    "Expression",
    "ExpressionError",
    "Misread",
    "Script",
    "check_notation",
    "check_weight",
    "compile_expression",
    "compile_script",
    "evaluate_expression",
    "find_calculations",
    "find_outcome_type",
    "judge_expression",
    "judge_script",
    "judge_value",
    "names_in",
    "run_script",
]
