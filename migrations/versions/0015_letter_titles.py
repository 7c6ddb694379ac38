"""Letters by the names that designers give: what each is called stands in its row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
CARRIED_DOWN = ("letter.title",)  # the module of before names those that it knows

TITLES = {
    "acceptance": "受理凭证",
    "correction": "补正材料告知书",
    "not_accepted": "不予受理决定书",
    "refused": "不予认定决定书",
}


def upgrade() -> None:
    """Bring the schema up."""
    with op.batch_alter_table("letter") as batch:
        batch.alter_column("kind", existing_type=sa.String(length=20), type_=sa.String(length=120))
        batch.add_column(sa.Column("title", sa.String(length=120), nullable=True))
        batch.add_column(sa.Column("english_title", sa.String(length=120), nullable=False, server_default=""))
    letter = sa.table("letter", sa.column("kind"), sa.column("title"))
    known = sa.case(*((letter.c.kind == kind, title) for kind, title in TITLES.items()), else_=letter.c.kind)
    op.execute(letter.update().values(title=known))
    with op.batch_alter_table("letter") as batch:
        batch.alter_column("title", existing_type=sa.String(length=120), nullable=False)


def downgrade() -> None:
    """Take the schema back."""
    with op.batch_alter_table("letter") as batch:
        batch.drop_column("english_title")
        batch.drop_column("title")
        batch.alter_column("kind", existing_type=sa.String(length=120), type_=sa.String(length=20))
