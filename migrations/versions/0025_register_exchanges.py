"""What was asked of registers and channels, with the raw answers and their hashes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "register_exchange",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("register", sa.String(length=30), nullable=False),
        sa.Column("request_id", sa.String(length=120), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["person.id"], name=op.f("fk_register_exchange_asked_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_exchange")),
    )
    with op.batch_alter_table("register_exchange", schema=None) as batch_op:
        batch_op.create_index("ix_register_exchange_asked_at", ["asked_at"], unique=False)
        batch_op.create_index("ix_register_exchange_register", ["register", "id"], unique=False)
        batch_op.create_index("ix_register_exchange_request", ["request_id"], unique=False)


def downgrade() -> None:
    """Take it down again."""
    op.drop_table("register_exchange")
