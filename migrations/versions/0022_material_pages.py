"""Photographed pages of materials, what looks odd in a file, and rows of a plan in its own words.

Revision ID: 0022
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table of pages, and two columns that begin empty."""
    op.create_table(
        "material_page",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("crop", sa.Text(), nullable=True),
        sa.Column("by_edges", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_material_page_application_id")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_material_page_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_page")),
    )
    op.create_index("ix_material_page_application", "material_page", ["application_id", "key"])
    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.add_column(sa.Column("warnings", sa.Text(), nullable=False, server_default="[]"))
    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.alter_column("warnings", server_default=None)
    with op.batch_alter_table("plan_material", schema=None) as batch_op:
        batch_op.add_column(sa.Column("own_words", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("plan_material", schema=None) as batch_op:
        batch_op.alter_column("own_words", server_default=None)


def downgrade() -> None:
    """Neither pages nor warnings."""
    with op.batch_alter_table("plan_material", schema=None) as batch_op:
        batch_op.drop_column("own_words")
    with op.batch_alter_table("material", schema=None) as batch_op:
        batch_op.drop_column("warnings")
    op.drop_index("ix_material_page_application", table_name="material_page")
    op.drop_table("material_page")
