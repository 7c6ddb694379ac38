"""Tries are counted in the database, and devices that were proved are known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "try_count",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_try_count")),
    )
    op.create_index("ix_try_count_expires_at", "try_count", ["expires_at"])
    op.create_table(
        "known_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_known_device_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
        sa.UniqueConstraint("token_hash", "person_id", name=op.f("uq_known_device_token_hash_person_id")),
    )
    op.create_index("ix_known_device_person", "known_device", ["person_id"])


def downgrade() -> None:
    """Take the schema back; what is lost is worth nothing an hour, or one sign-in, later."""
    op.drop_index("ix_known_device_person", table_name="known_device")
    op.drop_table("known_device")
    op.drop_index("ix_try_count_expires_at", table_name="try_count")
    op.drop_table("try_count")
