"""Draws minimal diagrams as text: elements, flows, whole files."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

NAMESPACES = " ".join(
    [
        'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"',
        'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"',
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
        'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"',
        'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"',
        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn"',
        'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"',
        'xmlns:flowable="http://flowable.org/bpmn"',
        'xmlns:bioc="http://bpmn.io/schema/bpmn/biocolor/1.0"',
        'xmlns:color="http://www.omg.org/spec/BPMN/non-normative/color/1.0"',
        'xmlns:odd="http://example.org/odd"',
    ]
)
KEYED = (
    '<message id="m" name="answered"/>'
    '<collaboration id="c"><participant id="pool" processRef="p"/><correlationKey id="k" name="case">'
    "<correlationPropertyRef>case</correlationPropertyRef></correlationKey></collaboration>"
    '<correlationProperty id="case" name="case"><correlationPropertyRetrievalExpression messageRef="m">'
    "<messagePath>case</messagePath></correlationPropertyRetrievalExpression></correlationProperty>"
)
FAILURES = (
    '<error id="failed" name="failed" errorCode="failed"/>'
    '<escalation id="late" name="late" escalationCode="late"/>'
)


def element(kind: str, name: str, inner: str = "", /, **attributes: str) -> str:
    """An element with an id; a trailing underscore keeps Python's words apart, a double one is a colon."""
    written = "".join(
        f" {key.rstrip('_').replace('__', ':')}={quoteattr(value)}" for key, value in attributes.items()
    )
    return f'<{kind} id="{name}"{written}>{inner}</{kind}>'


def extended(*parts: str) -> str:
    """Extension elements."""
    return f"<extensionElements>{''.join(parts)}</extensionElements>"


def properties(**values: str) -> str:
    """Our properties, as an extension element."""
    listed = "".join(
        f"<spiffworkflow:property name={quoteattr(name)} value={quoteattr(value)}/>"
        for name, value in values.items()
    )
    return f"<spiffworkflow:properties>{listed}</spiffworkflow:properties>"


def own(name: str, text: str) -> str:
    """One of our extension elements that holds text."""
    return f"<spiffworkflow:{name}>{escape(text)}</spiffworkflow:{name}>"


def user(name: str, inner: str = "", /, **values: str) -> str:
    """A user task with form and role."""
    given = {"formKey": "form", "role": "clerk", **values}
    kept = {key: value for key, value in given.items() if value}
    return element("userTask", name, extended(properties(**kept)) + inner, name="办理")


def operator(name: str = "op", result: str = "", **parameters: str) -> str:
    """The operator of a service task."""
    listed = "".join(
        f'<spiffworkflow:parameter id="{key}" type="any" value={quoteattr(value)}/>'
        for key, value in parameters.items()
    )
    variable = f' resultVariable="{result}"' if result else ""
    return (
        f'<spiffworkflow:serviceTaskOperator id="{name}"{variable}><spiffworkflow:parameters>{listed}'
        "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
    )


def service(name: str, /, **parameters: str) -> str:
    """A service task that calls `op` with its parameters."""
    return element("serviceTask", name, extended(operator(**(parameters or {"case": "case"}))))


def timer(text: str, kind: str = "timeDuration") -> str:
    """A timer event definition."""
    return f"<timerEventDefinition><{kind}>{escape(text)}</{kind}></timerEventDefinition>"


def message(reference: str = "m", inner: str = "") -> str:
    """A message event definition."""
    return f'<messageEventDefinition messageRef="{reference}">{inner}</messageEventDefinition>'


def boundary(name: str, host: str, definition: str, *, interrupting: str = "true") -> str:
    """A boundary event."""
    return element("boundaryEvent", name, definition, attachedToRef=host, cancelActivity=interrupting)


def flow(source: str, target: str, condition: str | None = None) -> str:
    """A flow; its id is `source_target`."""
    inner = f"<conditionExpression>{escape(condition)}</conditionExpression>" if condition is not None else ""
    return element("sequenceFlow", f"{source}_{target}", inner, sourceRef=source, targetRef=target)


def flows(*pairs: str) -> str:
    """Flows without conditions, each written "source target"."""
    return "".join(flow(*pair.split()) for pair in pairs)


START = element("startEvent", "s")
END = element("endEvent", "e")


def straight(inner: str, name: str = "x") -> str:
    """Start, one element, end."""
    return START + inner + END + flows(f"s {name}", f"{name} e")


def process(body: str, name: str = "p", /, **attributes: str) -> str:
    """A process."""
    return element("process", name, body, **{"isExecutable": "true", **attributes})


def definitions(*parts: str) -> bytes:
    """A file."""
    return f'<definitions {NAMESPACES} id="d" targetNamespace="t">{"".join(parts)}</definitions>'.encode()
