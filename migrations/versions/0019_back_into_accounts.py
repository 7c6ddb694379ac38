"""Forgotten passwords with their ways, WeChat of people, and requests about accounts of three sorts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "password_reset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("document_kind", sa.String(length=20), nullable=False),
        sa.Column("document_number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("code_id", sa.Integer(), nullable=True),
        sa.Column("link_made_at", MOMENT, nullable=True),
        sa.Column("link_expires_at", MOMENT, nullable=True),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_password_reset_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_reset")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_reset_token_hash")),
    )
    op.create_index("ix_password_reset_person", "password_reset", ["person_id"])
    op.create_index("ix_password_reset_expires_at", "password_reset", ["expires_at"])
    op.create_table(
        "wechat_binding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("openid", sa.String(length=64), nullable=False),
        sa.Column("nickname", sa.String(length=80), nullable=False),
        sa.Column("bound_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_wechat_binding_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wechat_binding")),
        sa.UniqueConstraint("openid", name=op.f("uq_wechat_binding_openid")),
        sa.UniqueConstraint("person_id", name=op.f("uq_wechat_binding_person_id")),
    )
    op.create_table(
        "wechat_ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("reset_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_wechat_ticket_person_id")),
        sa.ForeignKeyConstraint(
            ["reset_id"],
            ["password_reset.id"],
            name=op.f("fk_wechat_ticket_reset_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wechat_ticket")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_wechat_ticket_token_hash")),
    )
    op.create_index("ix_wechat_ticket_expires_at", "wechat_ticket", ["expires_at"])
    op.create_table(
        "begun_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("document_kind", sa.String(length=20), nullable=False),
        sa.Column("document_number", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("mobile", sa.String(length=20), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("proved_at", MOMENT, nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_begun_request")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_begun_request_token_hash")),
    )
    op.create_index("ix_begun_request_expires_at", "begun_request", ["expires_at"])
    with op.batch_alter_table("account_request", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("sort", sa.String(length=12), nullable=False, server_default="contested")
        )
        batch_op.add_column(sa.Column("wanted", sa.Text(), nullable=True))
        batch_op.alter_column("person_id", existing_type=sa.Integer(), nullable=True)
    with op.batch_alter_table("account_request", schema=None) as batch_op:
        batch_op.alter_column(
            "sort",
            existing_type=sa.String(length=12),
            existing_nullable=False,
            existing_server_default="contested",
            server_default=None,
        )


def downgrade() -> None:
    """Take the schema back, unless a request is about an account that does not exist."""
    nobody = op.get_bind().scalar(sa.text("SELECT count(*) FROM account_request WHERE person_id IS NULL"))
    if nobody:
        raise CommandError(f"有 {nobody} 份账号申请不对应任何账号，旧版本记不下，不能降级。")
    with op.batch_alter_table("account_request", schema=None) as batch_op:
        batch_op.alter_column("person_id", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("wanted")
        batch_op.drop_column("sort")
    op.drop_index("ix_begun_request_expires_at", table_name="begun_request")
    op.drop_table("begun_request")
    op.drop_index("ix_wechat_ticket_expires_at", table_name="wechat_ticket")
    op.drop_table("wechat_ticket")
    op.drop_table("wechat_binding")
    op.drop_index("ix_password_reset_expires_at", table_name="password_reset")
    op.drop_index("ix_password_reset_person", table_name="password_reset")
    op.drop_table("password_reset")
