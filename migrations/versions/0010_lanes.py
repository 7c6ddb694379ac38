"""Lanes and request keys of jobs, when a timer is fired, and how far a notice has got on each channel."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OLD = sa.text("state IN ('due','leased')")
OPEN = "state IN ('due', 'leased', 'dead')"
# What the way down works out itself, or refuses to lose.
CARRIED_DOWN = (
    *("job.lane", "job.losses", "job.request_key", "wait.fire_at"),
    *("notice.sms_state", "notice.mail_state"),
)
REWRITES = ("job.key",)
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
    _keep_request_keys()
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
    new = "('notices.sms', 'notices.mail', 'contacts.sms', 'contacts.mail', 'timers.fire', 'incidents.tell')"
    jobs = f"SELECT count(*) FROM job WHERE operation IN {new} AND {OPEN}"
    if number := op.get_bind().scalar(sa.text(jobs)):
        raise CommandError(f"还有 {number} 项任务没有完成，旧版本无法处理；请先处理（flask jobs list）。")
    states = "sms_state IS NOT NULL OR mail_state IS NOT NULL"
    notices = f"SELECT count(*) FROM notice WHERE sent_at IS NULL AND ({states})"
    if number := op.get_bind().scalar(sa.text(notices)):
        raise CommandError(f"有 {number} 条通知没有全部发出，旧版本记不下短信和邮件各自的结果，不能降级。")


def _keep_request_keys() -> None:
    """The version before sends a job under its key; a second try under another would be done twice."""
    op.execute(f"UPDATE job SET key = request_key WHERE task_id IS NULL AND {OPEN}")
