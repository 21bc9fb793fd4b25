"""What staff read of a request while the candidate answers a supplement."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("candidacy", sa.Column("sent_request", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.execute("UPDATE candidacy SET sent_request = request WHERE step = 'admissibility_incomplete'")


def downgrade() -> None:
    op.drop_column("candidacy", "sent_request")
