"""Instances as earlier versions left them: rows that each version wrote, carried on to the end by this one.

Each file in `states` is named by the commit whose engine wrote it, one for every way of keeping a state.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text

from models import db
from models.base.database import writing
from models.processes.instances import ProcessInstance, WorkItem
from tests import stores
from tests.workflows.engine.world import World
from workflows import engine
from workflows.engine.state import codec

STATES = sorted((Path(__file__).parent / "states").glob("*.json"))
pytestmark = pytest.mark.found("X1")


def put_back(file: Path) -> int:
    """The rows of a file in the database's tables; answers the id of the instance."""
    kept = json.loads(file.read_text("utf-8"))
    kept["release"][0]["digest"] = file.stem  # or the specs of another version would be taken from memory
    for name in ("release", "process_instance", "work_item", "wait"):
        table = db.metadata.tables[name]
        for row in kept[name]:
            known = {key: _value(table, key, value) for key, value in row.items() if key in table.columns}
            db.session.execute(insert(table).values(known))
        if stores.ON_POSTGRESQL:  # whose numbers do not follow rows that bring their own
            last = f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), (SELECT max(id) FROM {name}))"
            db.session.execute(text(last))
    db.session.flush()
    return int(kept["process_instance"][0]["id"])


def _value(table: Any, name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return base64.b64decode(value["bytes"])
    if isinstance(value, str) and table.columns[name].type.__class__.__name__ == "Moment":
        return datetime.fromisoformat(f"{value}+00:00")
    if isinstance(value, str) and table.columns[name].type.__class__.__name__ == "Json":
        return json.loads(value)
    return value


def finish(element: str, **variables: object) -> None:
    """Complete the open item of an element."""
    item = db.session.query(WorkItem).filter_by(element=element, state="open").one()
    engine.complete_task(item, variables=variables, actor=None)
    db.session.expire_all()


@pytest.mark.parametrize("file", STATES, ids=lambda file: file.stem)
def test_an_older_instance_goes_on_to_its_end(world: World, file: Path) -> None:
    writing.set(True)
    instance = put_back(file)
    assert list(engine.find_inconsistencies(instance)) == []
    kept = engine.read_variables(instance)
    assert kept["people"] == ["甲", "乙"]
    assert kept["when"] == {"day": "2026-11-02", "typename": "plain"}
    assert kept["big"] == 2**60
    world.watch.at = datetime.fromisoformat("2026-11-02T02:00:00+00:00") + timedelta(days=6)
    assert engine.fire_due_timers(instance)
    finish("each", vote=False)
    finish("ask")
    finish("finish")
    ended = db.session.get_one(ProcessInstance, instance)
    assert ended.state == "completed"
    assert sorted(engine.read_variables(instance)["votes"]) == [False, True]
    assert list(engine.find_inconsistencies(instance)) == []
    db.session.rollback()
    writing.set(None)


def test_a_state_of_a_newer_version_is_refused(world: World) -> None:
    with pytest.raises(codec.UnknownState):
        codec.load_state(bytes([codec.VERSION + 1]), None, None)  # type: ignore[arg-type]
