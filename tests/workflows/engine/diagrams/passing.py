"""Diagrams without a fault, by what they show."""

from __future__ import annotations

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
    service,
    straight,
    timer,
    user,
)
from tests.workflows.engine.diagrams.shapes import (
    CALL,
    DECLARED,
    SUB,
    TRANSACTION,
    attached,
    body,
    both,
    catch,
    choice,
    in_a_loop,
    race,
    repeated,
)

PASSING = {
    "user task": body(straight(user("x"))),
    "service task": body(straight(service("x", case="case", note="'a' + 'b'"))),
    "result variable": body(
        straight(element("serviceTask", "x", extended(operator("op", result="done", case="case"))))
    ),
    "script": body(straight(element("scriptTask", "x", "<script>a = 1\nb = a + 1</script>"))),
    "rule task": body(
        straight(element("businessRuleTask", "x", extended(own("calledDecisionId", "deployed_table"))))
    ),
    "call": body(straight(CALL)),
    "receive": body(straight(element("receiveTask", "x", messageRef="m"))),
    "receive with variable": body(
        straight(element("receiveTask", "x", extended(own("messageVariable", "answer")), messageRef="m"))
    ),
    "sub-process": body(straight(SUB)),
    "transaction": attached("<cancelEventDefinition/>", TRANSACTION),
    "catch timer": body(straight(catch("x", timer("'PT10M'")))),
    "catch message": body(straight(catch("x", message()))),
    "marker": body(straight(element("intermediateThrowEvent", "x"))),
    "terminate": body(
        straight(user("x")).replace(END, element("endEvent", "e", "<terminateEventDefinition/>"))
    ),
    "boundary timer": attached(timer("'P5D'")),
    "boundary timer beside": attached(timer("'R3/P2D'", "timeCycle"), interrupting="false"),
    "boundary message": attached(message()),
    "boundary error": attached('<errorEventDefinition errorRef="failed"/>', service("x")),
    "boundary escalation": attached(
        '<escalationEventDefinition escalationRef="late"/>', SUB, interrupting="false"
    ),
    "choice": choice(flow("x", "u", "a > 1"), flow("x", "v")),
    "inclusive": choice(flow("x", "u", "a > 1"), flow("x", "v"), kind="inclusiveGateway"),
    "merge only": body(straight(element("exclusiveGateway", "x"))),
    "parallel": body(both("parallelGateway")),
    "parallel in a loop": body(in_a_loop()),
    "loop within a branch": body(
        both("parallelGateway").replace(flows("a join"), flows("a again")),
        element("exclusiveGateway", "again", default="again_join"),
        flow("again", "a", "redo"),
        flows("again join"),
    ),
    "split within a branch": body(
        both("parallelGateway").replace(
            flows("a join"), flows("a fork2", "fork2 y", "fork2 z", "y join", "z join")
        ),
        element("parallelGateway", "fork2"),
        user("y"),
        user("z"),
    ),
    "choice merged within a branch": body(
        both("parallelGateway").replace(
            flows("a join"), flows("a pick", "pick merge", "y merge", "merge join")
        ),
        element("exclusiveGateway", "pick", default="pick_merge"),
        flow("pick", "y", "a"),
        user("y"),
        element("exclusiveGateway", "merge"),
    ),
    "inclusive split and join": body(
        both("inclusiveGateway")
        .replace(flows("fork a"), flow("fork", "a", "a"))
        .replace('<inclusiveGateway id="fork">', '<inclusiveGateway id="fork" default="fork_b">')
    ),
    "race": race(catch("one", message()), catch("two", timer("'P1D'"))),
    "repeated": body(DECLARED, straight(repeated())),
    "repeated one by one": body(
        DECLARED, straight(repeated().replace("Characteristics>", 'Characteristics isSequential="true">', 1))
    ),
    "deployed duty": body(straight(user("x", notBy="deployed_duty", dueIn="P5D", assignTo="person"))),
    "duty within": body(
        START,
        user("x", duty="first"),
        user("y", notBy="first, deployed_duty"),
        END,
        flows("s x", "x y", "y e"),
    ),
    "states in turn": body(
        START,
        user("x", publicState="draft"),
        user("y", publicState="granted"),
        END,
        flows("s x", "x y", "y e"),
    ),
    "one state in both branches": body(
        both("parallelGateway")
        .replace(user("a"), user("a", publicState="draft"))
        .replace(user("b"), user("b", publicState="draft"))
    ),
    "notes": body(
        straight(user("x")),
        element("textAnnotation", "t", "<text>说明</text>"),
        element("association", "as", sourceRef="x", targetRef="t"),
        element("group", "g"),
        "<documentation>说明</documentation>",
    ),
    "lanes": body(
        '<laneSet id="ls"><lane id="l" name="窗口"><flowNodeRef>x</flowNodeRef></lane></laneSet>',
        straight(user("x")),
    ),
    "links written out": body(straight(user("x", "<incoming>s_x</incoming><outgoing>x_e</outgoing>"))),
    "colours and drawing": definitions(
        process(straight(user("x"))),
        '<bpmndi:BPMNDiagram id="dg"><bpmndi:BPMNPlane id="pl" bpmnElement="p"><bpmndi:BPMNShape id="x_di" '
        'bpmnElement="x" bioc:stroke="#000" color:border-color="#000"><dc:Bounds x="1" y="1"/>'
        "</bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>",
    ),
    "what editors write without meaning": body(
        straight(user("x").replace("<userTask", '<userTask isForCompensation="false" startQuantity="1"'))
    ),
    "no start, no end": body(user("x"), user("y"), flows("x y")),
    "no start within": body(straight(element("subProcess", "x", user("u") + user("v")))),
    "several flows out of a task": body(straight(user("x")), user("y"), flows("x y", "y e")),
    "several flows out of an event": body(straight(user("x")), user("y"), flows("s y", "y e")),
    "conditions after a task": body(
        straight(user("x").replace("<userTask", '<userTask default="x_e"')),
        user("y"),
        user("z"),
        flow("x", "y", "a"),
        flows("x z", "y e", "z e"),
    ),
    "plain task": body(straight(element("task", "x", extended(properties(role="clerk")), name="n"))),
    "manual task in a lane": body(
        '<laneSet id="ls"><lane id="l" name="clerk"><flowNodeRef>x</flowNodeRef></lane></laneSet>',
        straight(element("manualTask", "x", name="n")),
        boundary("b", "x", timer("'P1D'")),
        flows("b e"),
    ),
    "task in a lane": body(
        '<laneSet id="ls"><lane id="l" name="clerk"><flowNodeRef>x</flowNodeRef></lane></laneSet>',
        straight(user("x", role="")),
    ),
    "ids of the engine": body(
        element("startEvent", "Start"),
        user("u.BoundaryEventJoin"),
        element("endEvent", "End"),
        flows("Start u.BoundaryEventJoin", "u.BoundaryEventJoin End"),
    ),
    "boundary message beside": attached(message(), interrupting="false"),
    "boundary error of any code": attached("<errorEventDefinition/>", service("x")),
    "boundary escalation of any code": attached("<escalationEventDefinition/>", SUB),
    "error caught": attached(
        '<errorEventDefinition errorRef="failed"/>',
        element(
            "subProcess",
            "x",
            element("startEvent", "s2")
            + element("endEvent", "e3", '<errorEventDefinition errorRef="failed"/>')
            + flows("s2 e3"),
        ),
    ),
}
