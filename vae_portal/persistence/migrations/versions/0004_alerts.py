"""Alerts of legal delays, each told once."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deadline_alert",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("candidacy_id", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("days_left", sa.SmallInteger(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidacy_id"], ["candidacy.id"], name=op.f("fk_deadline_alert_candidacy_id_candidacy")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_alert")),
        sa.UniqueConstraint(
            "candidacy_id", "due_on", "days_left", name=op.f("uq_deadline_alert_candidacy_id_due_on_days_left")
        ),
    )


def downgrade() -> None:
    op.drop_table("deadline_alert")
