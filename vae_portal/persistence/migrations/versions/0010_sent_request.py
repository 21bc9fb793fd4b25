"""What staff read of a request while the candidate answers a supplement, and since when they answer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("candidacy", sa.Column("answering_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("candidacy", sa.Column("sent_request", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.execute(
        "UPDATE candidacy SET answering_since = stepped_at, sent_request = request"
        " WHERE step = 'admissibility_incomplete'"
    )
    op.create_check_constraint(
        op.f("ck_candidacy_answering"), "candidacy", "(answering_since IS NULL) = (sent_request IS NULL)"
    )


def downgrade() -> None:
    op.drop_column("candidacy", "sent_request")
    op.drop_column("candidacy", "answering_since")
