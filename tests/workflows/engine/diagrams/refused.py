"""Diagrams with one fault each: source, rule, element."""

from __future__ import annotations

from tests.workflows.engine.diagrams.drawing import (
    END,
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
    service,
    straight,
    timer,
    user,
)
from tests.workflows.engine.diagrams.shapes import (
    DECLARED,
    SUB,
    attached,
    body,
    both,
    catch,
    choice,
    in_a_loop,
    inner,
    only,
    race,
    repeated,
)

REFUSED: dict[str, tuple[bytes, str, str | None]] = {
    # elements
    "task": (only("task"), "role-missing", "x"),
    "manual task": (only("manualTask"), "role-missing", "x"),
    "send task": (only("sendTask"), "message-throw", "x"),
    "complex gateway": (only("complexGateway"), "complex-gateway", "x"),
    "ad-hoc": (only("adHocSubProcess"), "ad-hoc-sub-process", "x"),
    "choreography": (only("callChoreography"), "element-not-allowed", "x"),
    "implicit throw": (only("implicitThrowEvent"), "element-not-allowed", "x"),
    "import": (
        definitions(process(straight(user("x"))), '<import importType="t" location="l" namespace="n"/>'),
        "element-not-allowed",
        "d",
    ),
    "standard loop": (only("userTask", "<standardLoopCharacteristics/>"), "standard-loop", "x"),
    "event sub-process": (
        body(
            straight(user("x")),
            element("subProcess", "es", inner(END.replace('"e"', '"e3"')), triggeredByEvent="true"),
        ),
        "event-sub-process",
        "es",
    ),
    "signal end": (
        body(START, element("endEvent", "e", "<signalEventDefinition/>"), flows("s e")),
        "signal-event",
        "e",
    ),
    "signal boundary": (attached("<signalEventDefinition/>"), "signal-event", "b"),
    "link catch": (only("intermediateCatchEvent", '<linkEventDefinition name="l"/>'), "link-event", "x"),
    "link throw": (only("intermediateThrowEvent", '<linkEventDefinition name="l"/>'), "link-event", "x"),
    "compensation throw": (
        only("intermediateThrowEvent", "<compensateEventDefinition/>"),
        "compensation",
        "x",
    ),
    "compensation boundary": (attached("<compensateEventDefinition/>"), "compensation", "b"),
    "compensation handler": (
        body(straight(user("x")), element("serviceTask", "undo", isForCompensation="true")),
        "compensation",
        "undo",
    ),
    "conditional catch": (
        only("intermediateCatchEvent", "<conditionalEventDefinition/>"),
        "conditional-event",
        "x",
    ),
    "message end": (
        body(START, element("endEvent", "e", message()), flows("s e")),
        "message-throw",
        "e",
    ),
    "message throw": (only("intermediateThrowEvent", message()), "message-throw", "x"),
    "message start": (
        body(element("startEvent", "s", message()), END, flows("s e")),
        "start-event",
        "s",
    ),
    "timer start": (body(element("startEvent", "s", timer("'P1D'")), END, flows("s e")), "start-event", "s"),
    "signal start": (
        body(element("startEvent", "s", "<signalEventDefinition/>"), END, flows("s e")),
        "signal-event",
        "s",
    ),
    "instantiating receive": (
        body(straight(element("receiveTask", "x", messageRef="m", instantiate="true"))),
        "attribute-not-allowed",
        "x",
    ),
    "default of a task elsewhere": (
        body(straight(user("x").replace("<userTask", '<userTask default="s_x"'))),
        "default-unknown",
        "x",
    ),
    "condition on the default of a task": (
        body(
            straight(user("x").replace("<userTask", '<userTask default="x_y"')),
            user("y"),
            flow("x", "y", "a"),
            flows("y e"),
        ),
        "condition-on-default",
        "x_y",
    ),
    "default of a gateway that is none": (
        body(straight(element("intermediateThrowEvent", "x", default="x_e"))),
        "attribute-not-allowed",
        "x",
    ),
    "unknown attribute": (
        body(straight(element("userTask", "x", odd__thing="1"))),
        "attribute-not-allowed",
        "x",
    ),
    "unknown extension": (only("userTask", extended("<odd:thing/>")), "extension-not-allowed", "x"),
    "foreign element in the flow": (body(straight(user("x")), "<odd:thing/>"), "extension-not-allowed", "p"),
    "extension elsewhere": (only("userTask", extended(operator())), "extension-not-allowed", "x"),
    "script before a script": (
        only("scriptTask", extended(own("preScript", "a = 1")) + "<script>b = 1</script>"),
        "extension-not-allowed",
        "x",
    ),
    "retries": (
        only(
            "serviceTask",
            extended(
                operator("op", case="case").replace(
                    "<spiffworkflow:parameters>", "<spiffworkflow:retry/><spiffworkflow:parameters>"
                )
            ),
        ),
        "extension-not-allowed",
        "x",
    ),
    "unknown property": (body(straight(user("x", formkey="form"))), "unknown-property", "x"),
    "property elsewhere": (
        body(
            straight(
                element("scriptTask", "x", extended(properties(role="clerk")) + "<script>a = 1</script>")
            )
        ),
        "unknown-property",
        "x",
    ),
    "property twice": (
        only("userTask", extended(properties(role="clerk", formKey="form"), properties(role="clerk"))),
        "duplicate-property",
        "x",
    ),
    "camunda attribute": (
        body(straight(element("userTask", "x", camunda__formKey="f"))),
        "foreign-extension",
        "x",
    ),
    "camunda element": (only("userTask", extended("<camunda:formData/>")), "foreign-extension", "x"),
    "zeebe element": (only("serviceTask", extended("<zeebe:taskDefinition/>")), "foreign-extension", "x"),
    "flowable attribute": (
        body(straight(element("userTask", "x", flowable__candidateGroups="g"))),
        "foreign-extension",
        "x",
    ),
    # files and ids
    "no process": (definitions(), "no-process", "d"),
    "not executable": (
        definitions(process(straight(user("x")), isExecutable="false")),
        "not-executable",
        "p",
    ),
    "executable in another word": (
        definitions(process(straight(user("x")), isExecutable="yes")),
        "not-executable",
        "p",
    ),
    "drawn nowhere": (
        definitions(
            process(straight(user("x"))),
            '<bpmndi:BPMNDiagram><bpmndi:BPMNPlane><bpmndi:BPMNShape bpmnElement="x">'
            '<dc:Bounds x="left" y="1"/></bpmndi:BPMNShape></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>',
        ),
        "drawing",
        "d",
    ),
    "too large": (body(*(user(f"u{number}") for number in range(401))), "too-large", "p"),
    "too many forks": (
        body(
            START,
            *(user(f"u{number}") for number in range(201)),
            END,
            flows("s u0", *(f"u{number} u{number + 1}" for number in range(200))),
            flows(*(f"u{number} e" for number in range(201))),
        ),
        "too-large",
        "p",
    ),
    "too many flows": (
        body(straight(user("x")), *(flow("x", f"gone{number}") for number in range(1_200))),
        "too-large",
        "p",
    ),
    "id twice": (body(straight(user("x")), element("textAnnotation", "x")), "duplicate-id", "x"),
    "no id": (body(straight(user("x")), "<userTask/>"), "no-id", "p"),
    # paths
    "several starts": (
        body(straight(user("x")), element("startEvent", "s2"), flows("s2 x")),
        "several-starts",
        "s2",
    ),
    "broken flow": (body(straight(user("x")), flow("x", "nowhere")), "broken-flow", "x_nowhere"),
    "flow into a sub-process": (body(straight(SUB), flow("s2", "e")), "broken-flow", "s2_e"),
    "unreachable": (body(straight(user("x")), user("y"), flows("y e")), "unreachable", "y"),
    "no beginning": (
        body(
            element("exclusiveGateway", "a", default="a_b"),
            user("b"),
            END,
            flows("a b", "b a"),
            flow("a", "e", "done"),
        ),
        "no-start",
        "p",
    ),
    "no end": (
        body(START, element("exclusiveGateway", "a"), user("b"), flows("s a", "a b", "b a")),
        "no-end",
        "p",
    ),
    "nothing drawn": (body(), "empty", "p"),
    "endless loop": (
        body(
            straight(element("exclusiveGateway", "x", default="x_e")),
            user("y"),
            user("z"),
            flow("x", "y", "a"),
            flows("y z", "z y"),
        ),
        "cannot-reach-end",
        "z",
    ),
    "event leads nowhere": (
        body(straight(user("x")), boundary("b", "x", timer("'P1D'"))),
        "cannot-reach-end",
        "b",
    ),
    "condition after an event": (
        body(START, element("intermediateThrowEvent", "x"), END, flows("s x"), flow("x", "e", "a")),
        "condition-outside-gateway",
        "x_e",
    ),
    "two flows to one place": (
        body(straight(user("x")), flow("x", "e").replace('"x_e"', '"again"')),
        "twin-flows",
        "again",
    ),
    "condition after a fork": (
        body(both("parallelGateway").replace(flows("fork a"), flow("fork", "a", "a"))),
        "condition-outside-gateway",
        "fork_a",
    ),
    "flow out of an end": (body(straight(user("x")), user("y"), flows("e y", "y e")), "flow-out-of-end", "e"),
    "flow into a start": (
        body(straight(element("exclusiveGateway", "x", default="x_e")), flow("x", "s", "a")),
        "flow-into-start",
        "s",
    ),
    # gateways
    "no condition": (choice(flow("x", "u"), flow("x", "v")), "condition-missing", "x_u"),
    "empty condition": (choice(flow("x", "u", " "), flow("x", "v")), "condition-missing", "x_u"),
    "condition on the default": (
        choice(flow("x", "u", "a"), flow("x", "v", "b")),
        "condition-on-default",
        "x_v",
    ),
    "unknown default": (
        choice(flow("x", "u", "a"), flow("x", "v", "b"), default="gone"),
        "default-unknown",
        "x",
    ),
    "inclusive without condition": (
        choice(flow("x", "u"), flow("x", "v"), kind="inclusiveGateway"),
        "condition-missing",
        "x_u",
    ),
    "instances without a result": (
        body(DECLARED, straight(repeated().replace("userTask", "manualTask"))),
        "multi-instance-no-result",
        "x",
    ),
    "what an event sub-process holds": (
        body(
            straight(user("x")),
            element(
                "subProcess",
                "es",
                element("startEvent", "s2", timer("P1"), isInterrupting="false") + user("y", role=""),
                triggeredByEvent="true",
            ),
        ),
        "event-sub-process",
        "es",
    ),
    "language of a condition": (
        choice(flow("x", "u", "a").replace("Expression>", 'Expression language="p">', 1), flow("x", "v")),
        "attribute-not-allowed",
        "x_u",
    ),
    "attribute of a definition": (
        attached('<errorEventDefinition id="inside" errorRef="failed" odd="1"/>', service("x")),
        "attribute-not-allowed",
        "b",
    ),
    "attribute of instances": (
        body(
            DECLARED,
            straight(repeated().replace("Characteristics>", 'Characteristics id="inside" odd="1">', 1)),
        ),
        "attribute-not-allowed",
        "x",
    ),
    "another start that waits": (
        body(straight(user("x")), element("startEvent", "s2", message()), flows("s2 x")),
        "start-event",
        "s2",
    ),
    "two timers": (
        race(catch("one", timer("'P1D'")), catch("two", timer("'P2D'"))),
        "event-gateway-timers",
        "x",
    ),
    "race to a task": (race(catch("one", message()), user("two")), "event-gateway", "two"),
    "race for one message": (race(catch("one", message()), catch("two", message())), "event-gateway", "x"),
    "race of one": (
        body(
            START, element("eventBasedGateway", "x"), catch("y", message()), END, flows("s x", "x y", "y e")
        ),
        "event-gateway",
        "x",
    ),
    # joins
    "join merges a loop-back": (body(both("parallelGateway", back="join")), "parallel-join-loop", "join"),
    "fork merges a loop-back": (
        body(
            START,
            element("parallelGateway", "fork"),
            user("a"),
            element("exclusiveGateway", "again", default="again_e"),
            END,
            flows("s fork", "fork a", "a again", "again e"),
            flow("again", "fork", "redo"),
        ),
        "parallel-join-loop",
        "fork",
    ),
    "join merges an inner loop-back within a loop": (
        body(
            both("parallelGateway", back="join"),
            element("exclusiveGateway", "whole"),
            flow("again", "whole", "all"),
            flows("whole fork"),
        ).replace(flows("s fork").encode(), flows("s whole").encode()),
        "parallel-join-loop",
        "join",
    ),
    "join after a choice": (
        body(
            both("parallelGateway")
            .replace('<parallelGateway id="fork"', '<exclusiveGateway id="fork" default="fork_b"')
            .replace("</parallelGateway>", "</exclusiveGateway>", 1)
            .replace(flows("fork a"), flow("fork", "a", "a"))
        ),
        "parallel-join-unmatched",
        "join",
    ),
    "join of a choice within a branch": (
        body(
            both("parallelGateway").replace(flows("a join"), flows("a pick")),
            element("exclusiveGateway", "pick", default="pick_y"),
            user("y"),
            flow("pick", "join", "a"),
            flows("pick y", "y join"),
        ),
        "parallel-join-unmatched",
        "join",
    ),
    "join of a task and its timer": (
        body(
            both("parallelGateway"), boundary("b2", "a", timer("'P1D'")), user("y"), flows("b2 y", "y join")
        ),
        "parallel-join-unmatched",
        "join",
    ),
    "parallel join after an inclusive split": (
        body(
            both("inclusiveGateway")
            .replace('<inclusiveGateway id="join"></inclusiveGateway>', '<parallelGateway id="join"/>')
            .replace('<inclusiveGateway id="fork">', '<inclusiveGateway id="fork" default="fork_b">')
            .replace(flows("fork a"), flow("fork", "a", "a"))
        ),
        "parallel-join-unmatched",
        "join",
    ),
    # events
    "catch without definition": (only("intermediateCatchEvent"), "event-definition", "x"),
    "two definitions": (only("intermediateCatchEvent", message() + timer("'P1D'")), "event-definition", "x"),
    "two ends": (
        body(
            START,
            element("endEvent", "e", '<errorEventDefinition errorRef="failed"/><terminateEventDefinition/>'),
            flows("s e"),
        ),
        "event-definition",
        "e",
    ),
    "boundary without host": (
        body(straight(user("x")), boundary("b", "gone", timer("'P1D'")), flows("b e")),
        "boundary-host",
        "b",
    ),
    "boundary on an event": (
        body(straight(user("x")), boundary("b", "s", timer("'P1D'")), flows("b e")),
        "boundary-host",
        "b",
    ),
    "error at a user task": (attached('<errorEventDefinition errorRef="failed"/>'), "boundary-host", "b"),
    "escalation at a service task": (
        attached('<escalationEventDefinition escalationRef="late"/>', service("x")),
        "boundary-host",
        "b",
    ),
    "cancel at a sub-process": (attached("<cancelEventDefinition/>", SUB), "boundary-host", "b"),
    "non-interrupting error": (
        attached('<errorEventDefinition errorRef="failed"/>', service("x"), interrupting="false"),
        "boundary-interrupting",
        "b",
    ),
    "error end without reference": (
        body(START, element("endEvent", "e", "<errorEventDefinition/>"), flows("s e")),
        "error-code",
        "e",
    ),
    "one error caught twice": (
        body(
            straight(service("x")),
            boundary("b", "x", '<errorEventDefinition errorRef="failed"/>'),
            boundary("b2", "x", '<errorEventDefinition errorRef="failed"/>'),
            flows("b e", "b2 e"),
        ),
        "caught-twice",
        "b2",
    ),
    "error without code": (
        definitions(
            '<error id="failed" name="failed"/>',
            process(
                straight(service("x"))
                + boundary("b", "x", '<errorEventDefinition errorRef="failed"/>')
                + flows("b e")
            ),
        ),
        "error-code",
        "b",
    ),
    "cancel outside a transaction": (
        body(START, element("endEvent", "e", "<cancelEventDefinition/>"), flows("s e")),
        "cancel-outside-transaction",
        "e",
    ),
    # timers
    "timer without quotes": (attached(timer("P14D")), "timer", "b"),
    "cycle without quotes": (attached(timer("R3/P2D", "timeCycle"), interrupting="false"), "timer", "b"),
    "date without quotes": (attached(timer("2026-06-30T17:00:00+08:00", "timeDate")), "timer", "b"),
    "not a duration": (attached(timer("'14 days'")), "timer", "b"),
    "no duration": (attached(timer("'PT0S'")), "timer", "b"),
    "a number": (attached(timer("14")), "timer", "b"),
    "date without zone": (attached(timer("'2026-06-30T17:00:00'", "timeDate")), "timer", "b"),
    "date as a duration": (attached(timer("'P1D'", "timeDate")), "timer", "b"),
    "not a cycle": (attached(timer("'P2D'", "timeCycle"), interrupting="false"), "timer", "b"),
    "cycle that interrupts": (attached(timer("'R3/P2D'", "timeCycle")), "timer-cycle", "b"),
    "cycle to wait for": (only("intermediateCatchEvent", timer("'R3/P2D'", "timeCycle")), "timer-cycle", "x"),
    "timer without a time": (attached("<timerEventDefinition/>"), "timer", "b"),
    "two times": (
        attached(
            "<timerEventDefinition><timeDate>a</timeDate><timeDuration>b</timeDuration></timerEventDefinition>"
        ),
        "timer",
        "b",
    ),
    "timer that does not compile": (attached(timer("plan.until")), "expression", "b"),
    "empty timer": (attached(timer("")), "expression", "b"),
    # messages
    "message not declared": (
        body(straight(element("receiveTask", "x", messageRef="gone"))),
        "unknown-message",
        "x",
    ),
    "no message": (body(straight(element("receiveTask", "x"))), "unknown-message", "x"),
    "message without name": (
        definitions('<message id="m2"/>', process(straight(user("x")))),
        "unknown-message",
        "m2",
    ),
    "message without key": (
        definitions('<message id="m" name="answered"/>', process(straight(catch("x", message())))),
        "message-without-key",
        "x",
    ),
    "property outside every key": (
        definitions(
            KEYED.replace("<correlationPropertyRef>case</correlationPropertyRef>", ""),
            process(straight(element("receiveTask", "x", messageRef="m"))),
        ),
        "message-without-key",
        "x",
    ),
    "key without its property": (
        definitions(KEYED.replace("Ref>case<", "Ref>gone<"), process(straight(user("x")))),
        "correlation",
        "k",
    ),
    "key of a missing message": (
        definitions(KEYED.replace('messageRef="m"', 'messageRef="gone"'), process(straight(user("x")))),
        "correlation",
        "case",
    ),
    "message variable": (
        body(straight(element("receiveTask", "x", extended(own("messageVariable", "a b")), messageRef="m"))),
        "variable-name",
        "x",
    ),
    # expressions
    "condition": (choice(flow("x", "u", "a.b"), flow("x", "v")), "expression", "x_u"),
    "condition of another engine": (choice(flow("x", "u", "${a}"), flow("x", "v")), "expression", "x_u"),
    "parameter": (body(straight(service("x", case="open('x')"))), "expression", "x"),
    "empty parameter": (body(straight(service("x", case=""))), "expression", "x"),
    "script": (only("scriptTask", "<script>import os</script>"), "expression", "x"),
    "no script": (only("scriptTask"), "expression", "x"),
    "script before": (
        only("userTask", extended(properties(formKey="form", role="clerk"), own("preScript", "a += 1"))),
        "expression",
        "x",
    ),
    "script after": (
        only("userTask", extended(properties(formKey="form", role="clerk"), own("postScript", "a"))),
        "expression",
        "x",
    ),
    "message payload": (
        body(straight(catch("x", message(inner=extended(own("messagePayload", "a.b")))))),
        "expression",
        "x",
    ),
    "correlation path": (
        definitions(KEYED.replace("<messagePath>case<", "<messagePath>a.b<"), process(straight(user("x")))),
        "expression",
        "case",
    ),
    "correlation of the process": (
        body(
            straight(
                catch(
                    "x",
                    message(
                        inner=extended(
                            "<spiffworkflow:processVariableCorrelation><spiffworkflow:propertyId>case"
                            "</spiffworkflow:propertyId><spiffworkflow:expression>a.b</spiffworkflow:expression>"
                            "</spiffworkflow:processVariableCorrelation>"
                        )
                    ),
                )
            )
        ),
        "expression",
        "x",
    ),
    "payload of an error": (
        definitions(
            element("error", "er", extended(own("payloadExpression", "a.b")), name="n", errorCode="c"),
            process(straight(user("x"))),
        ),
        "expression",
        "er",
    ),
    "end of the repetition": (
        body(DECLARED, straight(repeated(more="<completionCondition>a.b</completionCondition>"))),
        "expression",
        "x",
    ),
    # repetition
    "no output list": (body(DECLARED, straight(repeated(output=""))), "multi-instance", "x"),
    "no output item": (body(DECLARED, straight(repeated(item=""))), "multi-instance", "x"),
    "by number": (
        body(DECLARED, straight(repeated(more="<loopCardinality>3</loopCardinality>"))),
        "multi-instance",
        "x",
    ),
    "not emptied": (body(DECLARED, straight(repeated(script=""))), "multi-instance-not-emptied", "x"),
    "emptied wrongly": (
        body(DECLARED, straight(repeated(script="results = people"))),
        "multi-instance-not-emptied",
        "x",
    ),
    "lists not declared": (body(straight(repeated())), "multi-instance-undeclared", "x"),
    # activities
    "no form": (body(straight(user("x", formKey=""))), "form-missing", "x"),
    "unknown form": (body(straight(user("x", formKey="gone"))), "unknown-form", "x"),
    "no role": (body(straight(user("x", role=""))), "role-missing", "x"),
    "unknown role": (body(straight(user("x", role="gone"))), "unknown-role", "x"),
    "due in quotes": (body(straight(user("x", dueIn="'P5D'"))), "due-in", "x"),
    "due in words": (body(straight(user("x", dueIn="5 days"))), "due-in", "x"),
    "assigned to an expression": (body(straight(user("x", assignTo="a['b']"))), "variable-name", "x"),
    "waits for nobody known": (body(straight(user("x", waitsFor="anybody"))), "waits-for", "x"),
    "a timer for nothing known": (
        attached(extended(properties(purpose="soon")) + timer("'P1D'")),
        "purpose",
        "b",
    ),
    "a message that is said to remind": (
        definitions(
            process(
                straight(user("x"))
                + boundary("b", "x", extended(properties(purpose="reminder")) + message())
                + element("endEvent", "e2")
                + flows("b e2")
            ),
            KEYED,
        ),
        "purpose",
        "b",
    ),
    "no operator": (only("serviceTask"), "operation-missing", "x"),
    "unknown operation": (
        body(straight(element("serviceTask", "x", extended(operator("gone"))))),
        "unknown-operation",
        "x",
    ),
    "unknown parameter": (body(straight(service("x", case="a", odd="b"))), "unknown-parameter", "x"),
    "missing parameter": (body(straight(service("x", note="a"))), "missing-parameter", "x"),
    "parameter without type": (
        body(straight(service("x").replace(' type="any"', ""))),
        "parameter-type",
        "x",
    ),
    "result variable": (
        body(straight(element("serviceTask", "x", extended(operator("op", result="a.b", case="a"))))),
        "variable-name",
        "x",
    ),
    "no table": (only("businessRuleTask"), "decision-missing", "x"),
    "unknown table": (
        only("businessRuleTask", extended(own("calledDecisionId", "gone"))),
        "unknown-decision",
        "x",
    ),
    "call of nothing": (only("callActivity"), "unknown-process", "x"),
    "unknown process": (
        body(straight(element("callActivity", "x", calledElement="gone"))),
        "unknown-process",
        "x",
    ),
    "call of itself": (
        body(straight(element("callActivity", "x", calledElement="p"))),
        "recursive-call",
        "x",
    ),
    # duties and states
    "unknown duty": (body(straight(user("x", notBy="gone"))), "unknown-duty", "x"),
    "two duties": (body(straight(user("x", duty="a,b"))), "duty", "x"),
    "unknown state": (body(straight(user("x", publicState="gone"))), "unknown-public-state", "x"),
    "states disagree": (
        body(
            both("parallelGateway")
            .replace(user("a"), user("a", publicState="draft"))
            .replace(user("b"), user("b", publicState="granted"))
        ),
        "public-state-disagrees",
        "fork",
    ),
    "states disagree after a task": (
        body(
            straight(user("x")),
            user("a", publicState="draft"),
            user("b", publicState="granted"),
            flows("x a", "x b", "a e", "b e"),
        ),
        "public-state-disagrees",
        "x",
    ),
    "states disagree in a loop": (
        body(
            in_a_loop()
            .replace(user("a"), user("a", publicState="draft"))
            .replace(user("b"), user("b", publicState="granted"))
        ),
        "public-state-disagrees",
        "fork",
    ),
    "states disagree beside": (
        body(
            straight(user("x", publicState="draft")),
            boundary("b", "x", timer("'P1D'"), interrupting="false"),
            user("y", publicState="granted"),
            element("endEvent", "e2"),
            flows("b y", "y e2"),
        ),
        "public-state-disagrees",
        "b",
    ),
}


_UNFINISHED = {("role-missing", "x"), ("form-missing", "x")}

# Findings that the fault brings with it, or that a bare element has.
ALSO: dict[str, set[tuple[str, str | None]]] = {
    "standard loop": _UNFINISHED,
    "unknown attribute": _UNFINISHED,
    "unknown extension": _UNFINISHED,
    "extension elsewhere": _UNFINISHED,
    "camunda attribute": _UNFINISHED,
    "camunda element": _UNFINISHED,
    "zeebe element": {("operation-missing", "x")},
    "flowable attribute": _UNFINISHED,
    "endless loop": {("cannot-reach-end", "y")},
    "boundary without host": {("unreachable", "b")},
}
