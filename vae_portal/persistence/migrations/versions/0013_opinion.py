"""The employer's opinion, asked by mail with a personal link."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


# What an employer sent never changes; a link that was renewed or taken back before says nothing of it.
_KEPT = """
CREATE FUNCTION keep_opinion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.answered_at IS NOT NULL THEN
        RAISE EXCEPTION 'an opinion that was sent does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER employer_opinion_kept BEFORE UPDATE OR DELETE ON employer_opinion
    FOR EACH ROW EXECUTE FUNCTION keep_opinion();
CREATE FUNCTION keep_opinion_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM employer_opinion o WHERE o.answered_at IS NOT NULL
               AND o.id = CASE WHEN TG_OP = 'INSERT' THEN NEW.opinion_id ELSE OLD.opinion_id END) THEN
        RAISE EXCEPTION 'an opinion that was sent does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER opinion_line_kept BEFORE INSERT OR UPDATE OR DELETE ON opinion_line
    FOR EACH ROW EXECUTE FUNCTION keep_opinion_line()
"""


def upgrade() -> None:
    _employer_opinion()
    _opinion_line()
    op.execute(_KEPT)


def _employer_opinion() -> None:
    op.create_table(
        "employer_opinion",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("candidacy_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("organisation", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("written_by", sa.String(length=200), nullable=False),
        sa.Column("general", sa.String(length=5000), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint("answered_at IS NULL OR written_by <> ''", name=op.f("ck_employer_opinion_says_who")),
        sa.CheckConstraint(
            "answered_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_employer_opinion_answered_stays")
        ),
        sa.CheckConstraint("expires_at > asked_at", name=op.f("ck_employer_opinion_expires")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_employer_opinion_asked_by")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_employer_opinion_candidacy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer_opinion")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_employer_opinion_secret_hash")),
    )
    op.create_index(op.f("ix_employer_opinion_candidacy_id"), "employer_opinion", ["candidacy_id"], unique=False)


def _opinion_line() -> None:
    op.create_table(
        "opinion_line",
        sa.Column("opinion_id", sa.BigInteger(), nullable=False),
        sa.Column("capability_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=True),
        sa.Column("comment", sa.String(length=2000), nullable=False),
        sa.CheckConstraint("level IN ('shown', 'partly', 'not_shown', 'not_seen')", name=op.f("ck_opinion_line_level")),
        sa.ForeignKeyConstraint(["capability_id"], ["capability.id"], name=op.f("fk_opinion_line_capability_id")),
        sa.ForeignKeyConstraint(["opinion_id"], ["employer_opinion.id"], name=op.f("fk_opinion_line_opinion_id")),
        sa.PrimaryKeyConstraint("opinion_id", "capability_id", name=op.f("pk_opinion_line")),
    )


def downgrade() -> None:
    op.drop_table("opinion_line")
    op.drop_table("employer_opinion")
    op.execute("DROP FUNCTION keep_opinion_line()")
    op.execute("DROP FUNCTION keep_opinion()")
