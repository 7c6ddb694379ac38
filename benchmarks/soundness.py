"""Whether every process of the library comes to an end: the walk over all of them, beside reading them.

`python -m benchmarks.soundness` prints a JSON line: milliseconds of CPU time for reading the files and for
the walk, the ratio of the two, and how many states were looked at.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from workflows.engine.lint.reading.diagram import Diagram
from workflows.engine.soundness.telling import SoundnessCheck
from workflows.engine.source import safe_xml

LIBRARY = Path(__file__).resolve().parents[1] / "workflows" / "library"
TIMES = 15


def main() -> None:
    """Measure both, several times."""
    sources = {path.name: path.read_bytes() for path in sorted(LIBRARY.rglob("*.bpmn"))}
    reading = median(_measure_cpu(lambda: _read_diagrams(sources)) for _ in range(TIMES))
    walking = median(_measure_cpu(partial(_count_states, _read_diagrams(sources))) for _ in range(TIMES))
    line = {
        "benchmark": "soundness",
        "diagrams": len(sources),
        "states": _count_states(_read_diagrams(sources)),
        "reading_ms": round(reading * 1000, 2),
        "walking_ms": round(walking * 1000, 2),
        "ratio": round(walking / reading, 2),
    }
    print(json.dumps(line), flush=True)


def _measure_cpu(act: Callable[[], object]) -> float:
    begun = time.process_time()
    act()
    return time.process_time() - begun


def _read_diagrams(sources: dict[str, bytes]) -> list[Diagram]:
    return [Diagram(file, safe_xml.parse_xml(content, name=file)) for file, content in sources.items()]


def _count_states(diagrams: list[Diagram]) -> int:
    check = SoundnessCheck(diagrams)
    return sum(check.judge.judge(key).states for key in check.nets)


if __name__ == "__main__":
    main()
