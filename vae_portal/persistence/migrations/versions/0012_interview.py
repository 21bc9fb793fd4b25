"""Who is called to an interview, what each evaluator notes alone, and the sealed record of the assessment."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_FOLLOW = """
CREATE OR REPLACE FUNCTION follow_interview() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE interview_evaluator SET during = NEW.during, live = NEW.live WHERE interview_id = NEW.id;
    {also}
    RETURN NULL;
END $$
"""
# A sealed record never changes; only its object key is filled in, once.
_KEPT = """
CREATE FUNCTION keep_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.object_key IS NOT NULL
       OR (NEW.interview_id, NEW.sealed_at, NEW.sha256, NEW.text)
          IS DISTINCT FROM (OLD.interview_id, OLD.sealed_at, OLD.sha256, OLD.text) THEN
        RAISE EXCEPTION 'a sealed record does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assessment_record_sealed BEFORE UPDATE OR DELETE ON assessment_record
    FOR EACH ROW EXECUTE FUNCTION keep_record()
"""


def upgrade() -> None:
    _independence_request()
    _convocation()
    _private_note()
    _prepared_question()
    _own_assessment()
    _assessment_record()
    _calls()
    op.add_column("assessment", sa.Column("modality", sa.String(40), nullable=False, server_default=""))
    op.add_column("assessment", sa.Column("criteria", postgresql.JSONB(), nullable=False, server_default="{}"))
    op.add_column("capability", sa.Column("criteria", postgresql.JSONB(), nullable=False, server_default="[]"))
    for table, column in (("assessment", "modality"), ("assessment", "criteria"), ("capability", "criteria")):
        op.alter_column(table, column, server_default=None)
    op.add_column("interview_evaluator", sa.Column("shared_at", sa.DateTime(timezone=True)))
    op.add_column("outbox_mail", sa.Column("calendar", sa.String(20_000)))
    op.add_column("interview", sa.Column("explain_by", sa.Date()))
    op.add_column("interview", sa.Column("explanation", sa.String(2000), nullable=False, server_default=""))
    op.alter_column("interview", "explanation", server_default=None)
    op.add_column("interview", sa.Column("explained_at", sa.DateTime(timezone=True)))
    op.execute(_KEPT)


def _independence_request() -> None:
    op.create_table(
        "independence_request",
        sa.Column("candidacy_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_independence_request_asked_by")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_independence_request_candidacy_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_independence_request_person_id")),
        sa.PrimaryKeyConstraint("candidacy_id", "person_id", name=op.f("pk_independence_request")),
    )
    op.create_index("ix_independence_request_person", "independence_request", ["person_id"], unique=False)


def _convocation() -> None:
    op.create_table(
        "convocation",
        sa.Column("interview_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("called_as", sa.String(length=10), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("mail_id", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=20), nullable=True),
        sa.Column("answer_reason", sa.String(length=2000), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded", sa.SmallInteger(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.text("int8range(person_id, person_id, '[]')"), "&&"),
            (sa.column("during"), "&&"),
            where=sa.text("live"),
            using="gist",
            name="ex_convocation_person",
        ),
        sa.CheckConstraint("answer IN ('confirmed', 'other_date')", name=op.f("ck_convocation_answer")),
        sa.CheckConstraint(
            "answer IS DISTINCT FROM 'other_date' OR answer_reason <> ''", name=op.f("ck_convocation_says_why")
        ),
        sa.CheckConstraint("called_as IN ('candidate', 'evaluator')", name=op.f("ck_convocation_called_as")),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name=op.f("ck_convocation_answered")),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name=op.f("fk_convocation_interview_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox_mail.id"], name=op.f("fk_convocation_mail_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_convocation_person_id")),
        sa.PrimaryKeyConstraint("interview_id", "person_id", name=op.f("pk_convocation")),
    )


def _private_note() -> None:
    op.create_table(
        "private_note",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("candidacy_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("capability_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.String(length=10000), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_private_note_candidacy_id")),
        sa.ForeignKeyConstraint(["capability_id"], ["capability.id"], name=op.f("fk_private_note_capability_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_private_note_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_note")),
    )
    op.create_index(
        "uq_private_note",
        "private_note",
        ["candidacy_id", "person_id", "capability_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def _prepared_question() -> None:
    op.create_table(
        "prepared_question",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("candidacy_id", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("capability_id", sa.BigInteger(), nullable=True),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("answer", sa.String(length=5000), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("text <> ''", name=op.f("ck_prepared_question_asks_something")),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_prepared_question_author_id")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_prepared_question_candidacy_id")),
        sa.ForeignKeyConstraint(["capability_id"], ["capability.id"], name=op.f("fk_prepared_question_capability_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prepared_question")),
    )
    op.create_index(op.f("ix_prepared_question_candidacy_id"), "prepared_question", ["candidacy_id"], unique=False)


def _own_assessment() -> None:
    op.create_table(
        "own_assessment",
        sa.Column("interview_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("capability_id", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=5000), nullable=False),
        sa.Column("observations", sa.String(length=5000), nullable=False),
        sa.Column("modality", sa.String(length=40), nullable=False),
        sa.Column("criteria", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('acquired', 'not_acquired', 'undecided')", name=op.f("ck_own_assessment_verdict")
        ),
        sa.ForeignKeyConstraint(["capability_id"], ["capability.id"], name=op.f("fk_own_assessment_capability_id")),
        sa.ForeignKeyConstraint(
            ["interview_id", "person_id"],
            ["interview_evaluator.interview_id", "interview_evaluator.person_id"],
            name="fk_own_assessment_interview_evaluator",
        ),
        sa.PrimaryKeyConstraint("interview_id", "person_id", "capability_id", name=op.f("pk_own_assessment")),
    )


def _assessment_record() -> None:
    op.create_table(
        "assessment_record",
        sa.Column("interview_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("object_key", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "sha256 = encode(sha256(convert_to(text, 'UTF8')), 'hex')", name=op.f("ck_assessment_record_text")
        ),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name=op.f("fk_assessment_record_interview_id")),
        sa.ForeignKeyConstraint(["object_key"], ["stored_object.key"], name=op.f("fk_assessment_record_object_key")),
        sa.PrimaryKeyConstraint("interview_id", name=op.f("pk_assessment_record")),
    )


def _calls() -> None:
    op.add_column("interview", sa.Column("uid", sa.String(60)))
    op.add_column("interview", sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE interview SET uid = gen_random_uuid()::text")
    op.alter_column("interview", "uid", nullable=False)
    op.alter_column("interview", "sequence", server_default=None)
    op.create_unique_constraint(op.f("uq_interview_uid_sequence"), "interview", ["uid", "sequence"])
    op.add_column("interview", sa.Column("room_id", sa.BigInteger()))
    op.create_foreign_key(op.f("fk_interview_room_id"), "interview", "room", ["room_id"], ["id"])
    op.execute(
        "ALTER TABLE interview ADD CONSTRAINT ex_interview_booked_room EXCLUDE USING gist"
        " (int8range(room_id, room_id, '[]') WITH &&, during WITH &&) WHERE (live AND room_id IS NOT NULL)"
    )
    op.execute(
        _FOLLOW.format(also="UPDATE convocation SET during = NEW.during, live = NEW.live WHERE interview_id = NEW.id;")
    )
    op.execute(
        """
        INSERT INTO convocation (interview_id, person_id, called_as, during, live, answer_reason)
        SELECT e.interview_id, e.person_id, 'evaluator', e.during, e.live, '' FROM interview_evaluator e
        UNION ALL
        SELECT i.id, c.person_id, 'candidate', i.during, i.live, '' FROM interview i JOIN candidacy c ON c.id = i.candidacy_id
        """
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER assessment_record_sealed ON assessment_record")
    op.execute("DROP FUNCTION keep_record()")
    op.execute(_FOLLOW.format(also=""))
    for column in ("explained_at", "explanation", "explain_by"):
        op.drop_column("interview", column)
    op.drop_column("outbox_mail", "calendar")
    op.drop_column("interview_evaluator", "shared_at")
    op.drop_column("capability", "criteria")
    op.drop_column("assessment", "criteria")
    op.drop_column("assessment", "modality")
    op.drop_constraint("ex_interview_booked_room", "interview")
    op.drop_column("interview", "room_id")
    op.drop_column("interview", "sequence")
    op.drop_column("interview", "uid")
    op.drop_table("assessment_record")
    op.drop_table("own_assessment")
    op.drop_table("prepared_question")
    op.drop_table("private_note")
    op.drop_table("convocation")
    op.drop_table("independence_request")
