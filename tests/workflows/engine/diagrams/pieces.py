"""Pieces of diagrams, right and wrong ones, to be thrown together at random."""

from __future__ import annotations

from tests.workflows.engine.diagrams.drawing import (
    END,
    START,
    boundary,
    element,
    flow,
    message,
    service,
    timer,
    user,
)
from tests.workflows.engine.diagrams.shapes import SUB, catch

PIECES = [
    START,
    END,
    user("x"),
    service("y"),
    SUB.replace('"x"', '"z"'),
    element("exclusiveGateway", "g", default="g_e"),
    element("parallelGateway", "h"),
    element("eventBasedGateway", "k2"),
    boundary("b", "x", timer("'P1D'")),
    boundary("b2", "gone", message()),
    catch("w", message()),
    flow("s", "x"),
    flow("x", "g"),
    flow("g", "h", "a"),
    flow("g", "e"),
    flow("h", "x"),
    flow("h", "y"),
    flow("y", "h"),
    flow("k2", "w"),
    flow("b", "b"),
    flow("x", "x"),
    "<userTask/>",
    "<sequenceFlow/>",
    "<boundaryEvent/>",
    "<laneSet/>",
    "<extensionElements><a/></extensionElements>",
    "<multiInstanceLoopCharacteristics/>",
    "text",
    "<!-- note -->",
]
