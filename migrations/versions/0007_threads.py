"""Threads, their messages, and who has read them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "thread",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=True),
        sa.Column("office", sa.String(length=40), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("reply_wanted", sa.Boolean(), nullable=False),
        sa.Column("reply_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_thread_application_id")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["process_instance.id"], name=op.f("fk_thread_asked_by")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_thread_instance_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_thread_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
        sa.UniqueConstraint("instance_id", name=op.f("uq_thread_instance_id")),
        sa.UniqueConstraint("key", name=op.f("uq_thread_key")),
    )
    op.create_index("ix_thread_application", "thread", ["application_id", "id"])
    op.create_table(
        "thread_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("by_applicant", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_thread_message_author_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_message_thread_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_message")),
        sa.UniqueConstraint("key", name=op.f("uq_thread_message_key")),
    )
    op.create_index("ix_thread_message_thread", "thread_message", ["thread_id", "id"])
    op.create_table(
        "thread_reading",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_thread_reading_person_id")),
        sa.ForeignKeyConstraint(["thread_id"], ["thread.id"], name=op.f("fk_thread_reading_thread_id")),
        sa.PrimaryKeyConstraint("thread_id", "person_id", name=op.f("pk_thread_reading")),
    )
    op.create_table(
        "thread_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_thread_attachment_file_id")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["thread_message.id"], name=op.f("fk_thread_attachment_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread_attachment")),
        sa.UniqueConstraint("message_id", "file_id", name=op.f("uq_thread_attachment_message_id_file_id")),
    )


def downgrade() -> None:
    """Take the schema back."""
    op.drop_table("thread_attachment")
    op.drop_table("thread_reading")
    op.drop_index("ix_thread_message_thread", table_name="thread_message")
    op.drop_table("thread_message")
    op.drop_index("ix_thread_application", table_name="thread")
    op.drop_table("thread")
