"""Référentiels read from a file and not yet confirmed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "referential_proposal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("centre_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("doubts", JSONB(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("source IN ('yaml', 'rncp')", name=op.f("ck_referential_proposal_source")),
        sa.CheckConstraint("version_id IS NULL OR closed_at IS NOT NULL", name=op.f("ck_referential_proposal_closed")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_referential_proposal_centre_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_referential_proposal_made_by")),
        sa.ForeignKeyConstraint(["saved_by"], ["person.id"], name=op.f("fk_referential_proposal_saved_by")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["certification_version.id"], name=op.f("fk_referential_proposal_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referential_proposal")),
    )
    op.create_index(op.f("ix_referential_proposal_centre_id"), "referential_proposal", ["centre_id"])


def downgrade() -> None:
    op.drop_table("referential_proposal")
