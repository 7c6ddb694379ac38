"""Words of their own for the channels of a notice, and room for the keys that designers give to notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up."""
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channels", sa.Text(), nullable=True))
        batch_op.alter_column(
            "template",
            existing_type=sa.String(length=40),
            type_=sa.String(length=120),
            existing_nullable=False,
        )


def downgrade() -> None:
    """Take it down again, unless the key of a notice is longer than the version before can keep."""
    if number := op.get_bind().scalar(sa.text("SELECT count(*) FROM notice WHERE length(template) > 40")):
        raise CommandError(f"有 {number} 条通知的编号超过 40 个字符，旧版本记不下，不能降级。")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.alter_column(
            "template",
            existing_type=sa.String(length=120),
            type_=sa.String(length=40),
            existing_nullable=False,
        )
        batch_op.drop_column("channels")
