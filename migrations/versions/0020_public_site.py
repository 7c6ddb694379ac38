"""Questions, letters and texts of the public site, who agreed to which text, and where letters go."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema up."""
    op.create_table(
        "published_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changes", sa.String(length=400), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["person.id"], name=op.f("fk_published_text_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_text")),
        sa.UniqueConstraint("kind", "version", name=op.f("uq_published_text_kind_version")),
    )
    op.create_index(
        "ix_published_text_effective_at", "published_text", ["kind", "effective_at"], unique=False
    )

    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id")),
        sa.ForeignKeyConstraint(["text_id"], ["published_text.id"], name=op.f("fk_consent_text_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("person_id", "text_id", name=op.f("uq_consent_person_id_text_id")),
    )
    op.create_index("ix_consent_text", "consent", ["text_id"], unique=False)

    op.create_table(
        "enquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("document_kind", sa.String(length=20), nullable=False),
        sa.Column("document_tail", sa.String(length=4), nullable=False),
        sa.Column("registration_number", sa.String(length=20), nullable=False),
        sa.Column("mobile", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("office_state", sa.String(length=8), nullable=False),
        sa.Column("copy_state", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_enquiry_authority_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiry")),
        sa.UniqueConstraint("form_key", name=op.f("uq_enquiry_form_key")),
    )
    op.create_index("ix_enquiry_authority", "enquiry", ["authority_id"], unique=False)

    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["authority_id"], ["authority.id"], name=op.f("fk_question_authority_id")),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_question_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    op.create_index("ix_question_state", "question", ["state", "position"], unique=False)

    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.add_column(sa.Column("agreed_texts", sa.Text(), nullable=True))

    with op.batch_alter_table("authority", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email", sa.String(length=200), nullable=False, server_default=""))
    with op.batch_alter_table("authority", schema=None) as batch_op:
        batch_op.alter_column("email", existing_type=sa.String(length=200), server_default=None)

    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("agreed_texts", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take the schema back."""
    with op.batch_alter_table("registration", schema=None) as batch_op:
        batch_op.drop_column("agreed_texts")

    with op.batch_alter_table("authority", schema=None) as batch_op:
        batch_op.drop_column("email")

    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_column("agreed_texts")

    op.drop_table("question")
    op.drop_table("enquiry")
    op.drop_table("consent")
    op.drop_table("published_text")
