"""Whether values can be of a type: moments and durations are texts that are written in a certain way."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workflows.engine.lint.meaning.timers import is_cycle, is_duration, is_moment
from workflows.engine.lint.types.kinds import list_constants
from workflows.engine.lint.types.known_variables import Values
from workflows.vocabulary import Kind, ValueType

WRITTEN: Mapping[Kind, Callable[[str], bool]] = {Kind.MOMENT: is_moment, Kind.DURATION: is_duration}
_OF_TIMERS = {"timeDate": Kind.MOMENT, "timeDuration": Kind.DURATION}


def fits_somehow(told: Values, values: Values) -> bool:
    """Whether some of the values may be of the type that is told; anything may, where none is."""
    accepts = WRITTEN.get(told.kind) if isinstance(told, ValueType) else None
    if isinstance(told, ValueType) and isinstance(values, ValueType):
        return not {told.kind, values.kind} <= WRITTEN.keys() or told.kind == values.kind
    found = list_constants(values)
    if accepts is None or not found:
        return True
    return any(one is None or (isinstance(one, str) and accepts(one)) for one in found)


def fits_timer(timer: str, values: Values) -> bool:
    """Whether a timer can always take the values."""
    if isinstance(values, ValueType):
        return values.kind == _OF_TIMERS.get(timer) and not values.is_optional
    if isinstance(values, frozenset):
        accepts = WRITTEN[_OF_TIMERS[timer]] if timer in _OF_TIMERS else is_cycle
        return all(isinstance(one, str) and accepts(one) for one in values)
    return values is None
