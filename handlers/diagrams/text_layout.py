"""Writing into figures: Chinese breaks anywhere but before a mark, words and numbers stay whole."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LATIN = 0.58  # of the height of the letters
CLOSING = "，。；：！？、）》”’,.;:!?)%"
TOKEN = re.compile(r"\s+|[0-9A-Za-z_.,%+/-]+|.", re.DOTALL)
STEP = 0.5
JOINING = frozenset("与和及或并")  # a line may well begin with these


@dataclass(frozen=True, kw_only=True)
class TextLine:
    """One line of text, centred on x, standing on y."""

    x: float
    y: float
    text: str


def wrap_text(text: str, room: float, most: int = 3) -> list[str]:
    """The text in lines of about the same length, no longer than `room` (in heights of the letters)."""
    tokens = _split_tokens(text)
    lines = _fill_lines(tokens, room)
    if len(lines) == 2:
        return _halve_text(tokens, room) or lines
    limit = text_width(text) / len(lines) if lines else 0.0
    while len(lines) > 1 and limit < room:
        even = _fill_lines(tokens, limit)
        if len(even) == len(lines):
            lines = even
            break
        limit += STEP
    return lines if len(lines) <= most else [*lines[: most - 1], _cut_line(lines[most - 1], room)]


def centre_lines(lines: list[str], x: float, y: float, height: float) -> tuple[TextLine, ...]:
    """The lines around a middle, with the height of a line."""
    first = y - (len(lines) - 1) * height / 2 + height * 0.29
    return tuple(TextLine(x=x, y=first + place * height, text=text) for place, text in enumerate(lines))


def text_width(text: str) -> float:
    """How wide a text is, in heights of its letters."""
    return sum(1.0 if unicodedata.east_asian_width(one) in "WF" else LATIN for one in text)


def _split_tokens(text: str) -> list[str]:
    found: list[str] = []
    for token in TOKEN.findall(text.strip()):
        if found and token in CLOSING:
            found[-1] += token
        else:
            found.append(" " if token.isspace() else token)
    return found


def _fill_lines(tokens: list[str], room: float) -> list[str]:
    lines: list[str] = []
    line = ""
    for token in tokens:
        if line and text_width(line + token) > room + 0.01:
            lines.append(line.strip())
            line = ""
        line += token
    return [one for one in (*lines, line.strip()) if one]


def _halve_text(tokens: list[str], room: float) -> list[str]:
    """Two lines of about the same length; most words have two characters, so an even break is better."""
    found: list[tuple[float, list[str]]] = []
    for place in range(1, len(tokens)):
        lines = ["".join(tokens[:place]).strip(), "".join(tokens[place:]).strip()]
        first, second = (text_width(line) for line in lines)
        if max(first, second) <= room + 0.01:
            odd, joins = place % 2 * 1.5, 2.0 * (tokens[place] in JOINING)
            found.append((abs(first - second) + odd - joins, lines))
    return min(found, key=lambda one: one[0])[1] if found else []


def _cut_line(line: str, room: float) -> str:
    while line and text_width(line) + 1 > room:
        line = line[:-1]
    return line + "…"
