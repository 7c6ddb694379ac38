"""What applicants changed after they had their number."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "application_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_change_application_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_application_change_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_change")),
    )
    with op.batch_alter_table("application_change", schema=None) as batch_op:
        batch_op.create_index(
            "ix_application_change_application", ["application_id", "revision", "id"], unique=False
        )


def downgrade() -> None:
    """Take it down again."""
    with op.batch_alter_table("application_change", schema=None) as batch_op:
        batch_op.drop_index("ix_application_change_application")
    op.drop_table("application_change")
