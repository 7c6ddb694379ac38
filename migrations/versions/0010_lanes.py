"""Lanes and request keys of jobs, when a timer is fired, and how far a notice has got on each channel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0013"
branch_labels = None
depends_on = None

OLD = sa.text("state IN ('due','leased')")
STATES = {"ix_job_due": "due", "ix_job_leased": "leased", "ix_job_dead": "dead"}
COLUMNS = {"ix_job_due": ["lane", "run_at", "id"], "ix_job_leased": ["lease_until"], "ix_job_dead": ["id"]}


def upgrade() -> None:
    """Bring the schema up; jobs that exist go on under the key that they were tried with."""
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sms_state", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("mail_state", sa.String(length=8), nullable=True))
    with op.batch_alter_table("wait", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fire_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_index("ix_wait_due_at")
    op.execute("UPDATE wait SET fire_at = due_at")
    op.create_index("ix_wait_fire_at", "wait", ["fire_at"])
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.add_column(sa.Column("request_key", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("lane", sa.String(length=160), nullable=True))
        batch_op.add_column(sa.Column("losses", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_index("ix_job_due", postgresql_where=OLD, sqlite_where=OLD)
    op.execute("UPDATE job SET request_key = key, lane = operation")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.alter_column("request_key", existing_type=sa.String(length=120), nullable=False)
        batch_op.alter_column("lane", existing_type=sa.String(length=160), nullable=False)
        batch_op.alter_column("losses", existing_type=sa.Integer(), server_default=None)
    for name, state in STATES.items():
        where = sa.text(f"state = '{state}'")
        op.create_index(name, "job", COLUMNS[name], postgresql_where=where, sqlite_where=where)


def downgrade() -> None:
    """Take it down again, unless something is on its way that the version before does not know."""
    _refuse_to_lose()
    for name in STATES:
        op.drop_index(name, table_name="job")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_column("losses")
        batch_op.drop_column("lane")
        batch_op.drop_column("request_key")
    op.create_index("ix_job_due", "job", ["run_at"], postgresql_where=OLD, sqlite_where=OLD)
    op.drop_index("ix_wait_fire_at", table_name="wait")
    with op.batch_alter_table("wait", schema=None) as batch_op:
        batch_op.drop_column("fire_at")
    op.create_index("ix_wait_due_at", "wait", ["due_at"])
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_column("mail_state")
        batch_op.drop_column("sms_state")


def _refuse_to_lose() -> None:
    new = "('notices.sms', 'notices.mail', 'timers.fire', 'incidents.tell')"
    found = f"SELECT count(*) FROM job WHERE operation IN {new} AND state IN ('due', 'leased', 'dead')"
    if number := op.get_bind().scalar(sa.text(found)):
        raise SystemExit(f"还有 {number} 项任务没有完成，旧版本无法处理；请处理后再降级（flask jobs list）。")
