"""Letters that were issued before their titles stood in rows keep the titles that they had."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from models import db
from tests.models import filling
from tests.models.test_migrations import FOLDER, SCRIPTS, _app

REVISION = "0015"


@pytest.mark.found("D4")
def test_letters_of_before_are_called_as_they_were(tmp_path: Path) -> None:
    for _open in _app(f"sqlite:///{tmp_path}/letters.db"):
        before = str(SCRIPTS[REVISION].down_revision)
        upgrade(directory=FOLDER, revision=before)
        with db.engine.begin() as connection:
            filling.fill(connection)
            connection.execute(
                text("UPDATE letter SET kind = 'refused' WHERE id = (SELECT min(id) FROM letter)")
            )
        upgrade(directory=FOLDER, revision=REVISION)
        assert _read("SELECT kind, title, english_title FROM letter ORDER BY id")[0] == (
            "refused",
            "不予认定决定书",
            "",
        )
        ((kind, title),) = _read("SELECT kind, title FROM letter WHERE kind <> 'refused'")
        assert title == kind
        downgrade(directory=FOLDER, revision=before)
        assert len(_read("SELECT kind FROM letter")) == 2


def _read(query: str) -> list[tuple[str, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]
