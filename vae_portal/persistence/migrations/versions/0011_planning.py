"""How a centre plans: habits, rooms, when evaluators are free, plans proposed, slots offered."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _planning_habits()
    _room()
    _room_closure()
    _past_employer()
    _calendar()
    _availability()
    _plan()
    _plan_sitting()
    _plan_left_out()
    _offered_slot()


def _planning_habits() -> None:
    op.create_table(
        "planning_habits",
        sa.Column("centre_id", sa.BigInteger(), nullable=False),
        sa.Column("sitting_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("break_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("most_a_day", sa.SmallInteger(), nullable=False),
        sa.Column("evaluators", sa.SmallInteger(), nullable=False),
        sa.Column("day_begins", sa.Time(), nullable=False),
        sa.Column("day_ends", sa.Time(), nullable=False),
        sa.Column("holidays_of", sa.String(length=30), nullable=False),
        sa.Column("candidate_chooses", sa.Boolean(), nullable=False),
        sa.CheckConstraint("break_minutes BETWEEN 0 AND 240", name=op.f("ck_planning_habits_break")),
        sa.CheckConstraint("day_begins < day_ends", name=op.f("ck_planning_habits_day")),
        sa.CheckConstraint("evaluators BETWEEN 2 AND 6", name=op.f("ck_planning_habits_evaluators")),
        sa.CheckConstraint("most_a_day BETWEEN 1 AND 20", name=op.f("ck_planning_habits_most_a_day")),
        sa.CheckConstraint("sitting_minutes BETWEEN 15 AND 480", name=op.f("ck_planning_habits_sitting")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_planning_habits_centre_id")),
        sa.PrimaryKeyConstraint("centre_id", name=op.f("pk_planning_habits")),
    )


def _room() -> None:
    op.create_table(
        "room",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("centre_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("video_link", sa.String(length=500), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "CASE kind WHEN 'video' THEN video_link <> '' ELSE address <> '' END", name=op.f("ck_room_somewhere")
        ),
        sa.CheckConstraint("kind IN ('room', 'video')", name=op.f("ck_room_kind")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_room_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room")),
    )
    op.create_index("uq_room_name", "room", ["centre_id", sa.text("lower(name)")], unique=True)


def _room_closure() -> None:
    op.create_table(
        "room_closure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("room_id", sa.BigInteger(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)",
            name=op.f("ck_room_closure_during"),
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_closure_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_closure")),
    )
    op.create_index(op.f("ix_room_closure_room_id"), "room_closure", ["room_id"], unique=False)


def _past_employer() -> None:
    op.create_table(
        "past_employer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_past_employer_named")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_past_employer_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_past_employer")),
    )
    op.create_index("uq_past_employer", "past_employer", ["person_id", sa.text("lower(name)")], unique=True)


def _calendar() -> None:
    op.create_table(
        "calendar",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("url", sa.String(length=1000), nullable=True),
        sa.Column("means", sa.String(length=10), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=500), nullable=False),
        sa.CheckConstraint("means IN ('busy', 'free')", name=op.f("ck_calendar_means")),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_calendar_added_by")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
    )
    op.create_index(op.f("ix_calendar_person_id"), "calendar", ["person_id"], unique=False)


def _availability() -> None:
    op.create_table(
        "availability",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("free", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("calendar_id", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=True),
        sa.Column("begins", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=True),
        sa.Column("recorded_by", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(source = 'calendar') = (calendar_id IS NOT NULL)", name=op.f("ck_availability_calendar")),
        sa.CheckConstraint("source IN ('self', 'planner', 'calendar')", name=op.f("ck_availability_source")),
        sa.CheckConstraint(
            "CASE WHEN during IS NULL THEN weekday BETWEEN 0 AND 6 AND begins < ends AND since IS NOT NULL AND (until IS NULL OR until >= since) ELSE weekday IS NULL AND begins IS NULL AND ends IS NULL AND since IS NULL AND until IS NULL AND NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during) END",
            name=op.f("ck_availability_weekly_or_once"),
        ),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendar.id"], name=op.f("fk_availability_calendar_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_availability_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_availability_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability")),
    )
    op.create_index(op.f("ix_availability_calendar_id"), "availability", ["calendar_id"], unique=False)
    op.create_index(op.f("ix_availability_person_id"), "availability", ["person_id"], unique=False)


def _plan() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("centre_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("stop_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.String(length=500), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.BigInteger(), nullable=True),
        sa.Column("faults", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('accepted', 'given_up')) = (closed_at IS NOT NULL)", name=op.f("ck_plan_closed")
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'searching', 'proposed', 'failed', 'accepting', 'accepted', 'given_up')",
            name=op.f("ck_plan_state"),
        ),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_plan_days")),
        sa.CheckConstraint(
            "state NOT IN ('accepting', 'accepted') OR accepted_by IS NOT NULL", name=op.f("ck_plan_accepted")
        ),
        sa.ForeignKeyConstraint(["accepted_by"], ["person.id"], name=op.f("fk_plan_accepted_by")),
        sa.ForeignKeyConstraint(["asked_by"], ["person.id"], name=op.f("fk_plan_asked_by")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_plan_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
    )
    op.create_index(op.f("ix_plan_centre_id"), "plan", ["centre_id"], unique=False)
    op.create_index(
        "uq_plan_open",
        "plan",
        ["centre_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('accepted', 'given_up')"),
    )


def _plan_sitting() -> None:
    op.create_table(
        "plan_sitting",
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("candidacy_id", sa.BigInteger(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("room_id", sa.BigInteger(), nullable=False),
        sa.Column("evaluators", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_plan_sitting_candidacy_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_sitting_plan_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_plan_sitting_room_id")),
        sa.PrimaryKeyConstraint("plan_id", "candidacy_id", name=op.f("pk_plan_sitting")),
    )


def _plan_left_out() -> None:
    op.create_table(
        "plan_left_out",
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("candidacy_id", sa.BigInteger(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_plan_left_out_candidacy_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_left_out_plan_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("plan_id", "candidacy_id", name=op.f("pk_plan_left_out")),
    )


def _offered_slot() -> None:
    op.create_table(
        "offered_slot",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("candidacy_id", sa.BigInteger(), nullable=False),
        sa.Column("during", postgresql.TSTZRANGE(), nullable=False),
        sa.Column("room_id", sa.BigInteger(), nullable=False),
        sa.Column("evaluators", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("offered_by", sa.BigInteger(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)",
            name=op.f("ck_offered_slot_during"),
        ),
        sa.CheckConstraint("NOT taken OR closed_at IS NOT NULL", name=op.f("ck_offered_slot_taken")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_offered_slot_candidacy_id")),
        sa.ForeignKeyConstraint(["offered_by"], ["person.id"], name=op.f("fk_offered_slot_offered_by")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_offered_slot_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offered_slot")),
        sa.UniqueConstraint(
            "candidacy_id",
            "during",
            "room_id",
            "offered_at",
            name=op.f("uq_offered_slot_candidacy_id_during_room_id_offered_at"),
        ),
    )
    op.create_index(op.f("ix_offered_slot_candidacy_id"), "offered_slot", ["candidacy_id"], unique=False)


def downgrade() -> None:
    op.drop_table("offered_slot")
    op.drop_table("plan_left_out")
    op.drop_table("plan_sitting")
    op.drop_table("plan")
    op.drop_table("availability")
    op.drop_table("calendar")
    op.drop_table("past_employer")
    op.drop_table("room_closure")
    op.drop_table("room")
    op.drop_table("planning_habits")
