"""Proving a move: from where the tokens of a case would stand in a release, every way reaches an end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from SpiffWorkflow.util.task import TaskState

from workflows.engine.elements.spiff_internals import Part, list_tasks
from workflows.engine.soundness.board import Board
from workflows.engine.soundness.judging import Judge
from workflows.engine.soundness.nets import Kind, Net
from workflows.engine.soundness.regions import Region, find_region
from workflows.engine.soundness.walk import HARMLESS, Finding, Walker

MOST_STATES = 20_000  # of one process or call of a case
_LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """Where the tokens of one process or call are."""

    resting: tuple[str, ...]  # activities, one for each token
    arrived: tuple[tuple[str, str], ...]  # at joins: the node that a token has come from, and the join
    open: frozenset[str]  # boundary events that still wait


def read_tokens(part: Part, net: Net) -> Tokens:
    """The tokens of a process or call whose tasks are those of the net already."""
    resting, arrived, still_open = [], [], set()
    for task in list_tasks(part, TaskState.ANY_MASK):
        name = task.task_spec.name
        if name not in net.nodes:
            continue  # what the engine keeps besides: ends that wait for each other, instances of an activity
        if net.is_join(name):
            # A token that waits is finished as soon as another comes in; what has fired is consumed.
            if "arrived" in task.internal_data and "consumed" not in task.internal_data:
                arrived.append((task.parent.task_spec.name, name))
        elif not task.has_state(_LIVE):
            continue
        elif net.nodes[name].kind in (Kind.ACTIVITY, Kind.RACE):
            resting.append(name)
        elif name in net.hosts:
            still_open.add(name)
    return Tokens(resting=tuple(resting), arrived=tuple(arrived), open=frozenset(still_open))


def find_faults(judge: Judge, key: str, tokens: Tokens) -> Iterator[Finding]:
    """What can go wrong from these tokens on; nothing when every way is proved to reach an end."""
    judge.judge(key)
    net = judge.nets[key]
    left = tokens
    for number, region in enumerate(_list_regions(net, tokens)):
        here = _take_within(region, left)
        left = _take_without(region, left)
        if here.resting or here.arrived:
            board = Board(net, judge.find_insides(net), joined=region.joined)
            yield from _walk_from(board, here, beside=number > 0)


def _list_regions(net: Net, tokens: Tokens) -> Iterator[Region]:
    """The main way, what runs beside it, and tokens to which no way leads any more."""
    regions = [find_region(net, (name for one in net.beginnings for name in one))]
    begun: set[str] = set()
    for region in regions:  # it grows meanwhile
        yield region
        more = [name for name in region.apart if name not in begun]
        begun.update(more)
        regions += [find_region(net, [name]) for name in more]
    names = {*tokens.resting, *(join for _, join in tokens.arrived)}
    lost = sorted(names - {name for region in regions for name in region.nodes})
    if lost:
        yield find_region(net, lost)


def _take_within(region: Region, tokens: Tokens) -> Tokens:
    return Tokens(
        resting=tuple(name for name in tokens.resting if name in region.nodes),
        arrived=tuple(pair for pair in tokens.arrived if pair[1] in region.nodes),
        open=tokens.open,
    )


def _take_without(region: Region, tokens: Tokens) -> Tokens:
    return Tokens(
        resting=tuple(name for name in tokens.resting if name not in region.nodes),
        arrived=tuple(pair for pair in tokens.arrived if pair[1] not in region.nodes),
        open=tokens.open,
    )


def _walk_from(board: Board, tokens: Tokens, *, beside: bool) -> Iterable[Finding]:
    places = [board.resting[name] for name in tokens.resting]
    places += [_find_input(board, source, join) for source, join in tokens.arrived]
    hosts = set(tokens.resting)
    places += [
        mark
        for name, mark in board.marks.items()
        if name not in tokens.open and board.net.hosts[name] in hosts
    ]
    doubled = max(Counter(places).values(), default=0) > 1
    walker = Walker(board, tuple(sorted(places)), most=MOST_STATES, lenient=beside or doubled)
    return [found for found in walker.walk().findings if found.fault not in HARMLESS]


def _find_input(board: Board, source: str, join: str) -> int:
    """The place of the flow from one node to a join; that there is one was looked at before."""
    return next(board.flows[flow] for flow in board.net.inputs[join] if flow[0] == source)
