"""The token game of BPMN 2.0 (chapter 13), written down without SpiffWorkflow: the definition of right.

A scope (the process, or the inside of an activity) holds tokens; the token of an activity holds the scopes
inside it and the boundary events that wait for it. It reads what the designer drew, not its normal form.
Variables are constant during a walk, so that data plays no part; there are no inclusive joins, and nothing
starts on events.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lxml import etree

Q = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
PEOPLE = {"userTask", "task", "manualTask"}
PARTS = {"subProcess", "transaction", "callActivity"}
WAITING = PEOPLE | PARTS | {"serviceTask", "receiveTask", "intermediateCatchEvent", "eventBasedGateway"}
LONGEST = 3_000  # tokens that move before it counts as endless

View = Counter[tuple[str, str, str]]  # what may happen: kind, element, message


class Endless(Exception):
    """Tokens go round without waiting."""


class NoWay(Exception):
    """Nothing leads on from where a token is."""


def kind_of(element: Any) -> str:
    """The name of an element without its namespace."""
    return str(etree.QName(element).localname)


class Net:
    """What is drawn in one scope."""

    def __init__(self, element: Any) -> None:
        parts = [child for child in element if isinstance(child.tag, str)]
        self.nodes = {
            one.get("id"): one
            for one in parts
            if kind_of(one).endswith(("Task", "Event", "Gateway")) or kind_of(one) in PARTS | {"task"}
        }
        flows = [one for one in parts if kind_of(one) == "sequenceFlow"]
        self.out = {name: [one for one in flows if one.get("sourceRef") == name] for name in self.nodes}
        self.into = {name: [one for one in flows if one.get("targetRef") == name] for name in self.nodes}
        self.on = {
            name: [one.get("id") for one in self.nodes.values() if one.get("attachedToRef") == name]
            for name in self.nodes
        }
        starts = [name for name, one in self.nodes.items() if kind_of(one) == "startEvent"]
        self.starts = starts or [
            name
            for name, one in self.nodes.items()
            if not self.into[name] and kind_of(one) != "boundaryEvent"
        ]


@dataclass(kw_only=True, eq=False)
class Scope:
    """A process or the inside of an activity, while it runs."""

    net: Net
    holder: Token | None = None  # the token of the activity around it
    tokens: list[Token] = field(default_factory=list)
    arrived: Counter[tuple[str, str]] = field(default_factory=Counter)  # at joins: gateway, flow
    moving: int = 0  # tokens on their way
    age: int = 0  # grows when all tokens are taken away
    alive: bool = True


@dataclass(kw_only=True, eq=False)
class Armed:
    """An event that waits: how often it may still happen, and when next if it is a timer."""

    left: int = 1
    due: datetime | None = None
    every: timedelta | None = None


@dataclass(kw_only=True, eq=False)
class Token:
    """A token that rests at a node."""

    scope: Scope
    node: str
    inside: list[Scope] = field(default_factory=list)
    armed: dict[str, Armed] = field(default_factory=dict)


class Oracle:
    """An instance of a process, as the standard has it."""

    def __init__(
        self, sources: Mapping[str, bytes], key: str, variables: dict[str, Any], now: datetime
    ) -> None:
        roots = [etree.fromstring(content) for content in sources.values()]
        self.processes = {one.get("id"): one for root in roots for one in root.findall(f"{Q}process")}
        declared = {one.get("id"): one for root in roots for one in root if isinstance(one.tag, str)}
        self.names = {name: one.get("name") or "" for name, one in declared.items()}
        self.codes = {
            name: one.get("errorCode") or one.get("escalationCode") for name, one in declared.items()
        }
        self.variables, self.now = variables, now
        self.nets: dict[Any, Net] = {}
        self.queue: list[tuple[Scope, int, str, str]] = []
        self.failed: str | None = None  # the code of an error that nothing catches
        self.done = False
        self.root = Scope(net=self._net(self.processes[key]))
        self._begin(self.root)
        self._drain()

    # what may happen, and doing it

    def view(self) -> View:
        """What may happen now."""
        found: View = Counter()
        for token in self._tokens() if not self.done else ():
            kind = kind_of(token.scope.net.nodes[token.node])
            if kind in PEOPLE:
                found["task", token.node, ""] += 1
            if kind == "serviceTask":
                found["call", token.node, ""] += 1
        for _, name, shown, _ in self._waiting():
            wanted, what = self._wanted(name)
            if wanted in ("message", "timer"):
                found[wanted, shown, "" if wanted == "timer" else what or ""] += 1
        return found

    def next_due(self) -> datetime:
        """When the next timer fires."""
        return min(armed.due for *_, armed in self._waiting() if armed.due is not None)

    def act(self, kind: str, element: str, what: str = "") -> None:
        """Somebody completes a task, a service answers or fails, a message comes, or time passes."""
        if kind == "tick":
            self.now = self.next_due()
        elif kind == "message":
            token, name = next(
                (token, name)
                for token, name, shown, _ in self._waiting()
                if shown == element and self._wanted(name) == ("message", what)
            )
            self._fire(token, name)
        else:
            token = next(one for one in self._tokens() if one.node == element)
            if kind == "fail":
                self._throw("error", what, token)
            else:
                self._leave(token)
        self._drain()
        while ripe := [one for one in self._waiting() if one[3].due and one[3].due <= self.now]:
            self._fire(ripe[0][0], ripe[0][1])
            self._drain()

    # tokens

    def _net(self, element: Any) -> Net:
        return self.nets.setdefault(element, Net(element))

    def _begin(self, scope: Scope) -> None:
        for name in scope.net.starts:
            self._send(scope, name, "")
        self._check(scope)

    def _send(self, scope: Scope, node: str, flow: str) -> None:
        scope.moving += 1
        self.queue.append((scope, scope.age, node, flow))

    def _drain(self) -> None:
        for moved in range(LONGEST + 1):
            if not self.queue:
                return
            scope, age, node, flow = self.queue.pop(0)
            if scope.alive and scope.age == age:
                scope.moving -= 1
                self._enter(scope, node, flow)
                self._check(scope)
            if moved == LONGEST:
                raise Endless

    def _enter(self, scope: Scope, node: str, flow: str) -> None:
        element = scope.net.nodes[node]
        kind = kind_of(element)
        if kind == "parallelGateway":
            self._join(scope, node, flow)
        elif kind in ("endEvent", "intermediateThrowEvent"):
            self._pass_event(scope, node)
        elif kind in WAITING:
            self._rest(scope, node)
        else:
            self._follow(scope, node)

    def _join(self, scope: Scope, node: str, flow: str) -> None:
        ways = [one.get("id") for one in scope.net.into[node]]
        if ways:
            scope.arrived[node, flow] += 1
            if not all(scope.arrived[node, way] for way in ways):
                return
            scope.arrived -= Counter({(node, way): 1 for way in ways})
        self._follow(scope, node)

    def _pass_event(self, scope: Scope, node: str) -> None:
        wanted, what = self._wanted(node, scope)
        age = scope.age
        if wanted == "terminate":
            self._clear(scope)
        elif wanted in ("error", "escalation"):
            self._throw(wanted, what or "", scope.holder)
        if scope.alive and scope.age == age:
            self._follow(scope, node)

    def _rest(self, scope: Scope, node: str) -> None:
        element = scope.net.nodes[node]
        kind = kind_of(element)
        token = Token(scope=scope, node=node)
        scope.tokens.append(token)
        events = list(scope.net.on[node])
        if kind == "eventBasedGateway":
            events += [flow.get("targetRef") for flow in scope.net.out[node]]
        if kind in ("receiveTask", "intermediateCatchEvent"):
            events.append(node)
        for event in events:
            token.armed[event] = self._arm(scope.net.nodes[event])
        if kind in PARTS:
            inner = self.processes[element.get("calledElement")] if kind == "callActivity" else element
            many = element.find(f"{Q}multiInstanceLoopCharacteristics")
            count = 1 if many is None else len(self.variables[many.find(f"{Q}loopDataInputRef").text])
            token.inside = [Scope(net=self._net(inner), holder=token) for _ in range(count)]
            for one in list(token.inside):
                self._begin(one)

    def _follow(self, scope: Scope, node: str) -> None:
        element, ways = scope.net.nodes[node], scope.net.out[node]
        default, kind = element.get("default"), kind_of(element)
        plain = [one for one in ways if one.get("id") != default]
        taken = plain if kind == "parallelGateway" else [one for one in plain if self._holds(one)]
        if kind == "exclusiveGateway":
            taken = taken[:1]
        taken = taken or [one for one in ways if one.get("id") == default]
        if ways and not taken:
            raise NoWay(node)
        for one in taken:
            self._send(scope, one.get("targetRef"), one.get("id"))

    def _holds(self, flow: Any) -> bool:
        condition = flow.find(f"{Q}conditionExpression")
        return condition is None or bool(eval(condition.text, {}, dict(self.variables)))

    def _leave(self, token: Token) -> None:
        token.scope.tokens.remove(token)
        self._follow(token.scope, token.node)
        self._check(token.scope)

    def _check(self, scope: Scope) -> None:
        """A scope without tokens is over, and what holds it goes on when all within it are over."""
        if not scope.alive or scope.tokens or scope.moving or +scope.arrived:
            return
        scope.alive = False
        if scope.holder is None:
            self.done = True
        elif scope in scope.holder.inside:
            scope.holder.inside.remove(scope)
            if not scope.holder.inside:
                self._leave(scope.holder)

    def _clear(self, scope: Scope) -> None:
        scope.age += 1
        scope.moving = 0
        for token in scope.tokens:
            self._end(token)
        scope.tokens.clear()
        scope.arrived.clear()

    def _end(self, token: Token) -> None:
        """Nothing inside the activity of a token goes on, and nothing beside it waits."""
        token.armed.clear()
        for one in token.inside:
            one.alive = False
            self._clear(one)
        token.inside.clear()

    # events

    def _wanted(self, name: str, scope: Scope | None = None) -> tuple[str | None, str | None]:
        """What an event waits for or throws, with its message or code."""
        element = scope.net.nodes[name] if scope else self._find(name)
        if kind_of(element) == "receiveTask":
            return "message", self.names[element.get("messageRef")]
        for one in element:
            if isinstance(one.tag, str) and kind_of(one).endswith("EventDefinition"):
                kind = kind_of(one).removesuffix("EventDefinition")
                reference = one.get(f"{kind}Ref")
                return kind, (self.names if kind == "message" else self.codes).get(reference)
        return None, None

    def _find(self, name: str) -> Any:
        return next(net.nodes[name] for net in self.nets.values() if name in net.nodes)

    def _arm(self, element: Any) -> Armed:
        timer = element.find(f"{Q}timerEventDefinition")
        if timer is None:
            return Armed()
        text = timer[0].text.strip("'")
        if kind_of(timer[0]) == "timeCycle":
            count, text = text.removeprefix("R").split("/")
            every = _days(text)
            return Armed(left=int(count), due=self.now + every, every=every)
        return Armed(due=self.now + _days(text))

    def _fire(self, token: Token, name: str) -> None:
        scope, element = token.scope, token.scope.net.nodes[name]
        beside = element.get("cancelActivity") == "false"
        if beside:
            armed = token.armed[name]
            if armed.due is not None:  # a message or an escalation may come any number of times
                armed.left -= 1
                armed.due += armed.every or timedelta()
                if not armed.left:
                    del token.armed[name]
        else:
            scope.tokens.remove(token)
            self._end(token)
        self._follow(scope, name)
        self._check(scope)

    def _throw(self, kind: str, code: str, token: Token | None) -> None:
        """The innermost activity that has an event for the code, or else for any, takes it."""
        while token is not None:
            for wanted in ((kind, code), (kind, None)):
                for name in token.armed:
                    if name in token.scope.net.on[token.node] and self._wanted(name) == wanted:
                        self._fire(token, name)
                        return
            token = token.scope.holder
        if kind == "error":
            self.failed = code

    def _scopes(self, scope: Scope | None = None) -> Iterator[Scope]:
        scope = scope or self.root
        yield scope
        for token in list(scope.tokens):
            for one in list(token.inside):
                yield from self._scopes(one)

    def _tokens(self) -> Iterator[Token]:
        for scope in self._scopes():
            yield from scope.tokens

    def _waiting(self) -> list[tuple[Token, str, str, Armed]]:
        """Each event that waits: its token, its id, the element that people see waiting."""
        return [
            (token, name, self._shown(token, name), armed)
            for token in self._tokens()
            for name, armed in token.armed.items()
        ]

    def _shown(self, token: Token, name: str) -> str:
        races = kind_of(token.scope.net.nodes[token.node]) == "eventBasedGateway"
        return token.node if races and name not in token.scope.net.on[token.node] else name


def _days(text: str) -> timedelta:
    return timedelta(days=int(text[1:-1]))
