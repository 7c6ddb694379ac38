"""A case stays its own: where it runs, nothing leads it to the row of somebody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from models import db
from tests.workflows.engine.diagrams.drawing import (
    END,
    START,
    definitions,
    element,
    extended,
    flows,
    operator,
    process,
    user,
)
from tests.workflows.engine.world import World
from workflows import subjects, vocabulary
from workflows.subjects import AnotherSubject
from workflows.vocabulary import Term, TermSort, name_subject

CALL = element("serviceTask", "call", extended(operator("op", case="case")))


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    """Cases whose variable `case` is their own number."""
    told = {"variables": {"case": name_subject("case"), "limit": None}}
    term = Term(sort=TermSort.SUBJECT, name="case", label="办件", english="case", details=told)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vocabulary, "_terms", {(TermSort.SUBJECT, "case"): term})
        yield


def _drawn(script: str) -> bytes:
    drawn = START + user("begin") + element("scriptTask", "set", f"<script>{script}</script>") + CALL
    return definitions(process(drawn + END + flows("s begin", "begin set", "set call", "call e")))


@pytest.mark.parametrize(
    ("script", "key", "refused"), [("case = 2", "case:1", True), ("x = 2", "case:1", False)]
)
def test_an_operation_acts_on_the_own_row_alone(world: World, script: str, key: str, refused: bool) -> None:
    world.operation("op")
    world.deploy(_drawn(script))
    instance = world.start(key="case:1", case=1)
    if refused:
        with pytest.raises(AnotherSubject, match="case"):
            world.complete(instance, "begin")
        db.session.rollback()
    else:
        world.complete(instance, "begin")
    assert world.calls == ([] if refused else [{"operation": "op", "case": 1}])


def test_answers_never_say_that_it_is_another(world: World) -> None:
    # No operation follows, so nothing but the answers themselves can be refused.
    world.deploy(definitions(process(START + user("begin") + END + flows("s begin", "begin e"))))
    instance = world.start(key="case:1", case=1)
    with pytest.raises(AnotherSubject):
        world.complete(instance, "begin", case=2)
    db.session.rollback()


def test_the_key_tells_whose_case_it_is() -> None:
    assert subjects.find_subject("case:7") == ("case", 7)
    assert subjects.find_subject("leave:7") is None
    assert subjects.find_subject(None) is None
    subjects.check_own("case:7", {"limit": 3})
    subjects.check_own("leave:7", {"case": 3})
