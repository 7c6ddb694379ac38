"""Beside the token game of the standard: an instance goes where BPMN says, restored at each act."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.workflows.engine import library
from tests.workflows.engine.beside_oracle import Field, structure_of, walk
from tests.workflows.engine.diagrams.drawing import (
    END,
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
from tests.workflows.engine.world import World

WALKS = 40
DECLARED = "".join(f'<message id="{name}" name="{name}"/>' for name in ("m1", "m2")) + "".join(
    f'<error id="{code}" name="{code}" errorCode="{code}"/>'
    f'<escalation id="x{code}" name="{code}" escalationCode="{code}"/>'
    for code in ("e1", "e2")
)
KEYED = (
    '<collaboration id="pools"><participant id="pool" processRef="p"/>'
    '<correlationKey id="by_case" name="case">'
    "<correlationPropertyRef>of_case</correlationPropertyRef></correlationKey></collaboration>"
    '<correlationProperty id="of_case" name="case">'
    + "".join(
        f'<correlationPropertyRetrievalExpression messageRef="{name}"><messagePath>case</messagePath>'
        "</correlationPropertyRetrievalExpression>"
        for name in ("m1", "m2")
    )
    + "</correlationProperty>"
)
LISTS = element("property", "people") + element("property", "results")
LOOP = (
    "<multiInstanceLoopCharacteristics><loopDataInputRef>people</loopDataInputRef>"
    "<loopDataOutputRef>results</loopDataOutputRef>"
    '<inputDataItem id="person"/><outputDataItem id="result"/></multiInstanceLoopCharacteristics>'
)
NUMBERS = {"x": [1, 2, 3], "y": [True, False]}


def error(code: str = "", kind: str = "error") -> str:
    reference = f' {kind}Ref="{"x" if kind == "escalation" else ""}{code}"' if code else ""
    return f"<{kind}EventDefinition{reference}/>"


def users(*names: str) -> str:
    return "".join(map(user, names))


def end(name: str, definition: str = "") -> str:
    return element("endEvent", name, definition)


def begin(name: str) -> str:
    return element("startEvent", name)


def gate(name: str, kind: str = "parallel", default: str = "") -> str:
    return element(f"{kind}Gateway", name, **({"default": default} if default else {}))


def aside(name: str, host: str, definition: str) -> str:
    return boundary(name, host, definition, interrupting="false")


def part(name: str, inner: str, kind: str = "subProcess") -> str:
    return element(kind, name, inner)


def service(name: str) -> str:
    return element("serviceTask", name, extended(operator("op")))


def drawn(*processes: str) -> dict[str, bytes]:
    return {"p.bpmn": definitions(DECLARED, KEYED, *processes)}


def catching(name: str, definition: str) -> str:
    return element("intermediateCatchEvent", name, definition)


FIELDS = {
    "nothing said": Field(
        sources=drawn(
            process(
                users("a", "b")
                + element(
                    "task",
                    "c",
                    extended(properties(role="clerk")),
                )
                + part("sp", users("i", "j"))
                + flows("a c", "b sp")
            )
        )
    ),
    "forks out of tasks": Field(
        sources=drawn(
            process(
                START
                + user("a").replace("<userTask", '<userTask default="a_d"')
                + users("b", "c", "dd", "d_", "f", "g")
                + catching("w", message("m1"))
                + end("e1_")
                + flow("a", "b", "x==1")
                + flow("a", "c", "x==1 or x==2")
                + flow("a", "g", "y")
                + flows("s a", "s w", "d_ e1_", "d_ dd", "b f", "c f", "w f", "w g", "f e1_", "g e1_")
                + flow("a", "d_").replace('"a_d_"', '"a_d"')
            )
        ),
        choices=NUMBERS,
    ),
    "events beside": Field(
        sources=drawn(
            process(
                START
                + users("a", "n1", "n2", "f", "k1")
                + part("sp", begin("is") + user("i") + end("ie") + flows("is i", "i ie"))
                + aside("bm", "a", message("m1"))
                + boundary("bt", "a", timer("'P3D'"))
                + aside("bk", "a", timer("'R2/P1D'", "timeCycle"))
                + aside("bs", "sp", message("m1"))
                + boundary("bi", "sp", message("m2"))
                + aside("bd", "sp", timer("'P5D'"))
                + END
                + end("e2_")
                + flows("s a", "a sp", "bt sp", "sp f", "f e", "bm n1", "n1 e2_", "bs n2", "n2 e2_")
                + flows("bi f", "bk k1", "k1 e2_")
                + flow("bd", "k1")
            )
        )
    ),
    "errors outward": Field(
        sources=drawn(
            process(
                LISTS
                + START
                + gate("fork")
                + users("a", "c1", "c2", "c3", "c4")
                + element("callActivity", "call", calledElement="q")
                + part(
                    "mi",
                    extended(own("preScript", "results = []"))
                    + LOOP
                    + begin("ms")
                    + element("scriptTask", "set", "<script>result = 1</script>")
                    + user("m")
                    + gate("mx", "exclusive", "mx_me")
                    + end("me")
                    + end("mb", error("e1"))
                    + flows("ms set", "set m", "m mx", "mx me")
                    + flow("mx", "mb", "x==1"),
                )
                + boundary("b1", "mi", error("e1"))
                + boundary("b2", "call", error("e2"))
                + boundary("b3", "call", error())
                + END
                + flows("s fork", "fork call", "fork mi", "call c1", "mi c2", "b1 c3", "b2 a", "b3 c4")
                + flows("c1 e", "c2 e", "c3 e", "c4 e", "a e")
            ),
            process(
                begin("qs")
                + user("q1")
                + service("qv")
                + gate("qx", "exclusive", "qx_qe")
                + end("qe")
                + end("qb", error("e2"))
                + end("qc", error("e1"))
                + flows("qs q1", "q1 qv", "qv qx", "qx qe")
                + flow("qx", "qb", "x==1")
                + flow("qx", "qc", "y"),
                "q",
            ),
        ),
        choices={**NUMBERS, "people": [["a", "b"]]},
        codes=("e1", "e2"),
    ),
    "errors of services": Field(
        sources=drawn(
            process(
                START
                + part(
                    "outer",
                    begin("os")
                    + gate("og")
                    + users("u", "mend")
                    + part(
                        "inner",
                        begin("is") + service("v") + user("w") + end("ie") + flows("is v", "v w", "w ie"),
                    )
                    + boundary("bi", "inner", error("e1"))
                    + end("oe")
                    + flows("os og", "og u", "og inner", "inner oe", "bi mend", "mend oe", "u oe"),
                )
                + boundary("bo", "outer", error("e2"))
                + users("after", "worse")
                + END
                + flows("s outer", "outer after", "after e", "bo worse", "worse e")
            )
        ),
        codes=("e1", "e2", "e3"),
    ),
    "escalations beside": Field(
        sources=drawn(
            process(
                START
                + users("after", "up", "over")
                + part(
                    "sp",
                    begin("is")
                    + users("i1", "i2", "i3")
                    + element("intermediateThrowEvent", "t1", error("e1", "escalation"))
                    + element("intermediateThrowEvent", "t2", error("e1", "escalation"))
                    + gate("ix", "exclusive", "ix_i3")
                    + end("ie")
                    + end("iz", error("e2", "escalation"))
                    + flows("is i1", "i1 t1", "t1 i2", "i2 t2", "t2 ix", "ix i3", "i3 ie")
                    + flow("ix", "iz", "y"),
                )
                + aside("bx", "sp", error("e1", "escalation"))
                + boundary("by", "sp", error("e2", "escalation"))
                + END
                + end("e2_")
                + flows("s sp", "sp after", "after e", "bx up", "up e2_", "by over", "over e")
            )
        ),
        choices=NUMBERS,
    ),
    "races and ends": Field(
        sources=drawn(
            process(
                START
                + gate("fork")
                + gate("race", "eventBased")
                + catching("c1", message("m1"))
                + catching("c2", timer("'P2D'"))
                + element("receiveTask", "r", messageRef="m2")
                + users("a", "b", "k")
                + boundary("bt", "r", timer("'P4D'"))
                + gate("join")
                + gate("g", "exclusive", "g_join")
                + END
                + end("stop", "<terminateEventDefinition/>")
                + flows("s fork", "fork race", "fork r", "race c1", "race c2", "c1 a", "c2 b", "a g", "b g")
                + flows("g join", "r k", "bt k", "k join", "join e")
                + flow("g", "stop", "y")
            )
        ),
        choices=NUMBERS,
    ),
    "a part interrupted": Field(
        sources=drawn(
            process(
                START
                + gate("fork")
                + gate("join")
                + gate("m", "exclusive")
                + users("a", "z")
                + END
                + flows("s fork", "fork a", "fork sp", "a join", "sp m", "m join", "join z", "z e", "bt m")
                + part(
                    "sp",
                    begin("is")
                    + users("i1", "i2")
                    + part("deep", users("d1", "d2") + boundary("bd", "d1", message("m1")) + flows("bd d2"))
                    + end("ie")
                    + flows("is i1", "i1 i2", "is deep", "i2 ie", "deep ie"),
                )
                + boundary("bt", "sp", timer("'P4D'"))
            )
        )
    ),
    "ids of the engine": Field(
        sources=drawn(
            process(
                begin("Start")
                + gate("Root")
                + part("a.EndJoin", users("End_", "b"))
                + users("x.BoundaryEventSplit")
                + boundary("StartEventSplit", "x.BoundaryEventSplit", timer("'P2D'"))
                + end("End")
                + flows("Start Root", "Root a.EndJoin", "Root x.BoundaryEventSplit")
                + flows("a.EndJoin End", "x.BoundaryEventSplit End", "StartEventSplit End")
            )
        )
    ),
}


@pytest.mark.parametrize("name", FIELDS)
def test_an_instance_goes_where_the_standard_says(world: World, name: str) -> None:
    one = FIELDS[name]
    world.operation("op", kind="outward")
    world.deploy(one.sources, **one.environment)
    ends = Counter(walk(world, one, seed) for seed in range(WALKS))
    assert ends["done"] + ends["uncaught"] + ends["open"] > WALKS // 2, ends


CODES = ("unavailable",)
LIBRARY = ("account_request", "accreditation", "certificate", "confirmation", "decision", "messaging")
LIBRARY += ("identity", "online_review", "registration", "review")


@pytest.mark.parametrize("key", LIBRARY)
def test_the_library_goes_where_the_standard_says(world: World, key: str) -> None:
    sources, choices = {}, {}
    for number, (file, content) in enumerate(library.SOURCES.items()):
        if file.endswith(".bpmn"):
            sources[file], names = structure_of(content, f"c{number}_")
            choices |= {name: [True, False] for name in names}
    world.operation("op", kind="outward")
    world.deploy(sources, **library.environment())
    one = Field(sources=sources, key=key, choices=choices, codes=CODES)
    ends = Counter(walk(world, one, seed) for seed in range(WALKS // 2))
    assert ends["done"] + ends["open"] >= 3, ends
