"""Pieces of a request say which experience or block they are about; lines of experience are named for that."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
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

_UNNAMED = """
UPDATE candidacy SET request = jsonb_set(request - 'held', '{experiences}', (
    SELECT jsonb_agg(line - 'id' ORDER BY rank)
      FROM jsonb_array_elements(request -> 'experiences') WITH ORDINALITY AS told (line, rank)))
 WHERE jsonb_array_length(coalesce(request -> 'experiences', '[]')) > 0;
UPDATE piece SET kind = 'experience_proof' WHERE about LIKE 'experience:%';
"""


def upgrade() -> None:
    op.add_column("piece", sa.Column("about", sa.String(length=40), nullable=False, server_default=""))
    op.alter_column("piece", "about", server_default=None)
    op.execute(_NAMED)
    op.execute(_PLACED)


def downgrade() -> None:
    op.execute(_UNNAMED)
    op.drop_column("piece", "about")
