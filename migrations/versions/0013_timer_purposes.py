"""Whether a timer that is waited for is a deadline or only reminds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import sqlalchemy as sa
import zstandard
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CARRIED_DOWN = ("wait.purpose",)  # the way up works it out again
TIMERS = sa.text(
    "SELECT wait.id, wait.element, process_instance.release_id FROM wait"
    " JOIN process_instance ON process_instance.id = wait.instance_id"
    " WHERE wait.kind = 'timer' ORDER BY process_instance.release_id"
)
SPECS = sa.text("SELECT specs FROM release WHERE id = :release")
SET = sa.text("UPDATE wait SET purpose = :purpose WHERE id = :wait")


def upgrade() -> None:
    """Bring the schema up; timers that wait are what their release draws, where it says it in one way."""
    with op.batch_alter_table("wait", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purpose", sa.String(length=8), nullable=True))
    connection, known = op.get_bind(), dict[int, dict[str, set[str]]]()
    for wait, element, release in connection.execute(TIMERS).all():
        if release not in known:
            known = {release: _read_purposes(connection.scalar(SPECS, {"release": release}))}
        found = known[release].get(element, set())
        if len(found) == 1:  # called processes may use one id for two things
            connection.execute(SET, {"wait": wait, "purpose": found.pop()})


def downgrade() -> None:
    """Take it down again."""
    with op.batch_alter_table("wait", schema=None) as batch_op:
        batch_op.drop_column("purpose")


def _read_purposes(content: bytes) -> dict[str, set[str]]:
    """What each event of a release is, by its id; nothing where the specs cannot be read."""
    found: dict[str, set[str]] = {}
    try:
        plain = msgspec.msgpack.decode(zstandard.decompress(content))
        for element, interrupts in _walk_events(plain):
            found.setdefault(element, set()).add("deadline" if interrupts else "reminder")
    except (zstandard.ZstdError, msgspec.MsgspecError, LookupError, TypeError, AttributeError):
        return {}
    return found


def _walk_events(plain: Any) -> Iterator[tuple[str, bool]]:
    for process in (plain["spec"], *plain["calls"].values()):
        for spec in process["task_specs"].values():
            if spec.get("event_definition"):
                yield spec["bpmn_id"] or spec["name"], spec.get("cancel_activity", True)
