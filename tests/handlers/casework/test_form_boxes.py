"""What the office found stands in the boxes of 申请表, for those who may know it; nothing is made up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models import db
from models.base.database import writing
from models.cases.applications import Application, Opinion, RegisterAnswer
from models.cases.states import Standing
from tests.handlers.casework.conftest import SignedIn, World
from tests.handlers.casework.test_check import ALL, _day, waiting
from tests.handlers.casework.test_letters import check, text
from workflows.clock import now

__all__ = ["waiting"]
REGISTERS = ("offence", "criminal_record", "restriction", "certificate_history")
NOTHING = "核查人：年月日"  # an empty box, to be filled in by hand


def sheet(world: World, signed_in: SignedIn, login: str) -> str:
    """The words of the form that somebody prints."""
    return text(signed_in(login), f"/work/cases/{world.application}/application-form.pdf")


def answer(world: World, *findings: tuple[str, str], by: str = "", stale: bool = False) -> None:
    """Let registers have answered, or people in their place."""
    db.session.rollback()
    writing.set(True)
    for register, finding in findings:
        row = RegisterAnswer(register=register, finding=finding, answered_at=now() + timedelta(minutes=1))
        row.application_id, row.request_key, row.stale = world.application, f"test:{register}", stale
        row.by_hand = world.people[by] if by else None
        db.session.add(row)
    db.session.commit()
    writing.set(None)


def grant(world: World) -> None:
    """Let the case be decided."""
    db.session.rollback()
    writing.set(True)
    db.session.get_one(Application, world.application).standing = Standing.GRANTED
    db.session.commit()
    writing.set(None)


@pytest.mark.found("S9")
@pytest.mark.manual("R7")
def test_the_conclusion_on_health_is_what_was_found_of_its_certificate(
    waiting: World, signed_in: SignedIn
) -> None:
    assert "体检合格证明" not in sheet(waiting, signed_in, "decider")
    wrong = ("conform", "conform", "not_conform")
    check(signed_in("clerk"), waiting, *wrong, materials="incomplete", correct_until=_day(3))
    assert "体检合格证明" not in sheet(waiting, signed_in, "decider"), "it is still awaited"


@pytest.mark.found("S9")
@pytest.mark.manual("R7")
@pytest.mark.corrupts("reservation_missing")
@pytest.mark.parametrize(
    ("verdict", "materials", "said"),
    [
        ("conform", "conform", "体检合格证明：符合。"),
        ("not_conform", "ineligible", "体检合格证明：不符合。缺少盖章"),
    ],
)
def test_a_round_that_concludes_says_so_in_the_box(
    waiting: World, signed_in: SignedIn, verdict: str, materials: str, said: str
) -> None:
    check(signed_in("clerk"), waiting, *ALL[:2], verdict, materials=materials, opinion="见所附说明")
    printed = sheet(waiting, signed_in, "decider")
    assert said in printed
    assert printed.count("经办人：员工clerk") == 2, "of the site's opinion and of this one"


@pytest.mark.found("S9")
@pytest.mark.corrupts
def test_registers_are_named_with_what_they_answered_last(waiting: World, signed_in: SignedIn) -> None:
    assert NOTHING in sheet(waiting, signed_in, "decider")
    answer(waiting, ("restriction", "hit"), stale=True)
    assert NOTHING in sheet(waiting, signed_in, "decider")
    answer(waiting, ("offence", "hit"), ("restriction", "clear"))
    found = "教职员工准入查询：有不利结果，见核查记录；教师资格限制库：无不利结果。"
    assert found in sheet(waiting, signed_in, "decider")
    assert NOTHING in sheet(waiting, signed_in, "certificates")
    answer(waiting, ("offence", "clear"), by="officer")
    printed = sheet(waiting, signed_in, "decider")
    assert "教职员工准入查询：无不利结果；教师资格限制库：无不利结果。" in printed
    assert "核查人：员工officer" in printed


@pytest.mark.found("S9")
@pytest.mark.corrupts
def test_the_archive_has_every_box_of_a_case_that_was_granted(waiting: World, signed_in: SignedIn) -> None:
    check(signed_in("clerk"), waiting, *ALL, materials="conform")
    answer(waiting, *((register, "clear") for register in REGISTERS))
    assert NOTHING in sheet(waiting, signed_in, "certificates")
    writing.set(True)
    said = Opinion(stage="committee", verdict="pass", text="同意评审组意见", at=now())
    said.application_id, said.person_id = waiting.application, waiting.people["chair"]
    db.session.add(said)
    db.session.commit()
    grant(waiting)
    printed = sheet(waiting, signed_in, "certificates")
    for said in (
        "无犯罪记录：无不利结果",
        "体检合格证明：符合。",
        "评审通过。同意评审组意见",
        "组长（签名）：员工chair",
    ):
        assert said in printed, said
    assert NOTHING not in printed


@pytest.mark.corrupts
def test_a_hit_is_no_business_of_the_archive(waiting: World, signed_in: SignedIn) -> None:
    answer(waiting, ("offence", "hit"), ("restriction", "clear"))
    grant(waiting)
    assert NOTHING in sheet(waiting, signed_in, "certificates")
