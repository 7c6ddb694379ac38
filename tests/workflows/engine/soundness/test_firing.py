"""When joins fire, and which tokens they take, in diagrams that the walk would refuse."""

from __future__ import annotations

from tests.workflows.engine.soundness.playing import Play, read_specs
from tests.workflows.engine.soundness.sketching import Sketch, sketch


def _play(drawn: Sketch, *acts: str, **chosen: str) -> Play:
    play = Play(read_specs(drawn))
    play.engine.pick = lambda name: [chosen[name]]
    play.start()
    for act in acts:
        play.act(*next(one for one in play.list_acts() if one[1] == act))
    return play


def _open(play: Play) -> list[str]:
    return sorted(name for _, name in play.list_acts())


def test_an_inclusive_join_looks_when_no_token_is_under_way_any_more() -> None:
    # The way by x3 is longer, and its token could have met the other at x1.
    drawn = sketch("s>a1 a1>x1 a1>x3 x3>x2 x2>x1 x2>o1 x1>o1 o1>t1 t1>e")
    assert _open(_play(drawn, x2="o1")) == ["t1"]
    assert _open(_play(drawn, x2="x1")) == ["t1", "t1"]


def test_inclusive_joins_that_may_fire_at_once_do_so_one_after_the_other_by_name() -> None:
    play = _play(sketch("s>a1 a1>o2 a1>o1 a1>t1 t1>x3 x3>o1 x3>o2 x3>e2 o1>t2 o2>t3 t2>e t3>e"))
    assert _open(play) == ["t1"]
    play.engine.pick = lambda _name: ["e2"]
    play.act(*play.list_acts()[0])
    assert _open(play) == ["t2", "t3"]
    assert [name for name in play.engine.record.path if name[0] == "o"] == ["o1", "o2"]


def test_a_second_token_of_an_input_waits_for_the_next_firing() -> None:
    drawn = sketch("s>a1 a1>t1 a1>t2 t1>x1 t2>x1 x1>o1 b1>o1 o1>t4 t4>e", "b1~t2")
    assert _open(_play(drawn, "t1")) == ["b1", "t2"]  # the reminder may still come to the other input
    assert _open(_play(drawn, "t1", "t2")) == ["t4", "t4"]


def test_a_second_token_of_an_input_waits_for_the_other_inputs() -> None:
    drawn = sketch("s>a1 a1>t1 a1>t2 a1>t3 t1>x1 t2>x1 x1>a2 t3>a2 a2>t4 t4>e")
    play = _play(drawn, "t1", "t2", "t3")
    assert play.count_arrived("a2") == {"x1": 1}
    assert _open(play) == ["t4"]
    play.act(*play.list_acts()[0])
    assert not play.has_ended
