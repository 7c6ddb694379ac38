"""Random diagrams: what is judged sound never hangs in the engine, the rest goes wrong as it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from tests.workflows.engine.soundness.following import is_reached
from tests.workflows.engine.soundness.generating import generate
from tests.workflows.engine.soundness.generating_bare import generate_bare
from tests.workflows.engine.soundness.playing import play_at_random, read_specs
from tests.workflows.engine.soundness.sketching import Sketch, draw_file, judge_sketch
from workflows.engine.soundness.judging import Judge
from workflows.engine.soundness.spec_nets import build_nets
from workflows.engine.soundness.walk import Fault
from workflows.engine.state.specs import Specs

DIAGRAMS, BATCHES = 500, 5
PLAYS = 3  # of each sound one
KINDS = (generate, generate_bare)
SIZE = DIAGRAMS // BATCHES // len(KINDS)


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("batch", range(BATCHES))
def test_verdicts_hold_in_the_engine(make: Callable[[int], Sketch], batch: int) -> None:
    seen: Counter[str] = Counter()
    for seed in range(batch * SIZE, (batch + 1) * SIZE):
        drawn = make(seed)
        verdict, known = judge_sketch(drawn), read_specs(drawn)
        assert _is_proved(known) == verdict.is_proved, f"{seed}: {drawn}"
        if verdict.is_proved:
            seen["sound"] += 1
            doubled = any(finding.fault == Fault.REPEATED for finding in verdict.findings)
            _play(drawn, known, f"{seed}: {draw_file(drawn).decode()}", doubled=doubled)
        for finding in verdict.findings:
            seen[finding.fault] += 1
            if finding.fault in (Fault.STUCK, Fault.TWICE):
                assert is_reached(drawn, known, finding), f"{seed}: {finding}"
    assert seen["sound"] >= SIZE // 4
    assert seen[Fault.STUCK] + seen[Fault.TWICE] >= SIZE // 10


def _is_proved(known: Specs) -> bool:
    """What is said of the release that the engine runs."""
    nets = build_nets({**known.calls, known.spec.name: known.spec})
    return Judge(nets).judge(known.spec.name).is_proved


def _play(drawn: Sketch, known: Specs, where: str, *, doubled: bool) -> None:
    for seed in range(PLAYS):
        outcome, met = play_at_random(drawn, known, seed)
        assert outcome in ("ended", "goes on"), where
        assert doubled or not met, where
