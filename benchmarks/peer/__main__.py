"""Run every peer in a process of its own, one after another, and print a JSON line for each."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from importlib import import_module

from benchmarks.peer.work import fresh_store, measure

PEERS = {
    "bare_driver": "benchmarks.peer.bare:Bare",
    "raw_spiffworkflow": "benchmarks.peer.raw_spiff:RawSpiff",
    "viewflow": "benchmarks.peer.viewflow:Viewflow",
    "zige": "benchmarks.peer.zige:Zige",
}


def main() -> None:
    """Without --peer: all of them, on each store."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.peer")
    options.add_argument("--peer", choices=PEERS)
    options.add_argument("--stores", nargs="+", default=["sqlite", "pg"], choices=["sqlite", "pg"])
    options.add_argument("--instances", type=int, default=30)
    chosen = options.parse_args()
    if chosen.peer:
        _one(chosen.peer, chosen.stores[0], chosen.instances)
        return
    for store in chosen.stores:
        for peer in PEERS:
            command = [sys.executable, "-W", "ignore", "-m", "benchmarks.peer", "--peer", peer]
            subprocess.run([*command, "--stores", store, "--instances", str(chosen.instances)], check=False)


def _one(name: str, kind: str, instances: int) -> None:
    module, _, attribute = PEERS[name].partition(":")
    with fresh_store(kind) as store:
        peer = getattr(import_module(module), attribute)(store)
        figures = measure(peer, store, instances)
    print(json.dumps({"peer": name, "store": kind, "tasks": instances * 10} | figures.as_row()), flush=True)


if __name__ == "__main__":
    main()
