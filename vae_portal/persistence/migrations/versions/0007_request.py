"""Pieces say which experience or block they are about, lines of experience are named for that; regimes of VAE."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Lines known before are named by their rank, once: from then on the name stays with the line.
_NAMED = """
UPDATE candidacy SET request = jsonb_set(request, '{experiences}', (
    SELECT jsonb_agg(line || jsonb_build_object('id', 'l' || rank) ORDER BY rank)
      FROM jsonb_array_elements(request -> 'experiences') WITH ORDINALITY AS told (line, rank)))
 WHERE jsonb_array_length(coalesce(request -> 'experiences', '[]')) > 0;
"""

# A proof of experience can only be about the one line there is; among several, the candidate says which.
_PLACED = """
UPDATE piece SET about = 'experience:l1' FROM candidacy
 WHERE candidacy.id = piece.candidacy_id AND piece.kind = 'experience_proof'
   AND jsonb_array_length(coalesce(candidacy.request -> 'experiences', '[]')) = 1;
UPDATE piece SET about = 'block:' || held.code FROM (
    SELECT candidacy_block.candidacy_id, min(block.code) AS code FROM candidacy_block
      JOIN block ON block.id = candidacy_block.block_id
     WHERE candidacy_block.declared_held GROUP BY candidacy_block.candidacy_id HAVING count(*) = 1) AS held
 WHERE held.candidacy_id = piece.candidacy_id AND piece.kind = 'block_certificate';
"""

# Documents owed at that moment were fixed without what their templates now name.
_OWED = """
UPDATE document SET context = context || jsonb_build_object('hours_total', 'non précisé', 'law', jsonb_build_object(
    'limits', 'article R. 6412-3 du code du travail', 'answer', 'article R. 6412-4 du code du travail',
    'lapse', 'article R. 6412-4 du code du travail', 'jury', 'article R. 6412-5 du code du travail',
    'notify', 'article R. 6412-7 du code du travail'))
 WHERE issued_at IS NULL AND candidacy_id IS NOT NULL;
"""

_UNNAMED = """
UPDATE candidacy SET request = jsonb_set(request - 'held', '{experiences}', (
    SELECT jsonb_agg(line - 'id' ORDER BY rank)
      FROM jsonb_array_elements(request -> 'experiences') WITH ORDINALITY AS told (line, rank)))
 WHERE jsonb_array_length(coalesce(request -> 'experiences', '[]')) > 0;
UPDATE candidacy SET request = request - 'held';
UPDATE piece SET kind = 'experience_proof' WHERE about LIKE 'experience:%';
UPDATE piece SET kind = 'degree' WHERE kind = 'comparability';
"""


def upgrade() -> None:
    op.add_column("piece", sa.Column("about", sa.String(length=40), nullable=False, server_default=""))
    op.alter_column("piece", "about", server_default=None)
    op.execute(_NAMED)
    op.execute(_PLACED)
    op.execute(_OWED)
    op.create_table(
        "version_regime",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("regime", sa.String(length=20), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.CheckConstraint("regime IN ('france_vae', 'transitional')", name=op.f("ck_version_regime_regime")),
        sa.CheckConstraint("until >= since", name=op.f("ck_version_regime_days")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["certification_version.id"], name=op.f("fk_version_regime_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_version_regime")),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(version_id, version_id, '[]')"), "&&"),
            (sa.text("daterange(since, until, '[]')"), "&&"),
            name="ex_version_regime_days",
            using="gist",
        ),
    )
    op.add_column("candidacy", sa.Column("regime", sa.String(length=20), nullable=True))
    op.execute("UPDATE candidacy SET regime = 'france_vae' WHERE submitted_on IS NOT NULL")  # the only one there was
    op.create_check_constraint(op.f("ck_candidacy_regime"), "candidacy", "regime IN ('france_vae', 'transitional')")
    op.create_check_constraint(
        op.f("ck_candidacy_regime_recorded"), "candidacy", "submitted_on IS NULL OR regime IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_column("candidacy", "regime")  # its constraints go with it
    op.drop_table("version_regime")
    op.execute(_UNNAMED)
    op.drop_column("piece", "about")
