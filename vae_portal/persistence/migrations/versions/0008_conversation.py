"""The conversation on a candidacy: messages and notes, their files, what was read, who is owed a mail."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _messages()
    _marks()
    op.add_column("evidence", sa.Column("message_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_evidence_message"), "evidence", "message", ["candidacy_id", "message_id"], ["candidacy_id", "id"]
    )
    op.create_check_constraint(
        op.f("ck_evidence_message_on_record"), "evidence", "message_id IS NULL OR removed_at IS NULL"
    )
    there = sa.text("message_id IS NOT NULL")
    op.create_index("ix_evidence_message", "evidence", ["message_id"], postgresql_where=there)
    mails = sa.Column("message_mails", sa.String(10), nullable=False, server_default="at_once")
    op.add_column("person", mails)
    op.alter_column("person", "message_mails", server_default=None)
    op.create_check_constraint(
        op.f("ck_person_message_mails"), "person", "message_mails IN ('at_once', 'daily', 'never')"
    )


def _messages() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("candidacy_id", sa.BigInteger(), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(5000), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submission", sa.String(32), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_message_says_something")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_message_candidacy_id")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_message_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("author_id", "submission", name=op.f("uq_message_author_id_submission")),
        sa.UniqueConstraint("candidacy_id", "id", name=op.f("uq_message_candidacy_id_id")),
        sa.UniqueConstraint("candidacy_id", "internal", "id", name=op.f("uq_message_candidacy_id_internal_id")),
    )
    # What was said stays as it was said.
    op.execute(
        "CREATE TRIGGER message_on_record BEFORE UPDATE OR DELETE ON message FOR EACH ROW"
        " EXECUTE FUNCTION refuse_change()"
    )


def _marks() -> None:
    op.create_table(
        "message_read",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("candidacy_id", sa.BigInteger(), nullable=False),
        sa.Column("internal", sa.Boolean(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_read_person_id")),
        sa.ForeignKeyConstraint(
            ["candidacy_id", "internal", "last_id"],
            ["message.candidacy_id", "message.internal", "message.id"],
            name=op.f("fk_message_read_message"),
        ),
        sa.PrimaryKeyConstraint("person_id", "candidacy_id", "internal", name=op.f("pk_message_read")),
    )
    op.create_table(
        "message_notice",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("candidacy_id", sa.BigInteger(), nullable=False),
        sa.Column("owed_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_notice_person_id")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_message_notice_candidacy_id")),
        sa.PrimaryKeyConstraint("person_id", "candidacy_id", name=op.f("pk_message_notice")),
    )
    owed = sa.text("owed_since IS NOT NULL")
    op.create_index("ix_message_notice_owed", "message_notice", ["owed_since"], postgresql_where=owed)


def downgrade() -> None:
    op.drop_column("person", "message_mails")
    # The older form knows no file of a message: its row goes, and the hourly round lets go of its bytes.
    op.execute("DELETE FROM evidence WHERE message_id IS NOT NULL")
    op.drop_column("evidence", "message_id")
    op.drop_table("message_notice")
    op.drop_table("message_read")
    op.drop_table("message")
