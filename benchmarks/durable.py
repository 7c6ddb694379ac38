"""What waiting for the disk costs on SQLite: `synchronous=FULL`, as the product has it, against NORMAL.

`python -m benchmarks.durable [--tasks 200]` prints a JSON line: milliseconds for start, list, claim and
complete of a task, the two taking turns on one database, and their ratio. The cost is a matter of the disk.
"""

from __future__ import annotations

import argparse
import json
import time
from statistics import median

from sqlalchemy import event

from benchmarks.peer.work import fresh_store
from benchmarks.peer.zige import Zige
from models import db

LEVELS = ("FULL", "NORMAL")


def main() -> None:
    """Measure both levels in turns."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.durable")
    options.add_argument("--tasks", type=int, default=200)
    print(json.dumps(_measured(options.parse_args().tasks)), flush=True)


def _measured(tasks: int) -> dict[str, object]:
    with fresh_store("sqlite") as store:
        desk = Zige(store)
        now = _switch()
        spent: dict[str, list[float]] = {level: [] for level in LEVELS}
        for _ in range(tasks):
            for level in LEVELS:
                now["level"] = level
                spent[level].append(_one_task(desk))
        db.session.remove()
        db.engine.dispose()
    full, normal = (median(spent[level]) for level in LEVELS)
    times = {f"{level.lower()}_ms": round(median(spent[level]) * 1000, 2) for level in LEVELS}
    return {"benchmark": "durable", "tasks": tasks, **times, "ratio": round(full / normal, 2)}


def _switch() -> dict[str, str]:
    """The level that the next connection has, which can be changed between two transactions only."""
    now = {"level": LEVELS[0]}

    @event.listens_for(db.engine, "checkout")
    def _set(connection: object, *_: object) -> None:
        connection.execute(f"PRAGMA synchronous={now['level']}")  # type: ignore[attr-defined]

    return now


def _one_task(desk: Zige) -> float:
    begun = time.perf_counter()
    desk.start()
    task = desk.list()[0]
    desk.claim(task)
    desk.complete(task)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
