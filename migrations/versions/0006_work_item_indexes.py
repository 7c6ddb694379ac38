"""Fewer and smaller indexes on work items: each claim and each completion writes all that cover its row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DONE = sa.text("state = 'done'")


def upgrade() -> None:
    """Bring the schema up."""
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_index("ix_work_item_instance")
        batch_op.drop_index("ix_work_item_assignee")
        batch_op.drop_constraint(op.f("uq_work_item_task_id"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_work_item_instance_id_task_id"), ["instance_id", "task_id"]
        )
        batch_op.create_index(
            "ix_work_item_assignee",
            ["assignee_id"],
            unique=False,
            postgresql_where=sa.text("state <> 'done'"),
            sqlite_where=sa.text("assignee_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_work_item_done", ["done_by", "id"], unique=False, postgresql_where=DONE, sqlite_where=DONE
        )


def downgrade() -> None:
    """Take it down again."""
    with op.batch_alter_table("work_item", schema=None) as batch_op:
        batch_op.drop_index("ix_work_item_done", postgresql_where=DONE, sqlite_where=DONE)
        batch_op.drop_index("ix_work_item_assignee")
        batch_op.drop_constraint(op.f("uq_work_item_instance_id_task_id"), type_="unique")
        batch_op.create_unique_constraint(op.f("uq_work_item_task_id"), ["task_id"])
        batch_op.create_index("ix_work_item_instance", ["instance_id"], unique=False)
        batch_op.create_index("ix_work_item_assignee", ["assignee_id", "state"], unique=False)
