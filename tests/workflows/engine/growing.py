"""Grows diagrams at random, of whole blocks: a start, an end, and everything between that may stand there.

What stock SpiffWorkflow gets wrong is left out: parallel branches within a loop, two timers that race at one
moment, errors of one code in two places. Each task writes variables of its own.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

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
from tests.workflows.engine.walking import Trail

LEAVES = ("user", "script", "service", "receive", "race", "each", "pause")
BRANCHES = ("chain", "choice", "loop", "both", "inside", "called", "some")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A part of a diagram with one way in and one way out."""

    drawn: str
    first: str
    last: str


@dataclass(kw_only=True)
class Garden:
    """What has grown so far."""

    chance: random.Random
    count: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    answers: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)

    def name(self, kind: str) -> str:
        """A name that nothing else has."""
        self.count += 1
        return f"{kind}_{self.count}"

    def grow(self, depth: int, *, looping: bool = False) -> Block:
        """A block, of further blocks unless it is deep enough."""
        kinds = LEAVES if depth <= 0 else (*BRANCHES, "chain", self.chance.choice(LEAVES))
        kind = self.chance.choice(kinds)
        if kind in LEAVES:
            return getattr(self, f"_{kind}")()
        if kind in ("both", "some") and looping:
            kind = "choice"
        return getattr(self, f"_{kind}")(depth - 1, looping)

    def _leaf(self, name: str, drawn: str) -> Block:
        return Block(drawn=drawn, first=name, last=name)

    def _user(self) -> Block:
        name = self.name("user")
        self.answers[name] = {f"v_{name}": [1, True, "a", [1], {"k": [1, 2]}, None]}
        return self._leaf(name, user(name))

    def _script(self) -> Block:
        name = self.name("script")
        return self._leaf(name, element("scriptTask", name, f"<script>v_{name} = [1, {{'a': 2}}]</script>"))

    def _service(self) -> Block:
        name = self.name("service")
        asked = extended(operator("note", result=f"v_{name}", value="case"))
        return self._leaf(name, element("serviceTask", name, asked))

    def _message(self) -> str:
        name = self.name("message")
        self.messages.append(name)
        return name

    def _receive(self) -> Block:
        name = self.name("receive")
        kept = extended(own("messageVariable", f"v_{name}"))
        return self._leaf(name, element("receiveTask", name, kept, messageRef=self._message()))

    def _duration(self) -> str:
        self.count += 1
        return f"'PT{7 * self.count + 1}M'"

    def _pause(self) -> Block:
        name = self.name("pause")
        return self._leaf(name, element("intermediateCatchEvent", name, timer(self._duration())))

    def _race(self) -> Block:
        name, reply, silence, last = (self.name(kind) for kind in ("race", "reply", "silence", "merge"))
        kept = message(self._message(), extended(own("messageVariable", f"v_{reply}")))
        drawn = element("eventBasedGateway", name) + element("exclusiveGateway", last)
        drawn += element("intermediateCatchEvent", reply, kept)
        drawn += element("intermediateCatchEvent", silence, timer(self._duration()))
        drawn += flows(f"{name} {reply}", f"{name} {silence}", f"{reply} {last}", f"{silence} {last}")
        return Block(drawn=drawn, first=name, last=last)

    def _each(self) -> Block:
        name = self.name("each")
        results, entry, result = f"list_{name}", f"entry_{name}", f"result_{name}"
        self.lists.append(results)
        order = self.chance.choice(["true", "false"])
        loop = (
            f'<multiInstanceLoopCharacteristics isSequential="{order}">'
            f"<loopDataInputRef>people</loopDataInputRef><loopDataOutputRef>{results}</loopDataOutputRef>"
            f'<inputDataItem id="{entry}"/><outputDataItem id="{result}"/></multiInstanceLoopCharacteristics>'
        )
        self.answers[name] = {result: [[1], 2, {"a": 1}]}
        given = extended(properties(formKey="form", role="clerk"), own("preScript", f"{results} = []"))
        return self._leaf(name, element("userTask", name, given + loop))

    def _chain(self, depth: int, looping: bool) -> Block:
        one, two = self.grow(depth, looping=looping), self.grow(depth, looping=looping)
        return Block(
            drawn=one.drawn + two.drawn + flows(f"{one.last} {two.first}"), first=one.first, last=two.last
        )

    def _asked(self) -> tuple[Block, str]:
        asked = self._user()
        variable = f"yes_{asked.first}"
        self.answers[asked.first][variable] = [True, False, False]
        return asked, variable

    def _choice(self, depth: int, looping: bool) -> Block:
        asked, variable = self._asked()
        which, last = self.name("which"), self.name("merge")
        one, two = self.grow(depth, looping=looping), self.grow(depth, looping=looping)
        drawn = asked.drawn + one.drawn + two.drawn + element("exclusiveGateway", last)
        drawn += element("exclusiveGateway", which, default=f"{which}_{two.first}")
        drawn += flows(
            f"{asked.last} {which}", f"{which} {two.first}", f"{one.last} {last}", f"{two.last} {last}"
        )
        return Block(drawn=drawn + flow(which, one.first, variable), first=asked.first, last=last)

    def _loop(self, depth: int, _looping: bool) -> Block:
        asked, variable = self._asked()
        which, out = self.name("again"), self.name("out")
        body = self.grow(depth, looping=True)
        drawn = asked.drawn + body.drawn + element("exclusiveGateway", out)
        drawn += element("exclusiveGateway", which, default=f"{which}_{out}")
        drawn += flows(f"{asked.last} {body.first}", f"{body.last} {which}", f"{which} {out}")
        return Block(drawn=drawn + flow(which, asked.first, variable), first=asked.first, last=out)

    def _split(self, kind: str, branches: list[Block], condition: str | None) -> Block:
        split, join = self.name("split"), self.name("join")
        default = {"default": f"{split}_{branches[0].first}"} if condition else {}
        drawn = element(kind, split, **default) + element(kind, join)
        for number, branch in enumerate(branches):
            drawn += branch.drawn + flow(split, branch.first, condition if number else None)
            drawn += flows(f"{branch.last} {join}")
        return Block(drawn=drawn, first=split, last=join)

    def _both(self, depth: int, _looping: bool) -> Block:
        return self._split("parallelGateway", [self.grow(depth) for _ in range(2)], None)

    def _some(self, _depth: int, _looping: bool) -> Block:
        asked, variable = self._asked()
        chosen = self._split("inclusiveGateway", [self._user() for _ in range(3)], variable)
        drawn = asked.drawn + chosen.drawn + flows(f"{asked.last} {chosen.first}")
        return Block(drawn=drawn, first=asked.first, last=chosen.last)

    def _scope(self, inner: Block) -> str:
        first, last = self.name("start"), self.name("end")
        drawn = element("startEvent", first) + inner.drawn + element("endEvent", last)
        return drawn + flows(f"{first} {inner.first}", f"{inner.last} {last}")

    def _inside(self, depth: int, looping: bool) -> Block:
        inner = self._scope(self.grow(depth, looping=looping))
        name = self.name("sub")
        return self._hosted(name, element("subProcess", name, inner))

    def _called(self, depth: int, looping: bool) -> Block:
        key, known = self.name("process"), len(self.messages)
        inner = self._scope(self.grow(depth, looping=looping))
        mine, self.messages = self.messages[known:], self.messages[:known]
        drawn = process(self._declared() + inner, key)
        self.files[f"{key}.bpmn"] = definitions(shared(key, mine), drawn)
        name = self.name("call")
        return self._hosted(name, element("callActivity", name, calledElement=key))

    def _hosted(self, name: str, host: str) -> Block:
        kind = self.chance.choice(["none", "late", "off", "remind"])
        if kind == "none":
            return self._leaf(name, host)
        event, last = self.name(kind), self.name("merge")
        waits = message(self._message()) if kind == "off" else timer(self._duration())
        drawn = host + element("exclusiveGateway", last) + flows(f"{name} {last}")
        drawn += boundary(event, name, waits, interrupting="false" if kind == "remind" else "true")
        aside = self._user()
        drawn += aside.drawn + flows(f"{event} {aside.first}")
        if kind == "remind":
            end = self.name("end")
            drawn += element("endEvent", end) + flows(f"{aside.last} {end}")
        else:
            drawn += flows(f"{aside.last} {last}")
        return Block(drawn=drawn, first=name, last=last)

    def _declared(self) -> str:
        return element("property", "people") + "".join(element("property", name) for name in self.lists)


def shared(key: str, messages: list[str]) -> str:
    """The messages of a process with their correlation."""
    declared = "".join(element("message", name, name=name) for name in messages)
    retrieved = "".join(
        f'<correlationPropertyRetrievalExpression messageRef="{name}"><messagePath>case</messagePath>'
        "</correlationPropertyRetrievalExpression>"
        for name in messages
    )
    if not messages:
        return ""
    return (
        f'{declared}<collaboration id="c_{key}"><participant id="pool_{key}" processRef="{key}"/>'
        f'<correlationKey id="k_{key}" name="case"><correlationPropertyRef>case_{key}'
        "</correlationPropertyRef></correlationKey></collaboration>"
        f'<correlationProperty id="case_{key}" name="case">{retrieved}</correlationProperty>'
    )


def grown(seed: int, depth: int = 5) -> Trail:
    """A diagram to walk over."""
    garden = Garden(chance=random.Random(seed))
    block = garden.grow(depth)
    first, last = garden._user(), garden._user()
    body = first.drawn + block.drawn + last.drawn
    body += flows(
        f"s {first.first}", f"{first.last} {block.first}", f"{block.last} {last.first}", f"{last.last} e"
    )
    drawn = process(garden._declared() + START + body + END)
    return Trail(
        sources={"p.bpmn": definitions(shared("p", garden.messages), drawn), **garden.files},
        answers=garden.answers,
        variables={"people": ["x", "y"]},
        services={"note": lambda asked: [asked["value"]]},
    )
