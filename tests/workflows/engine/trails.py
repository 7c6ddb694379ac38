"""Diagrams for random walks: every element that may be deployed, in a loop where that is sensible."""

from __future__ import annotations

from pathlib import Path

from tests.workflows.engine.diagrams.drawing import (
    END,
    FAILURES,
    KEYED,
    START,
    boundary,
    definitions,
    element,
    extended,
    flow,
    flows,
    message,
    operator,
    own,
    process,
    properties,
    timer,
    user,
)
from tests.workflows.engine.walking import Trail

YES_NO = [True, False]
NUMBERS = list(range(9))
LIBRARY = Path("workflows/library")


def _one(*parts: str, **more: bytes) -> dict[str, bytes]:
    return {"p.bpmn": definitions(KEYED, FAILURES, process("".join(parts))), **more}


def _gateway(name: str, kind: str = "exclusiveGateway", default: str = "") -> str:
    return element(kind, name, **({"default": default} if default else {}))


_AGAIN = _gateway("again", default="again_e") + flows("again e") + flow("again", "first", "redo")
_FIRST = START + user("first") + flows("s first")


def _inside(*parts: str) -> str:
    return element("startEvent", "s2") + "".join(parts)


def _repeated(name: str, *, one_by_one: bool) -> str:
    order = ' isSequential="true"' if one_by_one else ""
    loop = (
        f"<multiInstanceLoopCharacteristics{order}><loopDataInputRef>people</loopDataInputRef>"
        '<loopDataOutputRef>results</loopDataOutputRef><inputDataItem id="person"/>'
        '<outputDataItem id="result"/></multiInstanceLoopCharacteristics>'
    )
    return element(
        "userTask",
        name,
        extended(properties(formKey="form", role="clerk"), own("preScript", "results = []")) + loop,
    )


_DECLARED = element("property", "people") + element("property", "results")
_PEOPLE = [["a"], ["a", "b"], ["a", "b", "c"]]

TRAILS = {
    "choices": Trail(
        sources=_one(
            _FIRST,
            _gateway("which", default="which_second"),
            user("second"),
            element("scriptTask", "script", "<script>a = a + 1\nb = [a, a * 2]</script>"),
            element("intermediateThrowEvent", "mark"),
            END,
            _AGAIN,
            flows("first which", "which second", "second again", "script mark", "mark again"),
            flow("which", "script", "a > 3"),
        ),
        answers={"first": {"a": NUMBERS}, "second": {"redo": YES_NO}},
        variables={"redo": False},
    ),
    "branches": Trail(
        sources=_one(
            _FIRST,
            _gateway("fork", "parallelGateway"),
            user("x"),
            user("y"),
            _gateway("fork2", "parallelGateway"),
            user("y1"),
            user("y2"),
            _gateway("join2", "parallelGateway"),
            _gateway("join", "parallelGateway"),
            user("last"),
            END,
            flows(
                "first fork", "fork x", "fork y", "y fork2", "fork2 y1", "fork2 y2", "y1 join2", "y2 join2"
            ),
            flows("join2 join", "x join", "join last", "last e"),
        ),
        answers={name: {name: NUMBERS} for name in ("first", "x", "y", "y1", "y2")},
    ),
    "loop in a branch": Trail(
        sources=_one(
            START,
            _gateway("fork", "parallelGateway"),
            user("x"),
            user("y"),
            _gateway("again", default="again_join"),
            _gateway("join", "parallelGateway"),
            user("last"),
            END,
            flows("s fork", "fork x", "fork y", "y again", "again join", "x join", "join last", "last e"),
            flow("again", "y", "redo"),
        ),
        answers={"x": {"x": NUMBERS}, "y": {"redo": [True, True, False], "y": NUMBERS}},
    ),
    "inclusive": Trail(
        sources=_one(
            _FIRST,
            _gateway("some", "inclusiveGateway", default="some_other"),
            user("a"),
            user("b"),
            user("other"),
            _gateway("all", "inclusiveGateway"),
            user("last"),
            END,
            flows("first some", "some other", "a all", "b all", "other all", "all last", "last e"),
            flow("some", "a", "n > 2"),
            flow("some", "b", "n > 5"),
        ),
        answers={"first": {"n": NUMBERS}, "a": {"a": NUMBERS}, "b": {"b": NUMBERS}},
    ),
    "sub-process with boundaries": Trail(
        sources=_one(
            _FIRST,
            element(
                "subProcess",
                "sub",
                _inside(user("u"), user("v"), element("endEvent", "e2"), flows("s2 u", "u v", "v e2")),
            ),
            boundary("overdue", "sub", timer("'P5D'")),
            boundary("remind", "sub", timer("'P2D'"), interrupting="false"),
            user("reminded"),
            element("endEvent", "e3"),
            boundary("off", "sub", message("m", extended(own("messageVariable", "answer")))),
            user("after"),
            END,
            _AGAIN,
            flows("first sub", "sub after", "overdue after", "off after", "after again"),
            flows("remind reminded", "reminded e3"),
        ),
        answers={"u": {"u": NUMBERS}, "after": {"redo": YES_NO}, "reminded": {"r": NUMBERS}},
    ),
    "call with a cycle": Trail(
        sources=_one(
            _FIRST,
            element("callActivity", "call", calledElement="q"),
            boundary("tick", "call", timer("'R3/P2D'", "timeCycle"), interrupting="false"),
            element("serviceTask", "noted", extended(operator("note", result="noted", value="first"))),
            element("endEvent", "e3"),
            user("after"),
            END,
            _AGAIN,
            flows("first call", "call after", "after again", "tick noted", "noted e3"),
            **{
                "q.bpmn": definitions(
                    process(
                        element("startEvent", "qs")
                        + user("inner")
                        + element("intermediateCatchEvent", "pause", timer("'P1D'"))
                        + user("inner2")
                        + element("endEvent", "qe")
                        + flows("qs inner", "inner pause", "pause inner2", "inner2 qe"),
                        "q",
                    )
                )
            },
        ),
        services={"note": lambda asked: asked["value"] + 1},
        answers={
            "first": {"first": NUMBERS},
            "inner": {"i": NUMBERS},
            "inner2": {"j": NUMBERS},
            "after": {"redo": YES_NO},
        },
    ),
    "race": Trail(
        sources=_one(
            _FIRST,
            _gateway("ask", "eventBasedGateway"),
            element(
                "intermediateCatchEvent", "reply", message("m", extended(own("messageVariable", "answer")))
            ),
            element("intermediateCatchEvent", "silence", timer("'P9D'")),
            user("replied"),
            user("silent"),
            END,
            _AGAIN,
            flows("first ask", "ask reply", "ask silence", "reply replied", "silence silent"),
            flows("replied again", "silent again"),
        ),
        answers={"replied": {"redo": YES_NO}, "silent": {"redo": YES_NO}},
    ),
    "receive": Trail(
        sources=_one(
            _FIRST,
            element("receiveTask", "wait", extended(own("messageVariable", "answer")), messageRef="m"),
            boundary("over", "wait", timer("'P30D'")),
            user("after"),
            END,
            _AGAIN,
            flows("first wait", "wait after", "over after", "after again"),
        ),
        answers={"after": {"redo": YES_NO}},
    ),
    "everybody": Trail(
        sources=_one(
            _DECLARED,
            _FIRST,
            _repeated("each", one_by_one=False),
            boundary("overdue", "each", timer("'P10D'")),
            user("after"),
            END,
            _AGAIN,
            flows("first each", "each after", "overdue after", "after again"),
        ),
        answers={"first": {"people": _PEOPLE}, "each": {"result": NUMBERS}, "after": {"redo": YES_NO}},
    ),
    "one after the other": Trail(
        sources=_one(
            _DECLARED,
            _FIRST,
            _repeated("each", one_by_one=True),
            user("after"),
            END,
            _AGAIN,
            flows("first each", "each after", "after again"),
        ),
        answers={"first": {"people": _PEOPLE}, "each": {"result": NUMBERS}, "after": {"redo": YES_NO}},
    ),
    "escalation": Trail(
        sources=_one(
            _FIRST,
            element(
                "subProcess",
                "sub",
                _inside(
                    user("u"),
                    element(
                        "intermediateThrowEvent",
                        "raise",
                        '<escalationEventDefinition escalationRef="late"/>',
                    ),
                    user("v"),
                    element("endEvent", "e2"),
                    flows("s2 u", "u raise", "raise v", "v e2"),
                ),
            ),
            boundary(
                "heard", "sub", '<escalationEventDefinition escalationRef="late"/>', interrupting="false"
            ),
            user("aside"),
            element("endEvent", "e3"),
            END,
            _AGAIN,
            flows("first sub", "sub again", "heard aside", "aside e3"),
        ),
        answers={"v": {"redo": YES_NO}},
    ),
    "failure inside": Trail(
        sources=_one(
            _FIRST,
            element(
                "subProcess",
                "sub",
                _inside(
                    user("u"),
                    _gateway("bad", default="bad_e2"),
                    element("endEvent", "broken", '<errorEventDefinition errorRef="failed"/>'),
                    element("endEvent", "e2"),
                    flows("s2 u", "u bad", "bad e2"),
                    flow("bad", "broken", "fails"),
                ),
            ),
            boundary("caught", "sub", '<errorEventDefinition errorRef="failed"/>'),
            user("mend"),
            user("after"),
            END,
            _AGAIN,
            flows("first sub", "sub after", "caught mend", "mend after", "after again"),
        ),
        answers={"u": {"fails": YES_NO}, "after": {"redo": YES_NO}},
    ),
    "cancelled transaction": Trail(
        sources=_one(
            _FIRST,
            element(
                "transaction",
                "sub",
                _inside(
                    user("u"),
                    _gateway("bad", default="bad_e2"),
                    element("endEvent", "broken", "<cancelEventDefinition/>"),
                    element("endEvent", "e2"),
                    flows("s2 u", "u bad", "bad e2"),
                    flow("bad", "broken", "fails"),
                ),
            ),
            boundary("caught", "sub", "<cancelEventDefinition/>"),
            user("mend"),
            END,
            flows("first sub", "sub e", "caught mend", "mend e"),
        ),
        answers={"u": {"fails": YES_NO}},
    ),
    "terminated": Trail(
        sources=_one(
            START,
            _gateway("fork", "parallelGateway"),
            user("x"),
            user("y"),
            _gateway("which", default="which_e"),
            element("endEvent", "stop", "<terminateEventDefinition/>"),
            element("endEvent", "e4"),
            END,
            flows("s fork", "fork x", "fork y", "x which", "which e", "y e4"),
            flow("which", "stop", "stop"),
        ),
        answers={"x": {"stop": YES_NO}},
    ),
    "services": Trail(
        sources=_one(
            _FIRST,
            element("serviceTask", "compute", extended(operator("double", result="d", value="n"))),
            element("businessRuleTask", "rate", extended(own("calledDecisionId", "size"))),
            user("after"),
            END,
            _AGAIN,
            flows("first compute", "compute rate", "rate after", "after again"),
            **{
                "size.dmn": b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" '
                b'name="f" namespace="t"><decision id="size" name="size">'
                b'<decisionTable id="t" hitPolicy="UNIQUE">'
                b'<input id="i"><inputExpression id="ie"><text>d</text></inputExpression></input>'
                b'<output id="o" name="size" typeRef="string"/>'
                b'<rule id="r1"><inputEntry id="a1"><text>&lt; 8</text></inputEntry>'
                b'<outputEntry id="b1"><text>"small"</text></outputEntry></rule>'
                b'<rule id="r2"><inputEntry id="a2"><text>&gt;= 8</text></inputEntry>'
                b'<outputEntry id="b2"><text>"large"</text></outputEntry></rule>'
                b"</decisionTable></decision></definitions>"
            },
        ),
        services={"double": lambda asked: asked["value"] * 2},
        answers={"first": {"n": NUMBERS}, "after": {"redo": YES_NO}},
    ),
}
