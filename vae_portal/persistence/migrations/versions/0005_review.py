"""Verdicts on pieces, what a supplement asks again, and the identity verified."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("candidacy", sa.Column("identity_verified_on", sa.Date(), nullable=True))
    op.add_column("candidacy", sa.Column("identity_verified_by", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_candidacy_identity_verified_by_person"), "candidacy", "person", ["identity_verified_by"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_candidacy_identity_verified"),
        "candidacy",
        "(identity_verified_on IS NULL) = (identity_verified_by IS NULL)",
    )
    op.add_column("supplement_item", sa.Column("answer_by", sa.Date(), nullable=True))
    op.add_column("piece", sa.Column("item_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_piece_item_id_supplement_item"), "piece", "supplement_item", ["item_id"], ["id"])
    op.create_index(op.f("ix_piece_item_id"), "piece", ["item_id"])
    op.create_table(
        "piece_review",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("candidacy_id", sa.BigInteger(), nullable=False),
        sa.Column("piece_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=True),
        sa.Column("judged_by", sa.BigInteger(), nullable=False),
        sa.Column("judged_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("verdict IN ('accepted', 'to_replace', 'missing')", name=op.f("ck_piece_review_verdict")),
        sa.CheckConstraint(
            "(verdict = 'missing') = (piece_id IS NULL)", name=op.f("ck_piece_review_missing_is_no_piece")
        ),
        sa.CheckConstraint("verdict = 'accepted' OR length(reason) > 0", name=op.f("ck_piece_review_says_why")),
        sa.CheckConstraint("length(what) > 0", name=op.f("ck_piece_review_names_it")),
        sa.ForeignKeyConstraint(
            ["candidacy_id"], ["candidacy.id"], name=op.f("fk_piece_review_candidacy_id_candidacy")
        ),
        sa.ForeignKeyConstraint(["piece_id"], ["piece.id"], name=op.f("fk_piece_review_piece_id_piece")),
        sa.ForeignKeyConstraint(
            ["item_id"], ["supplement_item.id"], name=op.f("fk_piece_review_item_id_supplement_item")
        ),
        sa.ForeignKeyConstraint(["judged_by"], ["person.id"], name=op.f("fk_piece_review_judged_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_piece_review")),
        sa.UniqueConstraint("piece_id", name=op.f("uq_piece_review_piece_id")),
    )
    op.create_index(op.f("ix_piece_review_candidacy_id"), "piece_review", ["candidacy_id"])


def downgrade() -> None:
    op.drop_table("piece_review")
    op.drop_column("piece", "item_id")
    op.drop_column("supplement_item", "answer_by")
    op.drop_column("candidacy", "identity_verified_by")
    op.drop_column("candidacy", "identity_verified_on")
