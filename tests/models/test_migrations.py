"""The migrations lead from nothing to the tables that the models declare, and back, with rows in them."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate, downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from models import db
from tests.models import filling
from tests.workflows import databases
from tests.workflows.databases import Server

Caplog = pytest.LogCaptureFixture
FOLDER = str(Path(__file__).parents[2] / "migrations")
SCRIPTS = {one.revision: one.module for one in reversed(list(ScriptDirectory(FOLDER).walk_revisions()))}
WAY = list(SCRIPTS)
STEPS = list(pairwise(WAY))
CUT = """
from alembic import op
import sqlalchemy as sa
revision, down_revision = "broken", "{head}"

def upgrade():
    op.create_table("half_done", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("application") as batch:
        batch.drop_column("steps")
    op.execute("UPDATE person SET name = 'lost'")
    {then}

def downgrade():
    pass
"""
ORPHANS = 'op.execute("DELETE FROM thread_message WHERE id = (SELECT max(id) FROM thread_message)")'


@pytest.fixture(params=databases.KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app on a database without tables."""
    if request.param == "sqlite":
        yield from _app(f"sqlite:///{tmp_path}/empty.db")
        return
    server: Server = request.getfixturevalue("postgresql")
    with server.database() as name:
        yield from _app(server.address(name))


def _app(url: str) -> Iterator[Flask]:
    app = databases.bare_app(url)
    Migrate(app, db, render_as_batch=True)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_up_from_empty_is_what_the_models_declare(empty: Flask) -> None:
    upgrade(directory=FOLDER)
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_down_again_leaves_nothing(empty: Flask) -> None:
    upgrade(directory=FOLDER)
    downgrade(directory=FOLDER, revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]


@dataclass
class Walk:
    """What was seen of each revision on the way up."""

    columns: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # of each table, by revision
    given: dict[str, Any] = field(
        default_factory=dict
    )  # what an upgrade wrote into the rows of before, by table.column

    def up(self, revision: str) -> None:
        """One step up, which keeps what there was; then another row for every table."""
        before = rows()
        upgrade(directory=FOLDER, revision=revision)
        after = rows()
        assert at() == revision
        assert missing(before, after, but=declared(revision, "REWRITES")) == []
        self._learn(before, after)
        with db.engine.begin() as connection:
            filling.fill(connection)
        self.columns[revision] = columns()

    def lost_below(self, lower: str, revision: str) -> set[str]:
        """The tables and columns that a revision has and the one below has no place for."""
        here, there = self.columns[revision], self.columns[lower]
        fields = {f"{name}.{one}" for name in here.keys() & there.keys() for one in here[name]}
        known = {f"{name}.{one}" for name in there for one in there[name]}
        return {*(here.keys() - there.keys()), *(fields - known)}

    def clear(self, lost: set[str]) -> None:
        """Take away by hand what would be lost."""
        with db.engine.begin() as connection:
            for name in lost:
                if "." not in name:
                    filling.empty(connection, name)
            for table, _, one in (name.partition(".") for name in lost if "." in name):
                orders = text(f'UPDATE "{table}" SET "{one}" = :value')
                connection.execute(orders, {"value": self.given.get(f"{table}.{one}")})

    def _learn(self, before: filling.Rows, after: filling.Rows) -> None:
        for name in before.keys() & after.keys():
            for row in after[name]:
                self.given |= {
                    f"{name}.{one}": value for one, value in row.items() if one not in before[name][0]
                }


@pytest.mark.found("X1")
def test_every_step_up_keeps_every_row_and_no_step_down_loses_one(empty: Flask, caplog: Caplog) -> None:
    walk = Walk()
    for revision in WAY:
        walk.up(revision)
    straight = schema()
    for lower, revision in reversed(STEPS):
        lost = walk.lost_below(lower, revision)
        refuse_to_lose(lost - declared(revision, "CARRIED_DOWN"), to=lower, caplog=caplog)
        walk.clear(lost)
        before = rows()
        downgrade(directory=FOLDER, revision=lower)
        assert at() == lower
        assert missing(before, rows(), but=lost | declared(revision, "REWRITES")) == []
    before = rows()
    upgrade(directory=FOLDER)
    assert (
        missing(before, rows(), but={one for revision in WAY for one in declared(revision, "REWRITES")}) == []
    )
    assert schema() == straight


@pytest.mark.found("X1")
def test_a_long_way_down_is_refused_before_its_first_step(empty: Flask, caplog: Caplog) -> None:
    walk = Walk()
    for revision in WAY:
        walk.up(revision)
    walk.clear(walk.lost_below(WAY[-2], WAY[-1]))
    with db.engine.begin() as connection:
        filling.empty(connection, "thread")
    refuse_to_lose({"letter", "material"}, to=WAY[0], caplog=caplog)
    refuse_to_lose({"person", "certificate"}, to="base", caplog=caplog)


def refuse_to_lose(lost: set[str], *, to: str, caplog: Caplog) -> None:
    """A way down that would lose something names it and changes nothing."""
    if not lost:
        return
    before = (at(), rows(), schema())
    assert f"不能降级到 {to}" in refused(lambda: downgrade(directory=FOLDER, revision=to), caplog)
    assert [one for one in lost if f"{one} 有 " not in caplog.text] == []
    assert (at(), rows(), schema()) == before


@pytest.mark.found("X1")
@pytest.mark.parametrize("then", ["op.execute('SELECT nothing FROM nowhere')", "raise RuntimeError('cut')"])
def test_a_step_that_fails_leaves_the_step_before(
    empty: Flask, tmp_path: Path, caplog: Caplog, then: str
) -> None:
    upgrade(directory=FOLDER, revision=WAY[-2])
    with db.engine.begin() as connection:
        filling.fill(connection)
    before = rows()
    words = refused(lambda: upgrade(directory=with_another(tmp_path, then)), caplog)
    assert "cut" in words or f"数据库停在 {WAY[-1]}" in words
    assert at() == WAY[-1]
    assert missing(before, rows(), but=declared(WAY[-1], "REWRITES")) == []
    assert "half_done" not in schema()
    upgrade(directory=FOLDER)
    assert references_are_kept()


@pytest.mark.found("X1")
def test_a_step_that_breaks_a_reference_is_undone(tmp_path: Path, caplog: Caplog) -> None:
    for _app_of_it in _app(f"sqlite:///{tmp_path}/broken.db"):
        upgrade(directory=FOLDER)
        with db.engine.begin() as connection:
            filling.fill(connection)
        before = rows()
        words = refused(lambda: upgrade(directory=with_another(tmp_path, ORPHANS)), caplog)
        assert "迁移 broken 之后" in words
        assert re.search(r"thread_attachment 第 \d+ 行指向 thread_message", words)
        assert (at(), rows()) == (WAY[-1], before)
        assert references_are_kept()


def with_another(folder: Path, then: str) -> str:
    """A copy of the migrations with one more, which does a lot and then something wrong."""
    copy = folder / "migrations"
    shutil.copytree(FOLDER, copy)
    (copy / "versions" / "broken.py").write_text(CUT.format(head=WAY[-1], then=then), encoding="utf-8")
    return str(copy)


def refused(act: Callable[[], Any], caplog: Caplog) -> str:
    """What the operator reads of a migration that ends with status 1."""
    caplog.clear()
    with pytest.raises(SystemExit):
        act()
    return caplog.text


def references_are_kept() -> bool:
    """Whether connections of the pool still refuse rows that point to nothing."""
    orphan = "UPDATE post SET person_id = 0"
    with db.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(text(orphan))
    return True


def missing(before: filling.Rows, after: filling.Rows, *, but: set[str]) -> list[str]:
    """The rows of before that are no longer there as they were, less the tables and columns left out."""
    lost: list[str] = []
    for name in before.keys() - but:
        kept = {one for row in before[name] for one in row if f"{name}.{one}" not in but}
        wanted = Counter(repr({one: row[one] for one in sorted(kept)}) for row in before[name])
        there = Counter(repr({one: row.get(one) for one in sorted(kept)}) for row in after.get(name, []))
        lost += [f"{name}: {row}" for row in wanted - there]
    return lost


def declared(revision: str, name: str) -> set[str]:
    """What a migration says of itself: CARRIED_DOWN, REWRITES."""
    return set(getattr(SCRIPTS[revision], name, ()))


def rows() -> filling.Rows:
    """All rows of the database."""
    with db.engine.connect() as connection:
        return filling.rows_of(connection)


def schema() -> dict[str, Any]:
    """All that the tables declare."""
    with db.engine.connect() as connection:
        return filling.schema_of(connection)


def columns() -> dict[str, list[str]]:
    """The columns of each table."""
    return {name: [one[0] for one in declared["columns"]] for name, declared in schema().items()}


def at() -> str:
    """The revision at which the database is."""
    with db.engine.connect() as connection:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))
