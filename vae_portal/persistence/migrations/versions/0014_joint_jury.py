"""The whole of a jury session: duties, votes, minutes as deeds, awards, fraud heard with both sides."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_STATES = "state IN ('preparation', 'convened', 'open', 'closed')"
_CHECKS = (
    ("jury_session", "somewhere", "place <> '' OR video_link <> ''"),
    ("jury_session", "capacity", "capacity > 0"),
    ("jury_session", "released_once_closed", "released_at IS NULL OR state = 'closed'"),
    ("jury_session", "released_by_someone", "(released_at IS NULL) = (released_by IS NULL)"),
    ("decision", "revoked_ground", "revoked_ground IN ('', 'error_of_law', 'fraud')"),
    ("decision", "fraud_has_a_case", "(revoked_ground = 'fraud') = (fraud_case_id IS NOT NULL)"),
)


def upgrade() -> None:
    _social_partner()
    _jury_session_certification()
    _award()
    _conformity_check()
    _fraud_case()
    _minutes_deed()
    _session_duty()
    _vote_box()
    _ballot()
    _minutes_scan()
    _minutes_signature()
    _columns()
    op.drop_constraint(op.f("ck_jury_session_state"), "jury_session")
    op.create_check_constraint(op.f("ck_jury_session_state"), "jury_session", _STATES)
    for table, name, rule in _CHECKS:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)
    # A session of before pronounced on whatever was enrolled in it; the accord's 24 months for single competences.
    op.execute(
        """
        INSERT INTO jury_session_certification (session_id, certification_id)
        SELECT DISTINCT e.session_id, v.certification_id FROM enrolment e
        JOIN candidacy c ON c.id = e.candidacy_id JOIN certification_version v ON v.id = c.version_id
        """
    )
    op.execute("UPDATE certification_version SET capability_validity_months = 24")
    _points_found()
    # What was pronounced before was told at once.
    op.execute(
        """
        UPDATE jury_session s SET released_at = s.closed_at, released_by =
            (SELECT d.pronounced_by FROM decision d WHERE d.session_id = s.id ORDER BY d.id LIMIT 1)
        WHERE s.state = 'closed' AND EXISTS (SELECT FROM decision d WHERE d.session_id = s.id)
        """
    )


def _points_found() -> None:
    """What juries found conform before this was kept point by point stays found."""
    op.execute(
        """
        INSERT INTO conformity_check (enrolment_id, point, checked_by, checked_at)
        SELECT e.id, p.point, NULL, coalesce(s.opened_at, e.enrolled_at)
        FROM enrolment e JOIN jury_session s ON s.id = e.session_id,
             unnest(ARRAY['joint_rules', 'referential', 'record_signed', 'dossier_sealed']) AS p (point)
        WHERE e.conformity_checked
        """
    )
    op.drop_column("enrolment", "conformity_checked")


def _social_partner() -> None:
    op.create_table(
        "social_partner",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("centre_id", sa.BigInteger(), nullable=False),
        sa.Column("college", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("college IN ('employers', 'employees')", name=op.f("ck_social_partner_college")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_social_partner_named")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_social_partner_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_social_partner")),
    )
    op.create_index(
        "uq_social_partner_name",
        "social_partner",
        ["centre_id", "college", sa.literal_column("lower(name)")],
        unique=True,
    )


def _jury_session_certification() -> None:
    op.create_table(
        "jury_session_certification",
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("certification_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certification_id"], ["certification.id"], name=op.f("fk_jury_session_certification_certification_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["jury_session.id"], name=op.f("fk_jury_session_certification_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", "certification_id", name=op.f("pk_jury_session_certification")),
    )


def _award() -> None:
    op.create_table(
        "award",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("centre_id", sa.BigInteger(), nullable=False),
        sa.Column("candidacy_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("block_id", sa.BigInteger(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=2000), nullable=False),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason = '')", name=op.f("ck_award_withdrawn_with_reason")
        ),
        sa.ForeignKeyConstraint(["block_id"], ["block.id"], name=op.f("fk_award_block_id")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_award_candidacy_id")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_award_centre_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_award_decision_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_award_document_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("centre_id", "number", name=op.f("uq_award_centre_id_number")),
        sa.UniqueConstraint("centre_id", "year", "serial", name=op.f("uq_award_centre_id_year_serial")),
        sa.UniqueConstraint("code", name=op.f("uq_award_code")),
    )
    op.create_index(op.f("ix_award_candidacy_id"), "award", ["candidacy_id"], unique=False)
    op.create_index("ix_award_register", "award", ["centre_id", "granted_on", "id"], unique=False)
    op.create_index(
        "uq_award_of_decision", "award", ["decision_id", "block_id"], unique=True, postgresql_nulls_not_distinct=True
    )


def _conformity_check() -> None:
    op.create_table(
        "conformity_check",
        sa.Column("enrolment_id", sa.BigInteger(), nullable=False),
        sa.Column("point", sa.String(length=30), nullable=False),
        sa.Column("checked_by", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "point IN ('joint_rules', 'referential', 'record_signed', 'dossier_sealed')",
            name=op.f("ck_conformity_check_point"),
        ),
        sa.ForeignKeyConstraint(["checked_by"], ["person.id"], name=op.f("fk_conformity_check_checked_by")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_conformity_check_enrolment_id")),
        sa.PrimaryKeyConstraint("enrolment_id", "point", name=op.f("pk_conformity_check")),
    )


def _fraud_case() -> None:
    op.create_table(
        "fraud_case",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("candidacy_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("grievances", sa.String(length=5000), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=10000), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hearing_asked", sa.Boolean(), nullable=False),
        sa.Column("heard_on", sa.Date(), nullable=True),
        sa.Column("ended", sa.String(length=20), nullable=True),
        sa.Column("conclusion", sa.String(length=5000), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(answered_at IS NULL) = (answer = '')", name=op.f("ck_fraud_case_answered")),
        sa.CheckConstraint(
            "(ended IS NULL) = (ended_at IS NULL) AND (ended IS NULL) = (ended_by IS NULL) AND (ended IS NULL) = (conclusion = '')",
            name=op.f("ck_fraud_case_ended_with_reasons"),
        ),
        sa.CheckConstraint("ended IN ('established', 'not_established')", name=op.f("ck_fraud_case_ended")),
        sa.CheckConstraint("grievances <> ''", name=op.f("ck_fraud_case_says_what")),
        sa.ForeignKeyConstraint(["candidacy_id"], ["candidacy.id"], name=op.f("fk_fraud_case_candidacy_id")),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], name=op.f("fk_fraud_case_decision_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_fraud_case_ended_by")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_fraud_case_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fraud_case")),
    )
    op.create_index(
        "uq_fraud_case_running", "fraud_case", ["candidacy_id"], unique=True, postgresql_where=sa.text("ended IS NULL")
    )


def _minutes_deed() -> None:
    op.create_table(
        "minutes_deed",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("centre_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("deed", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("object_key", sa.String(length=200), nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(deed = 'correction') = (reason <> '')", name=op.f("ck_minutes_deed_a_correction_says_why")
        ),
        sa.CheckConstraint("deed IN ('minutes', 'correction')", name=op.f("ck_minutes_deed_deed")),
        sa.CheckConstraint(
            "sha256 = encode(sha256(convert_to(content, 'UTF8')), 'hex')", name=op.f("ck_minutes_deed_content")
        ),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_minutes_deed_centre_id")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_minutes_deed_document_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_minutes_deed_made_by")),
        sa.ForeignKeyConstraint(["object_key"], ["stored_object.key"], name=op.f("fk_minutes_deed_object_key")),
        sa.ForeignKeyConstraint(["session_id"], ["jury_session.id"], name=op.f("fk_minutes_deed_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_deed")),
        sa.UniqueConstraint("centre_id", "number", name=op.f("uq_minutes_deed_centre_id_number")),
        sa.UniqueConstraint("centre_id", "year", "serial", name=op.f("uq_minutes_deed_centre_id_year_serial")),
    )
    op.create_index(op.f("ix_minutes_deed_session_id"), "minutes_deed", ["session_id"], unique=False)
    op.create_index(
        "uq_minutes_deed_of_session",
        "minutes_deed",
        ["session_id"],
        unique=True,
        postgresql_where=sa.text("deed = 'minutes'"),
    )


def _session_duty() -> None:
    op.create_table(
        "session_duty",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("duty", sa.String(length=30), nullable=False),
        sa.Column("partner_id", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("how", sa.String(length=200), nullable=False),
        sa.Column("mail_id", sa.BigInteger(), nullable=True),
        sa.Column("document_id", sa.BigInteger(), nullable=True),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "duty IN ('unions_asked', 'employers_told', 'members_convoked', 'composition_notified')",
            name=op.f("ck_session_duty_duty"),
        ),
        sa.CheckConstraint("partner_id IS NULL OR person_id IS NULL", name=op.f("ck_session_duty_one_addressee")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_session_duty_document_id")),
        sa.ForeignKeyConstraint(["mail_id"], ["outbox_mail.id"], name=op.f("fk_session_duty_mail_id")),
        sa.ForeignKeyConstraint(["partner_id"], ["social_partner.id"], name=op.f("fk_session_duty_partner_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_session_duty_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_session_duty_recorded_by")),
        sa.ForeignKeyConstraint(["session_id"], ["jury_session.id"], name=op.f("fk_session_duty_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_duty")),
    )
    op.create_index(
        "uq_session_duty",
        "session_duty",
        ["session_id", "duty", "partner_id", "person_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )


def _vote_box() -> None:
    op.create_table(
        "vote_box",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger(), nullable=False),
        sa.Column("block_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_up", sa.Boolean(), nullable=False),
        sa.Column("counted", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "given_up OR (counted IS NULL) = (ended_at IS NULL)", name=op.f("ck_vote_box_counted_when_ended")
        ),
        sa.CheckConstraint("NOT given_up OR ended_at IS NOT NULL", name=op.f("ck_vote_box_given_up_has_ended")),
        sa.ForeignKeyConstraint(["block_id"], ["block.id"], name=op.f("fk_vote_box_block_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_vote_box_enrolment_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["person.id"], name=op.f("fk_vote_box_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote_box")),
    )
    op.create_index(
        "uq_vote_box_running",
        "vote_box",
        ["enrolment_id", "block_id"],
        unique=True,
        postgresql_where=sa.text("NOT given_up"),
    )


def _ballot() -> None:
    op.create_table(
        "ballot",
        sa.Column("box_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("choice", sa.String(length=10), nullable=False),
        sa.Column("cast_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("choice IN ('for', 'against', 'abstain')", name=op.f("ck_ballot_choice")),
        sa.ForeignKeyConstraint(["box_id"], ["vote_box.id"], name=op.f("fk_ballot_box_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_ballot_person_id")),
        sa.PrimaryKeyConstraint("box_id", "person_id", name=op.f("pk_ballot")),
    )


def _minutes_scan() -> None:
    op.create_table(
        "minutes_scan",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("deed_id", sa.BigInteger(), nullable=False),
        sa.Column("deed_sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("object_key", sa.String(length=200), nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["added_by"], ["person.id"], name=op.f("fk_minutes_scan_added_by")),
        sa.ForeignKeyConstraint(["deed_id"], ["minutes_deed.id"], name=op.f("fk_minutes_scan_deed_id")),
        sa.ForeignKeyConstraint(["object_key"], ["stored_object.key"], name=op.f("fk_minutes_scan_object_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_scan")),
        sa.UniqueConstraint("deed_id", "sha256", name=op.f("uq_minutes_scan_deed_id_sha256")),
    )
    op.create_index(op.f("ix_minutes_scan_deed_id"), "minutes_scan", ["deed_id"], unique=False)


def _minutes_signature() -> None:
    op.create_table(
        "minutes_signature",
        sa.Column("deed_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deed_id"], ["minutes_deed.id"], name=op.f("fk_minutes_signature_deed_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_minutes_signature_person_id")),
        sa.PrimaryKeyConstraint("deed_id", "person_id", name=op.f("pk_minutes_signature")),
    )


def _columns() -> None:
    op.add_column("block_decision", sa.Column("box_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_block_decision_box_id"), "block_decision", "vote_box", ["box_id"], ["id"])
    op.add_column("certification_version", sa.Column("capability_validity_months", sa.SmallInteger(), nullable=True))
    op.add_column(
        "decision", sa.Column("sat", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default="[]")
    )
    op.alter_column("decision", "sat", server_default=None)
    op.add_column("decision", sa.Column("revoked_ground", sa.String(length=20), nullable=False, server_default=""))
    op.alter_column("decision", "revoked_ground", server_default=None)
    op.add_column("decision", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE decision SET told_at = pronounced_at")
    op.add_column("decision", sa.Column("fraud_case_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_decision_fraud_case_id"), "decision", "fraud_case", ["fraud_case_id"], ["id"])
    op.add_column("jury_seat", sa.Column("employers_body", sa.String(length=200), nullable=False, server_default=""))
    op.alter_column("jury_seat", "employers_body", server_default=None)
    op.add_column("jury_seat", sa.Column("qualification", sa.String(length=500), nullable=False, server_default=""))
    op.alter_column("jury_seat", "qualification", server_default=None)
    op.add_column("jury_seat", sa.Column("qualified", sa.Boolean(), nullable=False, server_default="true"))
    op.alter_column("jury_seat", "qualified", server_default=None)
    op.add_column("jury_seat", sa.Column("substitute", sa.Boolean(), nullable=False, server_default="false"))
    op.alter_column("jury_seat", "substitute", server_default=None)
    op.add_column("jury_seat", sa.Column("absence_reason", sa.String(length=300), nullable=False, server_default=""))
    op.alter_column("jury_seat", "absence_reason", server_default=None)
    op.add_column("jury_session", sa.Column("video_link", sa.String(length=500), nullable=False, server_default=""))
    op.alter_column("jury_session", "video_link", server_default=None)
    op.add_column("jury_session", sa.Column("capacity", sa.SmallInteger(), nullable=True))
    op.add_column("jury_session", sa.Column("convened_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("jury_session", sa.Column("released_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("jury_session", sa.Column("released_by", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_jury_session_released_by"), "jury_session", "person", ["released_by"], ["id"])
    op.add_column("recusal", sa.Column("withholds", sa.Boolean(), nullable=False, server_default="false"))
    op.alter_column("recusal", "withholds", server_default=None)
    op.add_column("recusal", sa.Column("recorded_by", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_recusal_recorded_by"), "recusal", "person", ["recorded_by"], ["id"])


def downgrade() -> None:
    for table, name, _rule in reversed(_CHECKS):
        op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.execute("UPDATE jury_session SET state = 'preparation' WHERE state = 'convened'")
    op.drop_constraint(op.f("ck_jury_session_state"), "jury_session")
    op.create_check_constraint(
        op.f("ck_jury_session_state"), "jury_session", "state IN ('preparation', 'open', 'closed')"
    )
    op.add_column("enrolment", sa.Column("conformity_checked", sa.Boolean(), nullable=False, server_default="false"))
    op.alter_column("enrolment", "conformity_checked", server_default=None)
    op.execute(
        """
        UPDATE enrolment SET conformity_checked = true
        WHERE (SELECT count(*) FROM conformity_check c WHERE c.enrolment_id = enrolment.id) = 4
        """
    )
    op.drop_constraint(op.f("fk_recusal_recorded_by"), "recusal", type_="foreignkey")
    op.drop_column("recusal", "recorded_by")
    op.drop_column("recusal", "withholds")
    op.drop_constraint(op.f("fk_jury_session_released_by"), "jury_session", type_="foreignkey")
    op.drop_column("jury_session", "released_by")
    op.drop_column("jury_session", "released_at")
    op.drop_column("jury_session", "convened_at")
    op.drop_column("jury_session", "capacity")
    op.drop_column("jury_session", "video_link")
    op.drop_column("jury_seat", "absence_reason")
    op.drop_column("jury_seat", "substitute")
    op.drop_column("jury_seat", "qualified")
    op.drop_column("jury_seat", "qualification")
    op.drop_column("jury_seat", "employers_body")
    op.drop_constraint(op.f("fk_decision_fraud_case_id"), "decision", type_="foreignkey")
    op.drop_column("decision", "told_at")
    op.drop_column("decision", "fraud_case_id")
    op.drop_column("decision", "revoked_ground")
    op.drop_column("decision", "sat")
    op.drop_column("certification_version", "capability_validity_months")
    op.drop_constraint(op.f("fk_block_decision_box_id"), "block_decision", type_="foreignkey")
    op.drop_column("block_decision", "box_id")
    op.drop_table("minutes_signature")
    op.drop_table("minutes_scan")
    op.drop_table("ballot")
    op.drop_table("vote_box")
    op.drop_table("session_duty")
    op.drop_table("minutes_deed")
    op.drop_table("fraud_case")
    op.drop_table("conformity_check")
    op.drop_table("award")
    op.drop_table("jury_session_certification")
    op.drop_table("social_partner")
