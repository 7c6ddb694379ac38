"""Uploaded materials, and which of the plan's list are asked of whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_material_application_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_material_file_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_material_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
        sa.UniqueConstraint(
            "application_id", "key", "version", name=op.f("uq_material_application_id_key_version")
        ),
    )
    with op.batch_alter_table("plan_material", schema=None) as batch_op:
        # What is in the lists already is asked of everybody.
        batch_op.add_column(sa.Column("required", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch_op.add_column(sa.Column("applies_to", sa.String(length=20), nullable=False, server_default=""))
    with op.batch_alter_table("plan_material", schema=None) as batch_op:
        batch_op.alter_column("required", server_default=None)
        batch_op.alter_column("applies_to", server_default=None)


def downgrade() -> None:
    """Take the schema down."""
    with op.batch_alter_table("plan_material", schema=None) as batch_op:
        batch_op.drop_column("applies_to")
        batch_op.drop_column("required")
    op.drop_table("material")
