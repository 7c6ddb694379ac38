"""Many people claim from one list at the same time: claims a second, latency, and how many came too late.

`python -m benchmarks.claim [--people 1 8] [--stores sqlite pg] [--items 400]` prints JSON lines. Each person
reads a page, picks one item at random and claims it, until nothing is open; each act is a transaction of its
own, in a thread of its own. At the end every item has exactly one claim, or the run fails.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median, quantiles

from sqlalchemy import func, select

from benchmarks.peer.work import fresh_store
from benchmarks.peer.zige import Zige
from models import db
from models.base.errors import AlreadyClaimed
from models.persons.people import Person, Post
from models.processes.instances import Event, WorkItem
from workflows.clock import now


@dataclass(kw_only=True)
class Claims:
    """What one person did: seconds of each claim, and how often somebody else was faster."""

    seconds: list[float] = field(default_factory=list)
    late: int = 0


def main() -> None:
    """Measure each number of people on each store."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.claim")
    options.add_argument("--people", nargs="+", type=int, default=[1, 8])
    options.add_argument("--stores", nargs="+", default=["sqlite", "pg"], choices=["sqlite", "pg"])
    options.add_argument("--items", type=int, default=400)
    chosen = options.parse_args()
    for kind in chosen.stores:
        for people in chosen.people:
            print(json.dumps(_measured(kind, people, chosen.items)), flush=True)


def _measured(kind: str, people: int, items: int) -> dict[str, object]:
    with fresh_store(kind) as store:
        desk = Zige(store)
        for _ in range(items):
            desk.start()
        numbers = [_hire(desk, number) for number in range(people)]
        begun = time.perf_counter()
        with ThreadPoolExecutor(people) as pool:
            done = list(pool.map(lambda number: _claim_all(desk, number), numbers))
        wall = time.perf_counter() - begun
        _check(items)
        db.session.remove()
        db.engine.dispose()
    seconds = [second for one in done for second in one.seconds]
    return {
        "store": kind,
        "people": people,
        "claims_per_s": round(items / wall),
        "claim_ms_p50": round(1e3 * median(seconds), 2),
        "claim_ms_p99": round(1e3 * quantiles(seconds, n=100)[98], 2),
        "late": sum(one.late for one in done),
    }


def _hire(desk: Zige, number: int) -> int:
    role = db.session.scalar(select(Post.role).limit(1))
    person = Person(kind="staff", login=f"p{number}", name="", password_hash="", created_at=now())
    person.posts = [Post(role=role)]
    db.session.add(person)
    db.session.flush()
    found = person.id
    db.session.commit()
    return found


def _claim_all(desk: Zige, person: int) -> Claims:
    chance, did = random.Random(person), Claims()
    with desk.app.app_context():
        mine = desk.as_person(person)
        while page := mine.list():
            begun = time.perf_counter()
            try:
                mine.claim(chance.choice(page))
                did.seconds.append(time.perf_counter() - begun)
            except AlreadyClaimed:
                db.session.rollback()
                did.late += 1
        db.session.remove()
    return did


def _check(items: int) -> None:
    held = db.session.scalar(select(func.count()).select_from(WorkItem).where(WorkItem.state == "claimed"))
    noted = db.session.scalar(select(func.count()).select_from(Event).where(Event.kind == "claimed"))
    assert held == noted == items, (held, noted, items)


if __name__ == "__main__":
    main()
