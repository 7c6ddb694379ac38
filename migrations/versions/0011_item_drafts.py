"""A draft belongs to the person who typed it: a row for each item and person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

CARRIED_DOWN = ("item_draft",)
REWRITES = ("work_item.draft",)  # moved to rows of its own
# A released item names nobody: its draft is of the person who claimed it last.
BRING = """
INSERT INTO item_draft (work_item_id, person_id, typed, saved_at)
SELECT id, writer, draft, saved_at FROM (
  SELECT item.id, item.draft, coalesce(item.claimed_at, item.created_at) AS saved_at,
    coalesce(item.assignee_id, (
      SELECT event.actor_id FROM event
      WHERE event.instance_id = item.instance_id AND event.element = item.element
        AND event.kind = 'claimed' AND event.actor_id IS NOT NULL
      ORDER BY event.id DESC LIMIT 1)) AS writer
  FROM work_item AS item WHERE item.draft IS NOT NULL) AS kept
WHERE writer IS NOT NULL
"""
NEWEST = """
UPDATE work_item SET draft = (
  SELECT typed FROM item_draft WHERE item_draft.work_item_id = work_item.id
  ORDER BY item_draft.saved_at DESC, item_draft.person_id LIMIT 1)
WHERE state <> 'done' AND EXISTS (SELECT 1 FROM item_draft WHERE item_draft.work_item_id = work_item.id)
"""
HOLDERS = """
UPDATE work_item SET draft = (
  SELECT typed FROM item_draft
  WHERE item_draft.work_item_id = work_item.id AND item_draft.person_id = work_item.assignee_id)
WHERE state <> 'done' AND EXISTS (
  SELECT 1 FROM item_draft
  WHERE item_draft.work_item_id = work_item.id AND item_draft.person_id = work_item.assignee_id)
"""


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "item_draft",
        sa.Column("work_item_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_item_draft_person_id")),
        sa.ForeignKeyConstraint(["work_item_id"], ["work_item.id"], name=op.f("fk_item_draft_work_item_id")),
        sa.PrimaryKeyConstraint("work_item_id", "person_id", name=op.f("pk_item_draft")),
    )
    op.execute(BRING)
    op.drop_column("work_item", "draft")


def downgrade() -> None:
    """Take it down again; of several drafts for an item that of its holder stays, else the newest."""
    op.add_column("work_item", sa.Column("draft", sa.Text(), nullable=True))
    op.execute(NEWEST)
    op.execute(HOLDERS)
    op.drop_table("item_draft")
