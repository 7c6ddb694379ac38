"""How registers are asked about a person, certificates they told of, and certificates of vocational skill.

Revision ID: 0023
Revises: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Three tables, and the skill certificate that an application is made with."""
    _create_syncs()
    _create_told_certificates()
    _create_skill_certificates()
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.add_column(sa.Column("skill_certificate_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_application_skill_certificate_id"),
            "skill_certificate",
            ["skill_certificate_id"],
            ["id"],
        )


def _create_syncs() -> None:
    op.create_table(
        "register_sync",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("register", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.String(length=12), nullable=False),
        sa.Column("differs", sa.String(length=80), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("next_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_register_sync_person_id")),
        sa.PrimaryKeyConstraint("person_id", "register", name=op.f("pk_register_sync")),
    )


def _create_told_certificates() -> None:
    op.create_table(
        "told_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("authority", sa.String(length=100), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_told_certificate_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_certificate")),
        sa.UniqueConstraint("person_id", "number", name=op.f("uq_told_certificate_person_id_number")),
    )


def _create_skill_certificates() -> None:
    op.create_table(
        "skill_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("occupation", sa.String(length=60), nullable=False),
        sa.Column("level", sa.String(length=4), nullable=False),
        sa.Column("issuer", sa.String(length=100), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_skill_certificate_person_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_skill_certificate_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skill_certificate")),
        sa.UniqueConstraint("person_id", "number", name=op.f("uq_skill_certificate_person_id_number")),
    )


def downgrade() -> None:
    """None of them."""
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_application_skill_certificate_id"), type_="foreignkey")
        batch_op.drop_column("skill_certificate_id")
    op.drop_table("skill_certificate")
    op.drop_table("told_certificate")
    op.drop_table("register_sync")
