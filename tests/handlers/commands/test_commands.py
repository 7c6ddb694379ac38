"""What operators type."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from models import db
from models.base.database import writing
from models.cases.notices import AuditEntry
from models.persons.people import Person, Post
from models.processes.instances import Definition, Job
from tests import shared_app, stores
from workflows.background import jobs

LEAVE = Path(__file__).parents[2] / "processes"
PASSWORD = "a long enough password"


def typed(app: Flask, *words: str) -> Result:
    """Run a command."""
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=list(words))
    return result


@pytest.mark.found("X14")
def test_the_first_administrator_gets_a_token(app: Flask) -> None:
    words = ("admin", "create", "--login", "root", "--name", "管理员", "--password")
    assert typed(app, *words, "short").exit_code == 1
    assert typed(app, *words, PASSWORD).exit_code == 0
    assert "taken" in typed(app, *words, PASSWORD).output
    token = typed(app, "token", "create", "--user", "root").output.strip()
    headers = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/api/v1/tasks", headers=headers).status_code == 200
    unknown = typed(app, "token", "create", "--user", "nobody")
    assert (unknown.exit_code, unknown.output) == (1, "Error: 没有登录名为 nobody 的人，没有生成令牌。\n")


def test_staff_get_posts(app: Flask) -> None:
    words = ("staff", "create", "--login", "lin", "--name", "林", "--password", PASSWORD)
    assert typed(app, *words).exit_code == 2
    assert typed(app, *words, "--role", "site.clerk@site:3", "--role", "employee").exit_code == 0
    held = db.session.query(Post.role, Post.place).join(Person).filter_by(login="lin")
    assert {tuple(post) for post in held} == {("site.clerk", "site:3"), ("employee", None)}


def test_a_folder_is_linted_and_deployed(app: Flask, tmp_path: Path) -> None:
    assert typed(app, "lint", str(LEAVE / "leave_request.bpmn")).exit_code == 0
    first = typed(app, "deploy", str(LEAVE))
    both = [f"process {key} version 1" for key in ("inquiry", "leave_request")]
    assert first.output.splitlines() == [*both, "release inquiry 1", "release leave_request 1"]
    assert typed(app, "deploy", str(LEAVE)).output == ""
    assert typed(app, "deploy", str(tmp_path)).exit_code == 1
    source = (LEAVE / "leave_request.bpmn").read_text("utf-8").replace("site.clerk", "site.nobody")
    (tmp_path / "leave.bpmn").write_text(source, "utf-8")
    for words in (("lint", str(tmp_path / "leave.bpmn")), ("deploy", str(tmp_path))):
        refused = typed(app, *words)
        assert refused.exit_code == 1
        assert "leave.bpmn#request_leave [unknown-role]" in refused.output
    assert db.session.query(Definition).count() == 2


def test_a_folder_is_linted_as_it_is_deployed(app: Flask, tmp_path: Path) -> None:
    assert typed(app, "lint", str(LEAVE)).exit_code == 0
    assert "没有流程图和规则" in typed(app, "lint", str(tmp_path)).output
    (tmp_path / "leave").mkdir()
    source = (LEAVE / "leave_request.bpmn").read_text("utf-8").replace("site.clerk", "site.nobody")
    (tmp_path / "leave" / "leave.bpmn").write_text(source, "utf-8")
    (tmp_path / "note.txt").write_text("-")
    refused = typed(app, "lint", str(tmp_path))
    assert refused.exit_code == 1
    assert "error leave/leave.bpmn#request_leave [unknown-role]" in refused.output


@pytest.mark.found("E17")
def test_files_are_linted_where_no_database_has_tables(tmp_path: Path) -> None:
    place = tmp_path / "instance"
    with stores.fresh(place) as store, shared_app.opened(store.settings) as bare, bare.app_context():
        passed = typed(bare, "lint", str(LEAVE / "leave_request.bpmn"))
    assert (passed.exit_code, passed.stdout) == (0, "")
    assert passed.stderr.startswith("没有可用的数据库：")


@pytest.mark.found("E12")
@pytest.mark.found("E17")
def test_a_folder_of_anybodys_files_is_checked_one_by_one(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder that is set, or a small one: no crash, and no problem without its element."""
    folder = Path(os.environ.get("ZIGE_CORPUS") or tmp_path)
    (tmp_path / "deep").mkdir()
    foreign = (LEAVE / "leave_request.bpmn").read_bytes()
    (tmp_path / "deep" / "leave.bpmn20.xml").write_bytes(foreign)
    (tmp_path / "broken.bpmn").write_bytes(b"<definitions")
    (tmp_path / "odd.bpmn").write_bytes(foreign.replace(b"userTask", b"complexGateway"))
    (tmp_path / "note.txt").write_bytes(b"-")
    monkeypatch.setenv("ZIGE_CORPUS", str(folder))
    checked = typed(app, "lint")
    assert checked.exit_code == 0, checked.output
    assert "0 个出错，0 处没有指明元素" in checked.output
    if folder == tmp_path:
        assert "1 个可以部署，2 个需要修改" in checked.output
        assert f"error {tmp_path.as_posix()}/broken.bpmn [xml-malformed]" in checked.output


def test_lint_without_files_and_folder_says_what_is_missing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ZIGE_CORPUS", raising=False)
    refused = typed(app, "lint")
    assert (refused.exit_code, "ZIGE_CORPUS" in refused.output) == (2, True)


def test_files_of_one_name_are_linted_both(app: Flask, tmp_path: Path) -> None:
    source = (LEAVE / "leave_request.bpmn").read_bytes()
    files = [tmp_path / place / "leave.bpmn" for place in ("one", "other")]
    for file in files:
        file.parent.mkdir()
        file.write_bytes(source)
    told = typed(app, "lint", *map(str, files)).output
    assert f"error {files[1].as_posix()}#" in told


@pytest.mark.parametrize("duration", ["3 days", "P0D", "-P1D"])
def test_the_clock_is_moved_by_durations(app: Flask, duration: str) -> None:
    assert typed(app, "clock", "advance", "P3D").exit_code == 0
    assert typed(app, "clock", "advance", "--", duration).exit_code == 1


def test_the_clock_of_production_stands_firm(app: Flask) -> None:
    app.config["TEST_CLOCK"] = False
    assert typed(app, "clock", "advance", "P3D").exit_code == 1


@pytest.mark.found("X14")
def test_a_tick_does_what_is_due_and_incidents_are_retried(app: Flask) -> None:
    writing.set(True)
    jobs.enqueue_job("no.such.operation", {}, key="a")
    db.session.commit()
    writing.set(None)
    assert typed(app, "tick").output == "jobs 1, timers 0\n"
    assert "1 due no.such.operation - 1 " in typed(app, "jobs", "list").output
    assert typed(app, "jobs", "list", "--dead").output == "没有失败的任务。\n"
    writing.set(True)
    db.session.query(Job).update({"state": "dead", "error": "名称有误"})
    db.session.commit()
    writing.set(None)
    line = typed(app, "jobs", "list", "--dead").output
    assert line.startswith("1 dead no.such.operation - 1 ")
    assert line.endswith("+08:00 名称有误\n")
    assert typed(app, "jobs", "retry", "1").exit_code == 0
    assert typed(app, "jobs", "retry", "1").output == "Error: 任务 1 没有失败，不用重试或了结。\n"
    for word in ("retry", "show"):
        unknown = typed(app, "jobs", word, "999999")
        assert (unknown.exit_code, unknown.output) == (1, "Error: 没有编号为 999999 的任务。\n")
    assert db.session.query(Job.state).scalar() == "due"


@pytest.mark.found("X14")
def test_an_installation_without_jobs_says_so(app: Flask) -> None:
    assert typed(app, "jobs", "list").output == "没有任务。\n"
    assert typed(app, "jobs", "health").output == "失败的任务 0 项；没有到期未办的任务。\n"
    assert "没有编号为 5 的任务" in typed(app, "jobs", "dismiss", "5", "--reason", "无").output


@pytest.fixture
def incident(app: Flask) -> int:
    """A notice that could not be sent."""
    writing.set(True)
    jobs.enqueue_job("notices.sms", {"notice": 7}, key="notice:7:sms")
    db.session.query(Job).update({"state": "dead", "error": "号码有误"})
    db.session.commit()
    writing.set(None)
    return db.session.query(Job.id).scalar() or 0


@pytest.mark.found("E15")
def test_an_incident_is_dismissed_with_a_reason(app: Flask, incident: int) -> None:
    assert typed(app, "jobs", "dismiss", str(incident)).exit_code == 2
    for reason in ("", "  ", "长" * 501):
        assert typed(app, "jobs", "dismiss", str(incident), "--reason", reason).exit_code == 2
    assert typed(app, "jobs", "health").exit_code == 1
    done = typed(app, "jobs", "dismiss", str(incident), "--reason", " 已电话告知 ")
    assert (done.exit_code, done.output) == (0, "")
    assert typed(app, "jobs", "list").output == "没有任务。\n"
    assert typed(app, "jobs", "health").exit_code == 0
    assert typed(app, "jobs", "dismiss", str(incident), "--reason", "再次").exit_code == 1
    (entry,) = db.session.query(AuditEntry)
    told = {"job": incident, "operation": "notices.sms", "case": None, "error": "号码有误"}
    assert (entry.action, entry.detail) == ("job.dismissed", {**told, "reason": "已电话告知"})


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("staff", "create", "--login", "WangMin", "--role", "expert"), "small letter"),
        (("staff", "create", "--login", "", "--role", "expert"), "small letter"),
        (("staff", "create", "--login", "lin", "--role", "@site:3"), "names no role"),
        (("staff", "create", "--login", "lin", "--role", "site.clerk@site"), "is no place"),
        (("staff", "create", "--login", "lin", "--role", "site.clerk@nowhere:3"), "is no place"),
        (("admin", "create", "--login", "a b"), "small letter"),
    ],
)
def test_nobody_is_hired_who_could_not_sign_in(app: Flask, words: tuple[str, ...], told: str) -> None:
    refused = typed(app, *words, "--name", "林", "--password", PASSWORD)
    assert refused.exit_code == 1
    assert told in refused.output
    assert db.session.query(Person).count() == 0


def test_an_account_needs_a_name(app: Flask) -> None:
    refused = typed(app, "admin", "create", "--login", "root", "--name", " ", "--password", PASSWORD)
    assert "the name needs" in refused.output


@pytest.mark.parametrize(
    "words",
    [
        ("lint", str(LEAVE / "nowhere.bpmn")),
        ("deploy", str(LEAVE / "leave_request.bpmn")),
        ("token", "create", "--user", "root", "--days", "-5"),
        ("token", "create", "--user", "root", "--days", "99999999999"),
        ("jobs", "retry", "9" * 23),
        ("jobs", "retry", "0"),
    ],
)
def test_arguments_out_of_reach_are_named(app: Flask, words: tuple[str, ...]) -> None:
    refused = typed(app, *words)
    assert refused.exit_code == 2
    assert "Invalid value" in refused.output
