"""Room for the numbers of series that a service defines itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up."""
    _resize("application", "registration_number", (10, 16), nullable=True)
    _resize("registration_counter", "period", (4, 12), nullable=False)


def downgrade() -> None:
    """Take it down again, unless a number is longer than the version before can keep."""
    long = "SELECT count(*) FROM application WHERE length(registration_number) > 10"
    if number := op.get_bind().scalar(sa.text(long)):
        raise CommandError(f"有 {number} 件申请的报名号超过 10 位，旧版本记不下，不能降级。")
    _resize("registration_counter", "period", (12, 4), nullable=False)
    _resize("application", "registration_number", (16, 10), nullable=True)


def _resize(table: str, column: str, lengths: tuple[int, int], *, nullable: bool) -> None:
    before, after = lengths
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.alter_column(
            column,
            existing_type=sa.String(length=before),
            type_=sa.String(length=after),
            existing_nullable=nullable,
        )
