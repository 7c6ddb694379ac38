"""Statements on the driver's own cursor behave as SQLAlchemy's do, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, PendingRollbackError

from models import db
from models.base.database import single_statement, writing
from models.base.prebuilt import Prebuilt, run_together
from models.persons.people import Person
from tests.workflows import databases

PERSON: Any = Person.__table__
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ADD = Prebuilt(insert(PERSON).returning(PERSON.c.id))
RENAME = Prebuilt(
    update(PERSON).where(PERSON.c.id == bindparam("who")).values(name=bindparam("new")).returning(PERSON.c.id)
)
FIND = Prebuilt(select(PERSON.c.name, PERSON.c.created_at).where(PERSON.c.login == bindparam("login")))


@pytest.fixture
def opened(database_url: str) -> Iterator[None]:
    """A session on an empty database."""
    app = databases.bare_app(database_url)
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


def someone(login: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "staff",
        "verification": "verified",
        "login": login,
        "name": login,
        "password_hash": "",
        "created_at": AT,
        **more,
    }


@pytest.mark.usefixtures("opened")
def test_values_go_in_and_come_out_in_their_types() -> None:
    ADD.run(someone("a", name="张三 100%"))
    found = FIND.first({"login": "a"})
    assert (found.name, found.created_at) == ("张三 100%", AT)
    assert FIND.first({"login": "nobody"}) is None
    assert FIND.scalar({"login": "nobody"}) is None


@pytest.mark.usefixtures("opened")
def test_it_belongs_to_the_transaction_of_the_session() -> None:
    ADD.run(someone("a"))
    db.session.rollback()
    assert FIND.all({"login": "a"}) == []


@pytest.mark.usefixtures("opened")
def test_a_broken_constraint_is_an_error_of_sqlalchemy() -> None:
    ADD.run(someone("a"))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        ADD.run(someone("a"))
    assert FIND.scalar({"login": "a"}) == "a"  # the session goes on after the savepoint


@pytest.mark.usefixtures("opened")
def test_writes_together_answer_in_their_order() -> None:
    first, second, nobody = run_together(
        [(ADD, someone("a")), (ADD, someone("b")), (RENAME, {"who": 99, "new": "x"})]
    )
    assert first < second
    assert nobody == []


@pytest.mark.usefixtures("opened")
def test_one_refused_write_refuses_all_of_them() -> None:
    ADD.run(someone("a"))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        run_together([(ADD, someone("b")), (ADD, someone("a"))])
    assert db.session.scalar(select(func.count()).select_from(PERSON)) == 1


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (select(PERSON.c.id).where(PERSON.c.id.in_((1, 2))), {}),
        (insert(Person.metadata.tables["job"]), {"key": "k", "operation": "o"}),
    ],
)
def test_what_cannot_be_prebuilt_is_refused(statement: Any, values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cannot be prebuilt"):
        Prebuilt(statement).run(values)


@pytest.mark.usefixtures("opened")
def test_a_lost_connection_is_not_used_again() -> None:
    db.session.connection().connection.driver_connection.close()
    with pytest.raises((DBAPIError, Exception), match="closed"):
        FIND.all({"login": "a"})
    db.session.remove()
    assert FIND.all({"login": "a"}) == []


@pytest.mark.usefixtures("opened")
def test_who_promised_to_read_only_cannot_write() -> None:
    token = writing.set(False)
    try:
        db.session.add(Person(**someone("a")))
        with pytest.raises(RuntimeError, match="read only"):
            db.session.flush()
    finally:
        writing.reset(token)
        db.session.rollback()


def test_reading_alone_needs_no_transaction_on_postgresql(postgresql_url: str) -> None:
    app = databases.bare_app(postgresql_url)
    with app.app_context():
        assert (_ids(False), _ids(None)) == ((True, True), (False, False))
        db.session.remove()
        db.engine.dispose()


def _ids(promise: bool | None) -> tuple[bool, bool]:
    """Whether each of two statements had a transaction of its own."""
    token = writing.set(promise)
    try:
        own = text("select pg_current_xact_id()::text")
        first, second = db.session.scalar(own), db.session.scalar(own)
        third = db.session.scalar(own)
        return first != second, second != third
    finally:
        db.session.rollback()
        writing.reset(token)


@pytest.mark.usefixtures("opened")
def test_constants_stand_in_the_text() -> None:
    renamed = (
        update(PERSON).where(PERSON.c.login == bindparam("login")).values(name="it's 100% %(x)s", email=None)
    )
    change = Prebuilt(renamed.returning(PERSON.c.name))
    ADD.run(someone("a", name="张三"))
    assert change.scalar({"login": "a"}) == "it's 100% %(x)s"
    assert change.compiled(("login",), db.session.connection().dialect).given == {}


@pytest.mark.usefixtures("opened")
def test_a_failed_flush_ends_the_transaction_for_statements_too() -> None:
    ADD.run(someone("a"))
    db.session.add(Person(**someone("a")))
    with pytest.raises(IntegrityError):
        db.session.flush()
    with pytest.raises(PendingRollbackError):
        FIND.all({"login": "a"})


def test_a_single_statement_is_a_transaction_by_itself_on_postgresql(postgresql_url: str) -> None:
    app = databases.bare_app(postgresql_url)
    with app.app_context():
        with single_statement():
            ADD.run(someone("a"))
            assert db.session.connection().connection.driver_connection.autocommit
            db.session.rollback()
        assert FIND.scalar({"login": "a"}) == "a"
        db.session.remove()
        db.engine.dispose()


@pytest.mark.usefixtures("opened")
def test_who_promised_a_single_statement_cannot_flush_more() -> None:
    with single_statement():
        db.session.add(Person(**someone("a")))
        with pytest.raises(RuntimeError, match="one statement"):
            db.session.flush()
