"""Drawn processes that wait for messages, moments and services."""

from __future__ import annotations

from tests.workflows.engine.diagrams.drawing import END, KEYED, START, boundary, element, flow, flows, timer
from tests.workflows.office import drawn, task

ASKED = KEYED.replace('processRef="p"', 'processRef="waiting"')

# An answer or two days of silence end the waiting.
WAITING = drawn(
    START
    + element("receiveTask", "wait", messageRef="m")
    + boundary("late", "wait", timer("'P2D'"))
    + task("read_answer", role="site.clerk")
    + task("remind", role="site.clerk")
    + END
    + flows("s wait", "wait read_answer", "read_answer e", "late remind", "remind e"),
    ASKED,
    key="waiting",
)

# The first task decides the way; a wrong answer leaves no way.
CHOOSING = drawn(
    START
    + task("choose", role="site.clerk")
    + '<exclusiveGateway id="g" default="g_e"/>'
    + task("more", role="site.clerk")
    + END
    + flows("s choose", "choose g", "more e")
    + flow("g", "more", "days > 3")
    + flow("g", "e"),
    key="choosing",
)

__all__ = ["CHOOSING", "WAITING"]
