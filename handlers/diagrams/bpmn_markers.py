"""The small drawings in figures, each as one path in a square of sixteen, its middle at 8 8."""

from __future__ import annotations

# Markers of activities stand in the corner, those of events and gateways in the middle.
ACTIVITIES = {
    "userTask": "M8 2.2a3 3 0 1 1-.01 0M2.5 14.5c.3-3.6 2.3-5.5 5.5-5.5s5.2 1.9 5.5 5.5z",
    "manualTask": "M2 7.5h4.5l1.5-2M2 13.5h9.5a1.3 1.3 0 0 0 0-2.6h1.2a1.3 1.3 0 0 0 0-2.6H8",
    "serviceTask": (
        "M8 5.6a2.4 2.4 0 1 1-.01 0M8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2"
        "M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M12.6 3.4l-1.4 1.4M4.8 11.2l-1.4 1.4"
    ),
    "businessRuleTask": "M1.5 3h13v10h-13zM1.5 6.3h13M6 6.3V13M1.5 9.7h13",
    "scriptTask": (
        "M4 2h8.5c-2.5 3-2.5 4.5-.8 6.5s1.5 4-.7 5.5H2.5c2.2-1.5 2.4-3.5.7-5.5S1.5 5 4 2z"
        "M5.5 5.5h4M6 8.5h4M6.3 11.3h4"
    ),
    "receiveTask": "M1.5 3.5h13v9.5h-13zM1.5 3.5L8 9l6.5-5.5",
    "sendTask": "M1.5 3.5h13v9.5h-13zM1.5 13L6.2 7.5M14.5 13L9.8 7.5M1.5 3.5L8 9l6.5-5.5",
}
EVENTS = {
    "message": "M2 4h12v8.5H2zM2 4l6 5 6-5",
    "timer": "M8 1.5a6.5 6.5 0 1 1-.01 0M8 4v4.2l2.8 1.6",
    "error": "M2.5 13.5L6 4l4 6.5L13.5 2.5",
    "escalation": "M8 2l4.5 11.5L8 9l-4.5 4.5z",
    "cancel": "M3.5 3.5l9 9M12.5 3.5l-9 9",
    "terminate": "M8 3.5a4.5 4.5 0 1 1-.01 0M8 6a2 2 0 1 1-.01 0",
    "conditional": "M3 2h10v12H3zM5 5h6M5 8h6M5 11h6",
    "signal": "M8 2.5l6 10.5H2z",
    "multiple": "M8 2l6 4.5-2.3 7H4.3L2 6.5z",
}
GATEWAYS = {
    "exclusiveGateway": "M3.5 3.5l9 9M12.5 3.5l-9 9",
    "parallelGateway": "M8 1.5v13M1.5 8h13",
    "inclusiveGateway": "M8 2a6 6 0 1 1-.01 0",
    "complexGateway": "M8 1.5v13M1.5 8h13M3.5 3.5l9 9M12.5 3.5l-9 9",
    "eventBasedGateway": "M8 .5a7.5 7.5 0 1 1-.01 0M8 3.5l4.5 3.3-1.7 5.2H5.2L3.5 6.8z",
}
# At the foot of an activity: again and again, and a sub-process.
REPEATS = {
    "parallel": "M4 3v10M8 3v10M12 3v10",
    "sequential": "M3 4h10M3 8h10M3 12h10",
    "loop": "M5.5 13A5.5 5.5 0 1 1 10 13M5.5 13l-2.8-.5M5.5 13l.6-2.8",
}
