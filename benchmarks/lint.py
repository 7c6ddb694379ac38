"""What checking a deployment costs: the files that once held the write lock for minutes, and how cost grows.

`python -m benchmarks.lint` prints a line for 10 processes with 400 parallel gateways in all, one for 400 in
each, and for each kind of drawing the CPU time at n, 2n and 4n with the two ratios: near 2 is linear, 4 would
be quadratic. Drawings that a rule refuses are measured too: refusing must be cheap.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from itertools import pairwise

from tests.workflows.engine.diagrams.drawing import (
    END,
    START,
    boundary,
    definitions,
    element,
    extended,
    flow,
    process,
    straight,
    timer,
    user,
)
from workflows.engine.lint import lint_files
from workflows.engine.source.environment import Environment
from workflows.engine.state import specs

KNOWN = Environment(forms=frozenset({"form"}), roles=frozenset({"clerk"}))
DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
GATEWAYS = 396  # of one process, with start and end nearly as many elements as one may have


def forks(count: int, name: str = "p") -> str:
    """A process of parallel gateways: each splits into two ways that meet again."""
    body, last = element("startEvent", f"{name}.s"), f"{name}.s"
    for number in range(count // 4):
        split, *between, join = (f"{name}.{part}{number}" for part in ("split", "one", "other", "join"))
        body += "".join(element("parallelGateway", one) for one in (split, *between, join))
        body += flow(last, split) + "".join(flow(split, way) + flow(way, join) for way in between)
        last = join
    return process(body + element("endEvent", f"{name}.e") + flow(last, f"{name}.e"), name)


def chain(count: int) -> bytes:
    """User tasks one after the other."""
    names = ["s", *(f"t{number}" for number in range(count)), "e"]
    return _drawn(START + END + "".join(map(user, names[1:-1])) + _joined(names))


def round_about(count: int) -> bytes:
    """Parallel splits and joins, all on one circle."""
    names = [f"g{number}" for number in range(count)]
    body = START + END + element("exclusiveGateway", "in") + element("exclusiveGateway", "out")
    body += "".join(element("parallelGateway", name) for name in names)
    body += _joined(["s", "in", *names, "out", "e"]) + flow("out", "in", "x")
    for one, other in zip(names[::2], names[1::2], strict=True):
        body += element("parallelGateway", f"{one}.way") + flow(one, f"{one}.way") + flow(f"{one}.way", other)
    return _drawn(body)


def wide(count: int) -> bytes:
    """One split with many branches, each with a public state, and one join."""
    names = [f"t{number}" for number in range(count)]
    body = START + END + element("parallelGateway", "split") + element("parallelGateway", "join")
    body += "".join(user(name, publicState=f"state{name}") for name in names)
    body += flow("s", "split") + flow("join", "e")
    return _drawn(body + "".join(flow("split", name) + flow(name, "join") for name in names))


def choices(count: int) -> bytes:
    """One choice with many ways into one parallel join."""
    names = [f"g{number}" for number in range(count)]
    body = START + END + element("exclusiveGateway", "split", default="split_g0")
    body += "".join(element("parallelGateway", name) for name in names) + element("parallelGateway", "join")
    body += flow("s", "split") + flow("join", "e")
    ways = (flow("split", name, "x" if number else None) for number, name in enumerate(names))
    return _drawn(body + "".join(ways) + "".join(flow(name, "join") for name in names))


def between_two(count: int) -> bytes:
    """Many flows between two gateways."""
    body = START + END + element("parallelGateway", "split") + element("parallelGateway", "join")
    body += flow("s", "split") + flow("join", "e")
    flows = (
        element("sequenceFlow", f"f{number}", sourceRef="split", targetRef="join") for number in range(count)
    )
    return _drawn(body + "".join(flows))


def nested(count: int) -> bytes:
    """Sub-processes within each other."""
    inner = straight(user("x"))
    for number in range(count):
        begin, end = element("startEvent", f"s{number}"), element("endEvent", f"e{number}")
        held = element("subProcess", f"n{number}", inner)
        inner = begin + held + end + flow(f"s{number}", f"n{number}") + flow(f"n{number}", f"e{number}")
    return _drawn(inner)


def boundaries(count: int) -> bytes:
    """Many timers beside one task, each with a way of its own."""
    body = START + END + user("x", publicState="here") + flow("s", "x") + flow("x", "e")
    for number in range(count):
        name = f"b{number}"
        body += boundary(name, "x", timer("'P1D'"), interrupting="false")
        body += user(f"t{number}", publicState="there") + flow(name, f"t{number}") + flow(f"t{number}", "e")
    return _drawn(body)


def attributes(count: int) -> bytes:
    """Many attributes on one element."""
    many = {f"a{number}": "x" for number in range(count)}
    return _drawn(straight(element("task", "x", **many)))


def namespaces(count: int) -> bytes:
    """Many namespaces, each declared and used once."""
    parts = "".join(f'<n{number}:a xmlns:n{number}="urn:{number}"/>' for number in range(count))
    return _drawn(straight(element("userTask", "x", extended(parts))))


def extensions(count: int) -> bytes:
    """Many extension elements on one task."""
    parts = '<spiffworkflow:property name="role" value="clerk"/>' * count
    held = f"<spiffworkflow:properties>{parts}</spiffworkflow:properties>"
    return _drawn(straight(element("userTask", "x", extended(held))))


def data_objects(count: int) -> bytes:
    """Many data objects."""
    return _drawn(straight(user("x")) + "".join(element("dataObject", f"d{n}") for n in range(count)))


def long_names(count: int) -> bytes:
    """Ids and names of many characters, in many elements that are refused."""
    return _drawn("".join(element("task", f"{n}" + "i" * 2_000, name="n" * 2_000) for n in range(count)))


def rows(count: int) -> bytes:
    """A decision table with many rules."""
    cells = "".join(_rule(number, 2) for number in range(count))
    return _table(2, cells)


def columns(count: int) -> bytes:
    """A decision table with many columns."""
    return _table(count, _rule(1, count) + _rule(2, count))


def _joined(names: list[str]) -> str:
    return "".join(flow(*pair) for pair in pairwise(names))


def _drawn(body: str) -> bytes:
    return definitions(process(body))


def _rule(number: int, inputs: int) -> str:
    tests = f'<inputEntry><text>&gt;= {number}, "a{number}"</text></inputEntry>' * inputs
    return f'<rule id="r{number}">{tests}<outputEntry><text>{number}</text></outputEntry></rule>'


def _table(inputs: int, rules: str) -> bytes:
    head = "<input><inputExpression><text>x</text></inputExpression></input>"
    table = f'<decisionTable hitPolicy="FIRST">{head * inputs}<output name="y"/>{rules}</decisionTable>'
    decision = f'<decision id="k" name="k">{table}</decision>'
    return f'<definitions xmlns="{DMN}" id="d">{decision}</definitions>'.encode()


KINDS: dict[str, tuple[Callable[[int], bytes], int]] = {
    "forks": (lambda count: definitions(forks(count)), 98),
    "chain": (chain, 98),
    "round_about": (round_about, 48),
    "wide": (wide, 48),
    "choices": (choices, 48),
    "between_two": (between_two, 250),
    "nested": (nested, 22),
    "boundaries": (boundaries, 48),
    "attributes": (attributes, 5_000),
    "namespaces": (namespaces, 100),
    "extensions": (extensions, 2_000),
    "data_objects": (data_objects, 2_000),
    "long_names": (long_names, 100),
    "rows": (rows, 500),
    "columns": (columns, 100),
}


def seconds(source: bytes, name: str = "p.bpmn") -> float:
    """CPU time of checking one file, the best of three."""
    spent = []
    for _ in range(3):
        before = time.process_time()
        lint_files({name: source}, KNOWN)
        spent.append(time.process_time() - before)
    return min(spent)


def grown(name: str) -> dict[str, object]:
    """The times of one kind at n, 2n and 4n."""
    draw, count = KINDS[name]
    file = "t.dmn" if name in ("rows", "columns") else "p.bpmn"
    one, two, four = (seconds(draw(count * times), file) for times in (1, 2, 4))
    times = [round(time_ * 1000, 1) for time_ in (one, two, four)]
    return {"kind": name, "n": count, "ms": times, "ratios": [round(two / one, 1), round(four / two, 1)]}


def whole(gateways: int) -> dict[str, object]:
    """Ten processes of parallel gateways in one file: checked, and built for a release."""
    source = definitions("".join(forks(gateways, f"p{number}") for number in range(10)))
    before = time.process_time()
    found = lint_files({"p.bpmn": source}, KNOWN)
    between = time.process_time()
    for made in specs.parse_files([("p.bpmn", source)], {}).values():
        specs.dump_specs(made)
    return {
        "deployment": f"10 processes of {gateways} parallel gateways",
        "kilobytes": len(source) // 1024,
        "problems": len(found),
        "lint_s": round(between - before, 2),
        "build_s": round(time.process_time() - between, 2),
    }


def main() -> None:
    """Print a line for each deployment and each kind."""
    for gateways in (40, GATEWAYS):
        print(json.dumps(whole(gateways)), flush=True)
    for name in KINDS:
        print(json.dumps(grown(name)), flush=True)


if __name__ == "__main__":
    main()
