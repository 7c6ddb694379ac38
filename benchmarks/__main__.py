"""`./zige bench`: all measurements, one after another, as JSON lines."""

from __future__ import annotations

import subprocess
import sys

PARTS = (
    "benchmarks.engine",
    "benchmarks.lint",
    "benchmarks.soundness",
    "benchmarks.claim",
    "benchmarks.worker",
    "benchmarks.durable",
    "benchmarks.peer",
    "benchmarks.pages",
    "benchmarks.slow",
)


def main() -> None:
    """Run each part in a process of its own."""
    for part in PARTS:
        subprocess.run([sys.executable, "-W", "ignore", "-m", part], check=True)


if __name__ == "__main__":
    main()
