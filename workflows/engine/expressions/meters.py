"""What expressions may use up: counted before it is made, for one expression, one script and one step.

A unit is one item of a list or dict, one character of a text, or one node of an expression. A script of 2,254
characters, each of whose variables was within bounds, once made 950 MB.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from translations import gettext
from workflows.engine.expressions.faults import Fault

OF_EXPRESSION = 200_000
OF_SCRIPT = 400_000
OF_STEP = 1_000_000  # all scripts, conditions and decisions until the instance waits again


class Meter:
    """How much one step has used, and where its expression and its script have to stop."""

    __slots__ = ("ends", "stop", "used")

    def __init__(self) -> None:
        self.used = 0
        self.ends = {"expression": OF_EXPRESSION, "script": OF_STEP, "step": OF_STEP}
        self.stop = OF_EXPRESSION

    def begin(self, part: str, most: int) -> None:
        """Let an expression or a script begin, with its own bound."""
        self.ends[part] = self.used + most
        self.stop = min(self.ends.values())

    def charge(self, units: int) -> None:
        """Count units that are about to be made; raises Fault when they are too many."""
        self.used += units
        if self.used > self.stop:
            raise Fault(self._describe_excess())

    def _describe_excess(self) -> str:
        if self.used > self.ends["step"]:
            return gettext(
                "流程这一步中的脚本、条件和决策表合计计算量超过上限（%(of_step)s）", of_step=OF_STEP
            )
        if self.used > self.ends["script"]:
            return gettext("脚本的计算量超过上限（%(of_script)s）", of_script=OF_SCRIPT)
        return gettext("表达式的计算量超过上限（%(of_expression)s）", of_expression=OF_EXPRESSION)


_meter: ContextVar[Meter] = ContextVar("meter")


def charge_units(units: int) -> None:
    """Count units against the running expression; a condition that is tried by itself has none."""
    if (meter := _meter.get(None)) is not None:
        meter.charge(units)


@contextmanager
def shared_meter() -> Iterator[Meter]:
    """Within, everything counts together; what is inside of another one counts with that."""
    known = _meter.get(None)
    if known is not None:
        yield known
        return
    meter = Meter()
    token = _meter.set(meter)
    try:
        yield meter
    finally:
        _meter.reset(token)


@contextmanager
def step_meter() -> Iterator[Meter]:
    """A step of an instance: a meter of its own, whatever is being counted outside."""
    meter = Meter()
    token = _meter.set(meter)
    try:
        yield meter
    finally:
        _meter.reset(token)


def running_meter() -> Meter | None:
    """The meter of what is running, if anything is."""
    return _meter.get(None)
