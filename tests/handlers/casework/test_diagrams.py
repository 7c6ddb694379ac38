"""The diagrams of a case: where it is, who holds what, and what is only for those who check."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from models import db
from models.base.database import writing
from tests.handlers import pagecheck
from tests.handlers.casework.conftest import LIBRARY, SignedIn, World
from tests.handlers.casework.test_check import ALL, arrive, judged
from tests.handlers.casework.test_decision import send, take
from tests.handlers.casework.test_journey import answer_registers, registered
from workflows import engine

__all__ = ["registered"]


def parts(signed_in: SignedIn, world: World, login: str) -> dict[str, str]:
    """The diagrams that somebody sees of the case, by the name of the process."""
    page = signed_in(login).get(f"/work/cases/{world.application}").text
    assert pagecheck.faults(page) == []
    found = re.findall(
        r'<details class="diagram-part.*?<summary>(.*?)</summary>(.*?)</details>', page, re.DOTALL
    )
    return dict(found)


def here(part: str) -> list[str]:
    """The stages of an outline that are current, as text."""
    found = re.findall(r'<li class="is-now".*?</li>', part, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", one) for one in found]


@pytest.fixture
def checked(registered: World, signed_in: SignedIn) -> World:
    """The case while its registers are asked."""
    clerk = signed_in("clerk")
    clerk.post(f"/work/tasks/{arrive(clerk, registered)}", data=judged(*ALL, materials="conform"))
    return registered


def test_the_whole_and_the_process_where_the_case_is(registered: World, signed_in: SignedIn) -> None:
    shown = parts(signed_in, registered, "clerk")
    assert list(shown) == ["教师资格认定", "现场确认"]
    assert "当前：“现场确认”" in shown["教师资格认定"]
    assert shown["现场确认"].count("当前</text>") == 1
    (waiting,) = here(shown["现场确认"])
    assert "等待到场（当前）" in waiting
    assert "等待申请人" in waiting


def test_who_holds_a_task_and_until_when(registered: World, signed_in: SignedIn) -> None:
    arrive(signed_in("clerk"), registered)
    (waiting,) = here(parts(signed_in, registered, "supervisor")["现场确认"])
    assert "核对材料（当前）" in waiting
    assert "员工clerk" in waiting
    assert " 起" in waiting


def test_the_inside_of_a_check_is_for_those_who_check(checked: World, signed_in: SignedIn) -> None:
    for login in ("officer", "first"):
        shown = parts(signed_in, checked, login)
        assert list(shown) == ["教师资格认定", "审查与决定", "背景核查"]
        assert "系统办理中" in here(shown["背景核查"])[0]
    shown = parts(signed_in, checked, "clerk")
    assert list(shown) == ["教师资格认定", "审查与决定"]
    assert "逐项背景核查（当前）" in here(shown["审查与决定"])[0]
    answer_registers("found")
    for login in ("clerk", "certificates"):
        assert not [part for part in parts(signed_in, checked, login).values() if "不利结果" in part]
    assert "核实不利结果（当前）" in here(parts(signed_in, checked, "officer")["背景核查"])[0]


@pytest.mark.manual("R10")
def test_neither_tasks_nor_history_tell_others_that_something_was_found(
    checked: World, signed_in: SignedIn
) -> None:
    answer_registers("found")
    take(signed_in("officer"), "verify_finding")
    address = f"/work/cases/{checked.application}"
    for login in ("clerk", "certificates"):
        page = signed_in(login).get(address).text
        for word in ("不利结果", "查询核验库", "员工officer"):
            assert word not in page
    page = signed_in("first").get(address).text
    for word in ("核实不利结果", "查询核验库", "员工officer"):
        assert word in page


def test_a_task_that_nobody_holds_waits_for_its_role(checked: World, signed_in: SignedIn) -> None:
    answer_registers()
    first = signed_in("first")
    assert "待领取（初审）" in here(parts(signed_in, checked, "first")["三级审查与决定"])[0]
    send(first, take(first, "first_review"), first="grant")
    shown = parts(signed_in, checked, "second")
    assert "复审（当前）" in here(shown["三级审查与决定"])[0]
    assert "背景核查" not in shown


def test_an_ended_case_shows_where_it_ended(registered: World, signed_in: SignedIn) -> None:
    writing.set(True)
    number = registered.application
    engine.deliver_message("withdrawn", str(number), {"application": number, "reason": "不办了"}, actor=None)
    db.session.commit()
    writing.set(None)
    shown = parts(signed_in, registered, "clerk")
    assert list(shown) == ["教师资格认定"]
    (end,) = here(shown["教师资格认定"])
    assert "已撤回（已结束）" in end


def test_a_foreign_process_without_a_drawing_has_its_outline(world: World, signed_in: SignedIn) -> None:
    world.start("leave", days=3)
    (part,) = parts(signed_in, world, "clerk").values()
    assert here(part)


def test_a_case_is_drawn_as_its_release_was(
    app: Flask, registered: World, signed_in: SignedIn, tmp_path: Path
) -> None:
    source = LIBRARY / "confirmation" / "confirmation.bpmn"
    (tmp_path / source.name).write_bytes(
        source.read_bytes().replace("等待到场".encode(), "等候到场".encode())
    )
    told = app.test_cli_runner().invoke(args=["deploy", str(tmp_path)])
    assert told.exit_code == 0, told.output
    shown = parts(signed_in, registered, "clerk")["现场确认"]
    assert "等待到场（当前）" in shown
    assert "等候到场" not in shown
