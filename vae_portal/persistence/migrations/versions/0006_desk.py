"""The worklist's order and words kept on the candidacy; saved views, absences, who has a page open."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from vae_portal.persistence.words import of_candidacy
from workflows import steps
from workflows.regimes import DEFAULT
from workflows.steps import RESTING, Day
from workflows.vocabulary import Step

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_SENT = "submitted_on IS NOT NULL"
_DUE_FIRST = ["due_on", "rests", "stepped_at", "id"]
_FRESH = f"{_SENT} AND step = 'admissibility_review' AND acknowledged_on IS NULL"
# name: columns, what is kept beside them, of which rows
_INDEXES = {
    "ix_candidacy_due": (["centre_id", *_DUE_FIRST], ["person_id", "step"], _SENT),
    "ix_candidacy_step": (["centre_id", "step", *_DUE_FIRST], ["person_id"], _SENT),
    "ix_candidacy_advisor": (["centre_id", "advisor_id", *_DUE_FIRST], ["person_id", "step"], _SENT),
    "ix_candidacy_version": (["version_id", *_DUE_FIRST], None, _SENT),
    "ix_candidacy_fresh": (["centre_id", *_DUE_FIRST], ["person_id"], _FRESH),
    "ix_candidacy_named": (["centre_id", "sorted_as", "id"], None, _SENT),
    "ix_candidacy_since": (["centre_id", "stepped_at", "id"], None, _SENT),
    "ix_candidacy_begun": (["centre_id", "id"], None, _SENT),
}
_ROWS = """
SELECT c.id, c.number, c.step, c.acknowledged_on, c.notified_on, c.candidate_stepped_on, c.deposited_on, c.decided_on,
       c.request ->> 'usual_name' AS usual_name, p.given_names, p.family_name, p.email, k.title, k.code, k.rncp,
       EXISTS (SELECT FROM document d WHERE d.candidacy_id = c.id AND d.kind LIKE 'result\\_%' AND d.issued_at IS NULL)
           AS owed
  FROM candidacy c JOIN person p ON p.id = c.person_id JOIN certification_version v ON v.id = c.version_id
  JOIN certification k ON k.id = v.certification_id
"""


def upgrade() -> None:
    op.add_column("candidacy", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("candidacy", sa.Column("rests", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("candidacy", sa.Column("sorted_as", sa.String(200), server_default=sa.text("''"), nullable=False))
    op.add_column("candidacy", sa.Column("words", postgresql.TSVECTOR(), server_default=sa.text("''"), nullable=False))
    _fill()
    op.drop_index("ix_candidacy_worklist", table_name="candidacy")
    for name, (columns, beside, of) in _INDEXES.items():
        op.create_index(name, "candidacy", columns, postgresql_include=beside, postgresql_where=sa.text(of))
    op.create_index("ix_candidacy_words", "candidacy", ["words"], postgresql_using="gin")
    _saved_view()
    _absence()
    op.create_table(
        "presence",
        sa.Column("candidacy_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_presence_candidacy_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_presence_person_id")),
        sa.PrimaryKeyConstraint("candidacy_id", "person_id", name=op.f("pk_presence")),
    )


def _fill() -> None:
    """By the functions that keep them afterwards: neither the rule nor the words are written a second time here."""
    keep = sa.text(
        "UPDATE candidacy SET due_on = :due_on, rests = :rests, sorted_as = :sorted_as,"
        " words = array_to_tsvector(CAST(:words AS text[])) WHERE id = :id"
    )
    connection = op.get_bind()
    for row in connection.execute(sa.text(_ROWS)).all():
        days = {
            Day.ACKNOWLEDGED: row.acknowledged_on,
            Day.NOTIFIED: row.notified_on,
            Day.STEPPED: row.candidate_stepped_on,
            Day.DEPOSITED: row.deposited_on,
            Day.DECIDED: row.decided_on,
            Day.TOLD: None if row.owed else row.decided_on,
        }
        due = steps.due(Step(row.step), days, DEFAULT)  # the only regime there was
        others = (row.usual_name or "", row.title, row.code, row.rncp)
        sorted_as, words = of_candidacy(row.number, row.given_names, row.family_name, row.email, others)
        kept = {"due_on": due.on if due else None, "rests": Step(row.step) in RESTING}
        connection.execute(keep, {**kept, "sorted_as": sorted_as, "words": words, "id": row.id})


def _saved_view() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=2000), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_saved_view_name")),
        sa.CheckConstraint("place BETWEEN 1 AND 20", name=op.f("ck_saved_view_place")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_saved_view_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("person_id", "place", name=op.f("uq_saved_view_person_id_place")),
    )
    op.create_index("uq_saved_view_name", "saved_view", ["person_id", sa.text("lower(name)")], unique=True)


def _absence() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("centre_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("covered_by", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(person_id, person_id, '[]')"), "&&"),
            (sa.text("daterange(first_day, last_day, '[]')"), "&&"),
            using="gist",
            name="ex_absence_days",
        ),
        sa.CheckConstraint("covered_by <> person_id", name=op.f("ck_absence_another")),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_absence_days")),
        *(
            sa.ForeignKeyConstraint([column], [f"{column.removesuffix('_id')}.id"], name=op.f(f"fk_absence_{column}"))
            for column in ("centre_id", "person_id")
        ),
        sa.ForeignKeyConstraint(["covered_by"], ["person.id"], name=op.f("fk_absence_covered_by")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_absence_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_covered_by", "absence", ["covered_by"])


def downgrade() -> None:
    for table in ("presence", "absence", "saved_view"):
        op.drop_table(table)
    for name in (*_INDEXES, "ix_candidacy_words"):
        op.drop_index(name, table_name="candidacy")
    op.create_index("ix_candidacy_worklist", "candidacy", ["centre_id", "step", "stepped_at"], unique=False)
    for column in ("words", "sorted_as", "rests", "due_on"):
        op.drop_column("candidacy", column)
