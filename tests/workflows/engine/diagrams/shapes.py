"""Shapes that many minimal diagrams share."""

from __future__ import annotations

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
    own,
    process,
    properties,
    straight,
    user,
)


def body(*parts: str) -> bytes:
    """A file with one process and all that its messages and errors need."""
    return definitions(KEYED, FAILURES, process("".join(parts)))


def both(kind: str, *, back: str = "") -> str:
    """A split into two user tasks and a join of this kind, then a choice whether to go back."""
    again = (
        element("exclusiveGateway", "again", default="again_e") + flow("again", back, "redo") if back else ""
    )
    return (
        START
        + element(kind, "fork")
        + user("a")
        + user("b")
        + element(kind, "join")
        + END
        + flows("s fork", "fork a", "fork b", "a join", "b join")
        + (again + flows("join again", "again e") if back else flows("join e"))
    )


def in_a_loop() -> str:
    """A split and join of which the whole is done again: the loop-back is merged before the split."""
    drawn = both("parallelGateway", back="merge").replace(flows("s fork"), flows("s merge", "merge fork"))
    return drawn + element("exclusiveGateway", "merge")


def choice(*outgoing: str, kind: str = "exclusiveGateway", default: str = "x_v") -> bytes:
    given = {"default": default} if default else {}
    return body(
        START, element(kind, "x", **given), user("u"), user("v"), END, flows("s x", "u e", "v e"), *outgoing
    )


def race(first: str, second: str) -> bytes:
    gate = element("eventBasedGateway", "x")
    return body(START, gate, first, second, END, flows("s x", "x one", "x two", "one e", "two e"))


def catch(name: str, definition: str) -> str:
    return element("intermediateCatchEvent", name, definition)


def attached(definition: str, host: str = "", *, interrupting: str = "true") -> bytes:
    return body(
        straight(host or user("x")),
        boundary("b", "x", definition, interrupting=interrupting),
        element("endEvent", "e2"),
        flows("b e2"),
    )


def inner(*parts: str) -> str:
    """The inside of a sub-process."""
    return element("startEvent", "s2") + "".join(parts)


SUB = element("subProcess", "x", inner(element("endEvent", "e3")) + flows("s2 e3"))
TRANSACTION = element(
    "transaction", "x", inner(element("endEvent", "e3", "<cancelEventDefinition/>")) + flows("s2 e3")
)
CALL = element("callActivity", "x", calledElement="deployed")


def repeated(
    *,
    output: str = "<loopDataOutputRef>results</loopDataOutputRef>",
    item: str = '<outputDataItem id="result"/>',
    script: str = "results = []",
    more: str = "",
) -> str:
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>people</loopDataInputRef>"
        f'{output}<inputDataItem id="person"/>{item}{more}</multiInstanceLoopCharacteristics>'
    )
    before = own("preScript", script) if script else ""
    return element(
        "userTask", "x", extended(properties(formKey="form", role="clerk"), before) + loop, name="n"
    )


DECLARED = element("property", "people") + element("property", "results")


def only(kind: str, text: str = "") -> bytes:
    return body(straight(element(kind, "x", text)))
