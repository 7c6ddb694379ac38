"""What the public state of an application counts as, and the set of states in which it stands.

Until now Python knew the states by their names; what each of those counted as is written down once more here.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

STANDINGS = {
    "draft": "draft",
    "pending_confirmation": "confirming",
    "correction": "confirming",
    "not_accepted": "declined",
    "pending_decision": "deciding",
    "granted": "granted",
    "refused": "refused",
    "withdrawn": "withdrawn",
    "lapsed": "lapsed",
    "abandoned": "abandoned",
}
CARRIED_DOWN = ("application.standing", "application.states_sha256")  # both follow from the state


def upgrade() -> None:
    """Bring the schema up."""
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.add_column(sa.Column("standing", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("states_sha256", sa.String(length=64), nullable=True))
        batch_op.alter_column(
            "state", existing_type=sa.String(length=24), type_=sa.String(length=40), existing_nullable=False
        )
        batch_op.drop_index("ix_application_authority_state")
        batch_op.drop_index("ix_application_site_state")
    for state, standing in STANDINGS.items():
        op.execute(
            sa.text("UPDATE application SET standing = :standing WHERE state = :state").bindparams(
                standing=standing, state=state
            )
        )
    op.execute("UPDATE application SET standing = 'draft' WHERE standing IS NULL")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.alter_column("standing", existing_type=sa.String(length=12), nullable=False)
        batch_op.create_index("ix_application_authority_standing", ["authority_id", "standing"])
        batch_op.create_index("ix_application_site_standing", ["site_id", "standing"])


def downgrade() -> None:
    """Take it down again, unless a state has a name that the version before does not know."""
    known = ", ".join(f"'{name}'" for name in STANDINGS)
    own = f"states_sha256 IS NOT NULL AND state NOT IN ({known})"
    count = f"SELECT count(*) FROM application WHERE {own}"
    if number := op.get_bind().scalar(sa.text(count)):
        raise CommandError(f"有 {number} 件申请的公开状态是设计人员自己定义的，旧版本不认识，不能降级。")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index("ix_application_site_standing")
        batch_op.drop_index("ix_application_authority_standing")
        batch_op.drop_column("states_sha256")
        batch_op.drop_column("standing")
        batch_op.alter_column(
            "state", existing_type=sa.String(length=40), type_=sa.String(length=24), existing_nullable=False
        )
        batch_op.create_index("ix_application_authority_state", ["authority_id", "state"])
        batch_op.create_index("ix_application_site_state", ["site_id", "state"])
