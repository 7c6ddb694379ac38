"""`flask check` finds what no sequence of acts leads to; each state is made here on purpose."""

from __future__ import annotations

import re
import secrets
from contextlib import nullcontext, suppress

import pytest
from flask import Flask
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from domain import checking
from domain.checking import rows
from domain.diagrams.lint_environment import build_environment
from models import db
from models.authorities.places import Region
from models.authorities.plans import Plan
from models.base.database import writing
from models.cases.applications import Application
from models.cases.notices import Notice
from models.persons.people import Person
from models.processes.instances import WorkItem
from tests.conftest import CHECKED
from tests.faults.processes import LEAVE
from workflows import engine
from workflows.clock import now

ITEM = (
    "INSERT INTO work_item (instance_id, process_key, task_id, element, name, state, created_at{more}) "
    "SELECT id, process_key, '{task}', 'nowhere', 'nowhere', '{state}', started_at{values} "
    "FROM process_instance"
)
JOB = (
    "INSERT INTO job (key, request_key, lane, losses, operation, parameters, instance_id, task_id, state, "
    "attempts, run_at, created_at) SELECT 'stray', 'stray', 'exams.mark', 0, 'exams.mark', '{}', id, "
    "'stray', 'due', 0, started_at, started_at FROM process_instance"
)
WAIT = (
    "INSERT INTO wait (instance_id, task_id, element, kind, message) "
    "SELECT id, 'stray', 'nowhere', 'message', 'nothing' FROM process_instance"
)
COUNTER = "INSERT INTO registration_counter (period, last) VALUES ('2611', {last})"
NUMBER = "UPDATE application SET registration_number = '2611{serial:06}'"
END = "UPDATE process_instance SET state = 'completed'"
CERTIFICATE = (
    "INSERT INTO certificate (application_id, person_id, authority_id, number, year, serial, kind, subject, "
    "issued_at, spoiled) SELECT id, person_id, authority_id, '{number}', 2026, {serial}, 'junior', '数学', "
    "created_at, 0 FROM application"
)
CERTIFICATES = (
    "INSERT INTO certificate_counter (authority_id, year, last) SELECT authority_id, 2026, 2 FROM application"
)
OVER = "UPDATE application SET state = 'withdrawn', standing = 'withdrawn'"
LOSE = "UPDATE application SET instance_id = NULL"
THREAD = (
    "INSERT INTO thread (key, application_id, instance_id, office, title, reply_wanted, opened_at, outcome, "
    "closing_reason) SELECT 'k', id, {instance}, 'authority:1', 't', true, created_at, {outcome}, '' "
    "FROM application"
)
MESSAGING = "UPDATE process_instance SET process_key = 'messaging'"
DONE = ITEM.format(
    task="done", state="done", more=", duty, done_by", values=", 'first', (SELECT min(id) FROM person)"
)
DUTY = (
    "INSERT INTO duty (instance_id, duty, person_id, element) "
    "SELECT id, 'first', (SELECT min(id) FROM person), 'nowhere' FROM process_instance"
)
ACT = (
    "INSERT INTO act (transaction_id, person_id, kind, work_item_id, at) "
    "SELECT 'once', assignee_id, 'complete', id, created_at FROM work_item"
)
SECOND_PROCESS = (
    "INSERT INTO process_instance (release_id, process_key, business_key, state, revision, blob, "
    "public_state, elements, started_at) SELECT release_id, process_key, business_key, state, revision, "
    "blob, public_state, elements, started_at FROM process_instance"
)
SECOND_CASE = (
    "INSERT INTO application (person_id, plan_id, authority_id, state, standing, revision, steps, typed, "
    "registration_number, created_at, resume, paused_days) SELECT person_id, plan_id, authority_id, state, "
    "standing, revision, steps, typed, '2611000002', created_at, resume, 0 FROM application"
)
SUBMITTED = "UPDATE application SET state = 'pending_confirmation', standing = 'confirming'"
FILE = (
    "INSERT INTO stored_file (key, kind, name, media_type, size, sha256, person_id, created_at) "
    "SELECT 'material/1', 'material', '', 'application/pdf', 1, '', person_id, created_at FROM application"
)
MATERIAL = (
    "INSERT INTO material (application_id, key, version, round, file_id, uploaded_at, uploaded_by, warnings) "
    "SELECT id, 'diploma', 2, 1, (SELECT max(id) FROM stored_file), created_at, person_id, '[]' "
    "FROM application"
)
NOTICE = (
    "INSERT INTO notice (person_id, template, title, text, created_at) "
    "SELECT person_id, 'test', 'test', 'test', created_at FROM application"
)
OTHERS = "UPDATE certificate SET person_id = (SELECT max(id) FROM person)"
LOST = "UPDATE process_instance SET release_id = 999"
CORRUPTIONS = (
    ("elements", ("UPDATE process_instance SET elements = '[\"nowhere\"]'",)),
    ("public_state", ("UPDATE process_instance SET public_state = 'granted'",)),
    ("wait_differs", ("UPDATE wait SET message = 'another' WHERE kind = 'message'",)),
    ("wait_differs", ("UPDATE wait SET due_at = NULL WHERE kind = 'timer'",)),
    ("wait_differs", ("UPDATE wait SET purpose = 'reminder' WHERE kind = 'timer'",)),
    ("ended_token", (END,)),
    ("claim", ("UPDATE work_item SET state = 'claimed'",)),
    ("duty_stray", (DUTY,)),
    ("act", (ACT,)),
    ("other_process", ("UPDATE process_instance SET business_key = 'application:0'",)),
    ("two_processes", (SECOND_PROCESS,)),
    ("number_missing", (SUBMITTED,)),
    ("number_early", (COUNTER.format(last=1), NUMBER.format(serial=1))),
    ("two_live", (COUNTER.format(last=1), NUMBER.format(serial=1), SUBMITTED, SECOND_CASE)),
    ("material_version", (FILE, MATERIAL)),
    ("notice_lost", (NOTICE,)),
    ("certificate_stray", (CERTIFICATES, CERTIFICATE.format(number="20263390135000001", serial=1))),
    ("certificate_missing", ("UPDATE application SET standing = 'granted'",)),
    ("certificate_owner", (CERTIFICATES, CERTIFICATE.format(number="20263390135000001", serial=1), OTHERS)),
    ("item_missing", ("UPDATE work_item SET state = 'withdrawn'",)),
    ("item_stray", (ITEM.format(task="stray", state="open", more="", values=""),)),
    ("wait_missing", ("DELETE FROM wait",)),
    ("wait_stray", (WAIT,)),
    ("job_stray", (JOB,)),
    ("ended_item", (END,)),
    ("ended_wait", (END,)),
    ("ended_job", (END, JOB)),
    ("no_process", (COUNTER.format(last=1), NUMBER.format(serial=1), LOSE)),
    ("state", ("UPDATE application SET state = 'granted'",)),
    ("reservation_missing", (COUNTER.format(last=1), NUMBER.format(serial=1))),
    ("reservation_stray", ("UPDATE application SET live_person_id = person_id",)),
    ("registration_serial", (COUNTER.format(last=2), NUMBER.format(serial=2))),
    ("registration_counter", (COUNTER.format(last=2), NUMBER.format(serial=1))),
    ("certificate_serial", (CERTIFICATES, CERTIFICATE.format(number="20263390135000002", serial=2))),
    ("certificate_number", (CERTIFICATES, CERTIFICATE.format(number="20253390135000002", serial=2))),
    ("certificate_counter", (CERTIFICATES, CERTIFICATE.format(number="20263390135000001", serial=1))),
    ("lease", (JOB, "UPDATE job SET state = 'leased'")),
    ("duty", (DONE,)),
    ("thread_course", (THREAD.format(instance="NULL", outcome="NULL"),)),
    ("thread_course", (THREAD.format(instance="instance_id", outcome="NULL"), END)),
    ("thread_over", (THREAD.format(instance="instance_id", outcome="'closed'"),)),
    ("thread_lone", (MESSAGING,)),
    ("thread_left", (THREAD.format(instance="instance_id", outcome="NULL"), OVER)),
)  # fmt: skip


@pytest.fixture
def case(world: Flask) -> Flask:
    """One draft in the sample world."""
    token = writing.set(True)
    db.session.rollback()
    person = db.session.query(Person).filter_by(kind="applicant").order_by(Person.id).first()
    plan = db.session.query(Plan).order_by(Plan.id).first()
    assert person is not None
    assert plan is not None
    made = Application(person_id=person.id, plan_id=plan.id, authority_id=plan.authority_id, created_at=now())
    db.session.add(made)
    db.session.flush()
    started = engine.start_instance(
        "accreditation",
        business_key=made.business_key,
        variables={"application": made.id, "draft_limit": "PT2H"},
        actor=None,
    )
    made.instance_id = started.id
    db.session.commit()
    writing.reset(token)
    return world


def test_a_sound_case_has_nothing_to_find(case: Flask) -> None:
    assert checking.list_impossible_states() == []
    answer = case.test_cli_runner().invoke(args=["check"])
    assert answer.exit_code == 0, answer.output


@pytest.mark.corrupts
@pytest.mark.parametrize(
    ("name", "orders"), CORRUPTIONS, ids=[f"{place}-{one[0]}" for place, one in enumerate(CORRUPTIONS)]
)
def test_what_cannot_be_is_found(case: Flask, name: str, orders: tuple[str, ...]) -> None:
    write(*orders)
    assert name in {finding.check for finding in checking.list_impossible_states()}
    answer = case.test_cli_runner().invoke(args=["check"])
    assert answer.exit_code == 1
    assert f"{name}: {checking.SENTENCES[name]} [" in answer.output


def lose_release() -> None:
    """Write what foreign keys forbid; a broken disk or a hand may have done it."""
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        write("SET LOCAL session_replication_role = replica; " + LOST)
        return
    raw = db.engine.raw_connection()  # the pragma does nothing within a transaction
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute(LOST)
    raw.commit()
    raw.execute("PRAGMA foreign_keys = ON")
    raw.close()


def write(*orders: str) -> None:
    """Make a state by hand."""
    for order in orders:
        db.session.execute(text(order))
    db.session.commit()


@pytest.mark.corrupts
def test_a_running_process_without_a_token_is_found(world: Flask) -> None:
    writing.set(True)
    engine.deploy_files({LEAVE.name: LEAVE.read_bytes()}, by=None, environment=build_environment())
    engine.start_instance("leave_request", business_key=None, variables={}, actor=None)
    for variables in ({"days": 3}, {"approved": True}):
        item = db.session.query(WorkItem).filter_by(state="open").one()
        engine.complete_task(item, variables=variables, actor=None)
        db.session.expire_all()
    write("UPDATE process_instance SET state = 'active'")
    writing.set(None)
    assert {finding.check for finding in checking.list_impossible_states()} >= {"no_token"}


@pytest.mark.corrupts
def test_a_step_that_waits_for_a_lost_job_is_found(case: Flask) -> None:
    writing.set(True)
    application = db.session.query(Application).one()
    variables = {"application": application.id, "register": "offence"}
    engine.start_instance(
        "background_check", business_key=application.business_key, variables=variables, actor=None
    )
    db.session.commit()
    assert checking.list_impossible_states() == []
    write("DELETE FROM job")
    writing.set(None)
    assert {finding.check for finding in checking.list_impossible_states()} == {"job_missing"}


def test_every_check_is_tried() -> None:
    elsewhere = {"no_token", "job_missing", "unreadable", "file_missing", "file_size", "store_unreachable"}
    elsewhere |= {"definition", "release", "row_unreadable", "check_failed"}
    assert {name for name, _ in CORRUPTIONS} == {*checking.SENTENCES} - elsewhere


@pytest.mark.corrupts
@pytest.mark.found("X14")
@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("UPDATE process_instance SET blob = :bytes", "已经损坏"),
        ("UPDATE process_instance SET blob = :newer", "由更新的系统版本保存"),
        ("UPDATE release SET specs = :bytes", "ZstdError"),
        ("UPDATE process_instance SET elements = '{'", "Error"),
        (LOST, "流程的发布版本 999 不存在"),
    ],
)
def test_what_cannot_be_read_is_named_and_the_rest_is_checked(case: Flask, order: str, reason: str) -> None:
    values = {"bytes": b"\x01 nothing that anybody wrote", "newer": b"\xff"}
    writing.set(True)
    key = db.session.query(Application).one().business_key
    if order == LOST:
        lose_release()
    else:
        bound = {name: value for name, value in values.items() if f":{name}" in order}
        db.session.execute(text(order), bound)
    unknown = secrets.token_hex(32)  # to the specs that this process has in memory
    db.session.execute(text("UPDATE release SET digest = :unknown"), {"unknown": unknown})
    db.session.commit()
    write(NOTICE)
    writing.set(None)
    answer = case.test_cli_runner().invoke(args=["check"])
    assert answer.exit_code == 1
    assert "notice_lost: " in answer.output
    lines = [line for line in answer.output.splitlines() if line.startswith("unreadable: ")]
    assert len(lines) == 1
    assert f"{key} " in lines[0]
    assert reason in lines[0]


@pytest.mark.corrupts
@pytest.mark.found("X14")
def test_what_lies_in_different_slices_is_all_found(case: Flask) -> None:
    many = rows.SLICE + 7
    writing.set(True)
    person = db.session.query(Application).one().person_id
    made = [
        Notice(person_id=person, template="test", title="test", text="test", created_at=now())
        for _ in range(many)
    ]
    db.session.add_all(made)
    db.session.commit()
    writing.set(None)
    found = [finding.row for finding in checking.list_impossible_states() if finding.check == "notice_lost"]
    assert len(found) == len({*found}) == many


@pytest.mark.corrupts
@pytest.mark.found("X14")
def test_a_check_asks_for_one_slice_at_a_time(case: Flask) -> None:
    sizes: list[int] = []
    query = select(Region.code).where(Region.code.is_not(None))
    for place, _ in enumerate(rows.read_in_slices(query, Region.code)):
        sizes.append(place)
    assert len(sizes) == db.session.query(Region).count() > 2 * rows.SLICE


@pytest.mark.corrupts
def test_the_tables_of_the_checks_are_known(case: Flask) -> None:
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.extend(re.findall(r'(?:FROM|JOIN) "?(\w+)', statement))

    writing.set(True)
    fill()
    event.listen(db.engine, "after_cursor_execute", listen)
    checking.list_impossible_states()
    event.remove(db.engine, "after_cursor_execute", listen)
    writing.set(None)
    assert {*asked} & {*db.metadata.tables} == {*CHECKED}


STRANGE = ("X'FFFE'", "'a word'")


@pytest.mark.corrupts
@pytest.mark.found("X14")
@pytest.mark.parametrize("value", STRANGE)
def test_no_value_of_any_column_ends_a_check(case: Flask, value: str) -> None:
    writing.set(True)
    fill()
    for table in map(db.metadata.tables.__getitem__, CHECKED):
        if not db.session.execute(select(table).limit(1)).first():
            continue
        for column in table.columns:
            spoil(table.name, column.name, value)
            told = [
                str(finding.row)
                for finding in checking.list_impossible_states()
                if finding.check == "check_failed"
            ]
            assert told == [], (table.name, column.name)
            db.session.rollback()
    writing.set(None)


def fill() -> None:
    """A row in every table that a check reads."""
    write(CERTIFICATES, CERTIFICATE.format(number="20263390135000001", serial=1), FILE, MATERIAL, NOTICE)
    write(COUNTER.format(last=1), NUMBER.format(serial=1), JOB, DONE, DUTY)
    write(THREAD.format(instance="instance_id", outcome="NULL"))


def write_strange(order: str) -> None:
    """Write bytes, or a word, where neither belongs."""
    db.session.execute(text(order), {"strange": b"\xff\xfe"} if ":strange" in order else {})
    db.session.commit()


def spoil(table: str, column: str, value: str) -> None:
    """Write a value into one row, as far as the database lets anybody; SQLite takes any value anywhere."""
    place = "rowid"
    if db.engine.dialect.name == "sqlite":
        db.session.execute(text("PRAGMA ignore_check_constraints = ON"))
        db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    else:
        place = "ctid"
    with suppress(DBAPIError), db.session.begin_nested():
        one = f'(SELECT {place} FROM "{table}" LIMIT 1)'
        db.session.execute(text(f'UPDATE "{table}" SET "{column}" = {value} WHERE {place} = {one}'))


@pytest.mark.corrupts
@pytest.mark.found("X14")
@pytest.mark.parametrize(
    ("order", "told"),
    [
        ("UPDATE application SET registration_number = :strange", "row_unreadable application:{id}"),
        (
            "UPDATE registration_counter SET period = :strange",
            "row_unreadable registration_counter:b'",
        ),
        ("UPDATE registration_counter SET last = 'many'", "row_unreadable registration_counter:2611"),
        ("UPDATE certificate SET serial = :strange", "row_unreadable certificate:1"),
        ("UPDATE certificate_counter SET last = 'x'", "row_unreadable certificate_counter:{authority}-2026"),
        ("UPDATE stored_file SET key = :strange", "row_unreadable stored_file:1 material"),
        ("UPDATE stored_file SET kind = :strange", "row_unreadable stored_file:1 b'\\xff\\xfe'"),
        ("UPDATE process_instance SET business_key = :strange", "other_process application:{id}"),
    ],
)
def test_a_row_that_nobody_wrote_so_is_named(case: Flask, order: str, told: str) -> None:
    writing.set(True)
    fill()
    own = db.session.query(Application).one()
    names = {"id": own.id, "authority": own.authority_id, "instance": own.instance_id}
    on_postgresql = db.engine.dialect.name == "postgresql"  # which refuses it, or makes a text of it
    with suppress(DBAPIError) if on_postgresql else nullcontext(), db.session.begin_nested():
        write_strange(order)
    writing.set(None)
    found = [f"{finding.check} {finding.row}" for finding in checking.list_impossible_states()]
    assert on_postgresql or [one for one in found if one.startswith(told.format(**names))], found
    assert [one for one in found if one.startswith("notice_lost")], "the other checks went on"


@pytest.mark.corrupts
@pytest.mark.found("X14")
@pytest.mark.parametrize(
    ("order", "name"),
    [
        ("UPDATE definition SET source = :garbage WHERE id = (SELECT max(id) FROM definition)", "definition"),
        ("UPDATE release SET specs = :garbage, digest = :digest", "release"),
    ],
)
def test_a_damaged_diagram_is_found_without_an_instance(case: Flask, order: str, name: str) -> None:
    writing.set(True)
    values = {"garbage": b"<not a diagram", "digest": secrets.token_hex(32)}
    db.session.execute(text(order), {key: one for key, one in values.items() if f":{key}" in order})
    db.session.commit()
    writing.set(None)
    found = [finding.row for finding in checking.list_impossible_states() if finding.check == name]
    assert found
    assert all(row.startswith(f"{name}:") for row in found)
