"""What people answered in forms that designers defined.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of answers beside the items that asked."""
    op.create_table(
        "form_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("work_item_id", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_form_answer_instance_id")
        ),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_form_answer_work_item_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_form_answer_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_answer")),
    )
    op.create_index("ix_form_answer_instance", "form_answer", ["instance_id", "id"])
    op.create_index("ix_form_answer_work_item", "form_answer", ["work_item_id"])


def downgrade() -> None:
    """No answers."""
    op.drop_index("ix_form_answer_work_item", table_name="form_answer")
    op.drop_index("ix_form_answer_instance", table_name="form_answer")
    op.drop_table("form_answer")
