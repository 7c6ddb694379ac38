"""An index for items whose claim ran out: whoever holds their role may take them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

CLAIMED = sa.text("state = 'claimed'")


def upgrade() -> None:
    """Bring the schema up."""
    op.create_index(
        "ix_work_item_claimed",
        "work_item",
        ["role", "place", "id"],
        postgresql_where=CLAIMED,
        sqlite_where=CLAIMED,
    )


def downgrade() -> None:
    """Take it down again."""
    op.drop_index(
        "ix_work_item_claimed", table_name="work_item", postgresql_where=CLAIMED, sqlite_where=CLAIMED
    )
