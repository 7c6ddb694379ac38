"""A backup that is not whole yet touches nothing that another run, or somebody else, has put there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import stamp

from domain.upkeep.backups import unfinished
from domain.upkeep.backups.refusals import PartialTaken, UnderWay
from tests.handlers.commands.test_backup import MIGRATIONS
from tests.handlers.commands.test_commands import typed

pytestmark = pytest.mark.found("X13")
ROOT = Path(__file__).parents[3]
BEGIN_AND_DIE = """
import os, sys
from pathlib import Path
from domain.upkeep.backups import unfinished
with unfinished.begin_backup(Path(sys.argv[1])) as folder:
    (folder / "database.db").write_bytes(b"half of it")
    os._exit(9)
"""


@pytest.fixture
def partial(tmp_path: Path) -> Path:
    """Where a backup called monday is put together."""
    return tmp_path / "backups" / "monday.partial"


def test_what_is_whole_gets_its_name_and_has_no_mark(partial: Path) -> None:
    target = partial.with_suffix("")
    with unfinished.begin_backup(partial) as folder:
        (folder / "manifest.json").touch()
        unfinished.finish_backup(folder, target)
    assert [one.name for one in partial.parent.iterdir()] == ["monday"]
    assert [one.name for one in target.iterdir()] == ["manifest.json"]


def test_what_fails_leaves_nothing(partial: Path) -> None:
    with pytest.raises(KeyboardInterrupt), unfinished.begin_backup(partial):
        raise KeyboardInterrupt
    assert list(partial.parent.iterdir()) == []


def test_what_a_killed_run_left_is_removed(partial: Path) -> None:
    died = subprocess.run([sys.executable, "-c", BEGIN_AND_DIE, partial], cwd=ROOT, check=False)
    assert (died.returncode, (partial / "database.db").exists()) == (9, True)
    with unfinished.begin_backup(partial) as folder:
        assert [one.name for one in folder.iterdir()] == [unfinished.MARK]


def test_a_run_under_way_is_left_alone(partial: Path) -> None:
    with unfinished.begin_backup(partial) as folder:
        (folder / "database.db").write_bytes(b"half of it")
        with pytest.raises(UnderWay), unfinished.begin_backup(partial):
            pytest.fail("two runs in one folder")
        assert (folder / "database.db").read_bytes() == b"half of it"


@pytest.mark.parametrize("sort", ["folder", "empty folder", "file", "link", "broken link"])
def test_what_somebody_else_put_there_stays(app: Flask, partial: Path, sort: str) -> None:
    stamp(directory=MIGRATIONS)
    elsewhere = partial.parent / "elsewhere"
    elsewhere.mkdir(parents=True)
    (elsewhere / unfinished.MARK).touch()
    if sort == "file":
        partial.write_text("mine", "utf-8")
    elif sort.endswith("link"):
        partial.symlink_to(elsewhere if sort == "link" else partial.parent / "nowhere")
    else:
        partial.mkdir()
        if sort == "folder":
            (partial / "letters.txt").write_text("mine", "utf-8")
    before = sorted(os.walk(partial.parent))
    answer = typed(app, "backup", str(partial.with_suffix("")))
    assert answer.exit_code == 1
    assert str(partial) in answer.output
    assert "不是备份留下的" in answer.output
    assert sorted(os.walk(partial.parent)) == before
    with pytest.raises(PartialTaken), unfinished.begin_backup(partial):
        pytest.fail("somebody else's")
