"""Which parts of a scope are walked together, and which by themselves.

A reminder whose branch never meets the way it was sent from runs beside it: walked together, the two would
have as many states as both multiplied, and nothing more could be found.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workflows.engine.soundness.nets import Net


@dataclass(frozen=True, kw_only=True)
class Region:
    """What is walked together from some nodes."""

    begun: tuple[str, ...]
    nodes: frozenset[str]
    joined: frozenset[str]  # quiet events whose branches meet it
    apart: tuple[str, ...]  # quiet events whose branches do not: each begins a region of its own


def find_region(net: Net, begun: Iterable[str]) -> Region:
    """The region that begins at these nodes."""
    names = tuple(begun)
    nodes, joined = net.reached(names), set[str]()
    while True:
        more = [
            name
            for name in sorted(net.quiet - joined)
            # What its own branch sends may come back, when the branch itself does not.
            if net.hosts[name] in nodes and net.reached([name], quiet=True) & nodes - net.harmless
        ]
        if not more:
            break
        joined.update(more)
        nodes |= net.reached(more)
    apart = (name for name in sorted(net.quiet - joined) if net.hosts[name] in nodes)
    return Region(begun=names, nodes=frozenset(nodes), joined=frozenset(joined), apart=tuple(apart))
