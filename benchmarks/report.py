"""`./zige bench-report`: run the measurements and write them as one page, build/bench.md."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.__main__ import PARTS

PAGE = Path(__file__).parents[1] / "build" / "bench.md"
TITLES = {
    "benchmarks.engine": "Load, complete one user task, save: Zige beside stock SpiffWorkflow",
    "benchmarks.lint": "Lint and deployment of large diagrams",
    "benchmarks.soundness": "Soundness of the library",
    "benchmarks.claim": "Many people claim from one list",
    "benchmarks.worker": "Jobs and timers with one worker and with two",
    "benchmarks.durable": "What waiting for the disk costs",
    "benchmarks.peer": "List, claim, complete: Zige beside its peers",
    "benchmarks.pages": "What pages weigh, and their statements",
    "benchmarks.slow": "Good clients beside slow ones",
}


def main() -> None:
    """Measure, print as it goes, and write the page."""
    page = "\n".join(_page())
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page, encoding="utf-8")
    print(f"→ {PAGE}", flush=True)


def _page() -> Iterator[str]:
    yield "# Measurements\n"
    yield f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}."
    yield "Ratios within one table are to be trusted; single times are the machine's of that hour.\n"
    for part in PARTS:
        yield f"## {TITLES[part]}\n\n`python -m {part}`\n"
        yield from table(list(_measured(part)))
        yield ""


def _measured(part: str) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-W", "ignore", "-m", part]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        for line in running.stdout or ():
            print(line, end="", flush=True)
            yield json.loads(line)
    if running.returncode:
        sys.exit(f"{part} failed")


def table(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Rows of figures as a table; its columns are those of the first row."""
    columns = list(rows[0])
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(str(row.get(column, '')) for column in columns)} |"


if __name__ == "__main__":
    main()
