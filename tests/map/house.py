"""The house as it stands: its rooms, how large they are, and who imports whom.

A room is a folder of modules. `python -m tests.map.house` draws docs/architecture.svg from the imports.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "architecture.md"
PICTURE = PAGE.with_suffix(".svg")
TOPS = (
    "handlers",
    "domain",
    "workflows",
    "models",
    "connectors",
    "settings",
    "translations",
    "simulator",
    "launcher",
)
# The rooms from the ground up: a room imports from the floors below its own, never from beside or above.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("translations", "simulator.faults", "simulator.wechat", "launcher"),
    ("simulator",),
    ("models.base", "settings", "connectors", "connectors.documents"),
    (
        "models.authorities",
        "connectors.channels",
        "connectors.pages",
        "connectors.registers",
        "connectors.storage",
    ),
    ("models.persons", "models.processes"),
    ("models.cases",),
    ("models.listing",),
    ("models",),
    ("workflows",),
    ("workflows.definitions.reading", "workflows.engine.source", "workflows.engine.expressions"),
    ("workflows.definitions.designed_forms",),
    ("workflows.definitions",),
    ("workflows.forms", "workflows.engine.source.normal_form"),
    ("workflows.engine.decisions.model", "workflows.engine.elements", "workflows.engine.lint.reading"),
    ("workflows.engine.decisions.checks", "workflows.engine.soundness"),
    ("workflows.engine.decisions",),
    ("workflows.engine.recording",),
    ("workflows.engine.state", "workflows.engine.lint.shape", "workflows.diagrams"),
    ("workflows.engine.moves", "workflows.engine.lint.meaning"),
    ("workflows.engine.lint.types",),
    ("workflows.engine.migrating", "workflows.engine.lint.data", "workflows.engine.lint.public_states"),
    ("workflows.engine.lint", "workflows.engine.replay"),
    ("workflows.engine",),
    ("workflows.worklist", "workflows.background"),
    ("domain.outside", "domain.wording"),
    ("domain.outside.records", "domain.notices"),
    ("domain.rules",),
    ("domain.accounts", "domain.cases", "domain.messages", "domain.diagrams", "domain.site"),
    ("domain.deadlines", "domain.reach", "domain.checking", "domain.sample"),
    ("domain.papers", "domain.upkeep", "domain.upkeep.backups", "domain.upkeep.doctor"),
    ("domain",),
    ("handlers.entry", "handlers.diagrams", "handlers.services"),
    ("handlers.page", "handlers.commands"),
    ("handlers.account.proofs", "handlers.authority", "handlers.preferences", "handlers.preview"),
    ("handlers.account.requests", "handlers.account.wechat"),
    ("handlers.account.registration",),
    ("handlers.account",),
    (
        "handlers.profile.records",
        "handlers.apply.choices",
        "handlers.apply.resume",
        "handlers.casework.dossier",
    ),
    ("handlers.profile", "handlers.public", "handlers.api", "handlers.apply.summary"),
    ("handlers.casework.forms", "handlers.casework.worklist", "handlers.casework.desk"),
    ("handlers.casework.messages", "handlers.casework.tasks", "handlers.apply.forms"),
    ("handlers.apply.changing",),
    ("handlers.apply.pictures",),
    ("handlers.apply.applications", "handlers.apply.wizard"),
    ("handlers.casework.cases", "handlers.apply"),
    ("handlers.casework",),
    ("handlers",),
)
# The few that may look at what stands beside the house: room → the rooms that nobody else may import.
ONLY = {
    "connectors": {"domain.outside", "domain.outside.records"},  # one place speaks with the outside
    "simulator": {"domain.sample"},  # the sample world shares its people with the registers
}
SINGLE = {"launcher"}  # runs before anything is installed, and imports nothing of ours


@cache
def modules() -> dict[str, Path]:
    """Every module of the product by its dotted name."""
    found = {}
    for top in TOPS:
        for path in (ROOT / top).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports() -> dict[str, frozenset[str]]:
    """Module → the modules of ours that it imports, wherever in its text."""
    return {name: frozenset(_imported(path)) for name, path in modules().items()}


@cache
def packages(module: str) -> frozenset[str]:
    """The packages that a module imports, ours or others', wherever in its text."""
    found = set()
    for node in ast.walk(ast.parse(modules()[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return frozenset(found)


def room_of(module: str) -> str:
    """The folder of a module; a blueprint on which a whole place hangs its pages stands on the ground."""
    if modules()[module].name == "__init__.py":
        return module
    room = module.rpartition(".")[0]
    divided = any(one.startswith(f"{room}.") and "." in one.removeprefix(f"{room}.") for one in modules())
    return "" if divided and module.endswith(".blueprint") else room


def arrows() -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(room, room) → the pairs of modules by which the first imports the second."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for module, others in imports().items():
        for other in others:
            pair = room_of(module), room_of(other)
            if pair[0] != pair[1] and all(pair):
                found[pair].append((module, other))
    return dict(found)


def sizes() -> dict[str, int]:
    """Room → its lines."""
    lines: dict[str, int] = defaultdict(int)
    for module, path in modules().items():
        lines[room_of(module)] += len(path.read_text(encoding="utf-8").splitlines())
    lines.pop("", None)
    return dict(lines)


def circles() -> list[list[str]]:
    """Modules that import each other in a ring, each ring once."""
    rings: list[list[str]] = []
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []

    def visit(module: str) -> None:  # Tarjan, Depth-first search and linear graph algorithms, 1972
        order[module] = low[module] = len(order)
        stack.append(module)
        for other in imports()[module]:
            if other not in order:
                visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], order[other])
        if low[module] == order[module]:
            ring = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            rings.extend([ring] if len(ring) > 1 else [])

    for module in modules():
        if module not in order:
            visit(module)
    return rings


def _imported(path: Path) -> Iterator[str]:
    known = modules()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                if full in known or node.module in known:
                    yield full if full in known else node.module


WIDTH, ROW, GAP, LEFT, EDGE = 1180, 30, 10, 118, 12
BADGE = 19  # from one number in a room to the next
COLOURS = ("#1769aa", "#b3261e", "#2e7d32", "#7b1fa2", "#a15c00")
STYLE = (
    "text{font:12px 'Noto Sans CJK SC',system-ui,sans-serif;fill:#1f2933}"
    ".band{fill:#f4f6f8}.room{fill:#fff;stroke:#9aa5b1}.size{fill:#616e7c;font-size:10px}"
    ".name{font-weight:600;font-size:13px}"
    "@media(prefers-color-scheme:dark){text{fill:#e4e7eb}.band{fill:#1f2933}"
    ".room{fill:#323f4b;stroke:#7b8794}.size{fill:#cbd2d9}}"
    ".badge{font-size:10px;font-weight:600;fill:#fff;text-anchor:middle}"
    + "".join(f".way{number} circle{{fill:{colour}}}" for number, colour in enumerate(COLOURS))
)


@dataclass(frozen=True, kw_only=True)
class Way:
    """How one thing goes through the house: the rooms that its paragraph names, in order."""

    title: str
    places: tuple[str, ...]  # as written: a path from the root, perhaps with `: function`
    rooms: tuple[str, ...]


def ways() -> list[Way]:
    """The paragraphs of "The way of five things" in docs/architecture.md."""
    text = PAGE.read_text(encoding="utf-8").partition("## The way of five things")[2]
    return [
        _way(title, told) for title, told in re.findall(r"\*\*(.+?)\.\*\*(.+?)(?:\n\n|\Z)", text, re.DOTALL)
    ]


def _way(title: str, told: str) -> Way:
    places = tuple(re.findall(r"`((?:\w+/)+(?:\w+(?:\.py)?)?(?:: \w+)?)`", told))
    rooms = [room_at(place) for place in places]
    return Way(title=title, places=places, rooms=tuple(room for room, _ in groupby(rooms)))


def room_at(place: str) -> str:
    """The room of a place, a file or a folder."""
    path = ROOT / place.partition(":")[0]
    found = [name for name, file in modules().items() if file in (path, path / "__init__.py")]
    assert found, f"docs/architecture.md names {place}, which is nowhere"
    return room_of(found[0])


def draw() -> str:
    """The floors as an SVG, the roof on top: the rooms, and the ways of five things through them."""
    shapes, top = [], EDGE
    leans: dict[str, set[str]] = defaultdict(set)
    for first, second in arrows():
        leans[first].add(second)
    ends: dict[str, float] = {}  # room → its right edge
    tops: dict[str, float] = {}
    for house in TOPS[:4]:
        floors = [[room for room in floor if _top(room) == house] for floor in reversed(FLOORS)]
        floors = [rooms for rooms in floors if rooms]
        width, height = WIDTH - 2 * EDGE, len(floors) * (ROW + GAP) + GAP
        shapes.append(f'<rect class="band" x="{EDGE}" y="{top}" width="{width}" height="{height}"/>')
        shapes.append(f'<text class="name" x="{EDGE + 10}" y="{top + 24}">{house}</text>')
        for number, rooms in enumerate(floors):
            shapes += _row(rooms, top + GAP + number * (ROW + GAP), leans, ends, tops)
        top += height + GAP
    beside = [room for floor in FLOORS for room in floor if _top(room) in TOPS[4:]]
    shapes.append(f'<text class="name" x="{EDGE + 10}" y="{top + 20}">beside</text>')
    shapes += _row(beside, top, leans, ends, tops)
    shapes += _badges(ends, tops, top + ROW + GAP)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + 2 * ROW + EDGE}" role="img"'
        f' aria-label="Floors and rooms of Zige, and how five things go through them"><style>{STYLE}</style>'
        f"{''.join(shapes)}</svg>\n"
    )


def _top(room: str) -> str:
    return room.partition(".")[0]


def _row(
    rooms: list[str], top: int, leans: dict[str, set[str]], ends: dict[str, float], tops: dict[str, float]
) -> Iterator[str]:
    width = (WIDTH - LEFT - EDGE - GAP * len(rooms)) / len(rooms)
    for place, room in enumerate(rooms):
        left = LEFT + place * (width + GAP)
        ends[room], tops[room] = left + width, top
        name = room.partition(".")[2] or room
        hundreds = max(
            1, round(sizes()[room] / 100)
        )  # not each line: the picture would change with every commit
        told = f"about {hundreds}00 lines, leans on {len(leans[room])}"
        yield f"<g><title>{escape(room)}: {escape(', '.join(sorted(leans[room])) or 'nothing')}</title>"
        yield f'<rect class="room" x="{left:.0f}" y="{top}" width="{width:.0f}" height="{ROW}" rx="4"/>'
        yield f'<text x="{left + 8:.0f}" y="{top + 13}">{escape(name)}</text>'
        yield f'<text class="size" x="{left + 8:.0f}" y="{top + 25}">{told}</text></g>'


def _badges(ends: dict[str, float], tops: dict[str, float], top: int) -> Iterator[str]:
    # A way is a colour, and the numbers in its rooms say in which order it goes through them.
    used: Counter[str] = Counter()
    for number, way in enumerate(ways()):
        yield f'<g class="way{number}"><title>{escape(way.title)}</title>'
        for step, room in enumerate(way.rooms, start=1):
            left, down = ends[room] - BADGE * (used[room] + 0.6), tops[room] + ROW / 2
            used[room] += 1
            yield f'<circle cx="{left:.0f}" cy="{down:.0f}" r="8"/>'
            yield f'<text class="badge" x="{left:.0f}" y="{down + 4:.0f}">{step}</text>'
        left = LEFT + number * (WIDTH - LEFT - EDGE) / 5
        yield f'<circle cx="{left + 8:.0f}" cy="{top + 14}" r="8"/>'
        yield f'<text x="{left + 22:.0f}" y="{top + 18}">{escape(way.title)}</text></g>'


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
