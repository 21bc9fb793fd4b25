"""The database refuses an unlawful jury by itself, and keeps what was signed, counted or awarded."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Every rule of `workflows/composition.py` a second time, on purpose: no path of the program pronounces without it.
_LAWFUL = """
CREATE OR REPLACE FUNCTION lawful_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found record; fault text;
BEGIN
    WITH here AS (
        SELECT s.person_id, s.college, s.president, s.temporary_work, s.qualified, s.present, s.substitute,
               lower(regexp_replace(btrim(s.union_name), '\\s+', ' ', 'g')) AS union_key,
               s.present AND (r.person_id IS NULL OR r.withholds) AS sits,
               s.present AND s.votes AND r.person_id IS NULL AS voting
          FROM jury_seat s
          LEFT JOIN recusal r ON r.session_id = s.session_id AND r.person_id = s.person_id
                             AND r.candidacy_id = NEW.candidacy_id
         WHERE s.session_id = NEW.session_id
    ), about AS (
        SELECT j.state, j.starts_at, c.person_id AS candidate, v.president_college, e.id AS enrolment,
               e.acting_president_id AS acting
          FROM jury_session j, candidacy c
          JOIN certification_version v ON v.id = c.version_id
          LEFT JOIN enrolment e ON e.candidacy_id = c.id AND e.live AND e.session_id = NEW.session_id
         WHERE j.id = NEW.session_id AND c.id = NEW.candidacy_id
    )
    SELECT about.*, titular.college AS titular_college,
           CASE WHEN titular.sits THEN titular.person_id ELSE about.acting END AS chair,
           count(*) FILTER (WHERE h.voting AND h.college = 'employers') AS employers,
           count(*) FILTER (WHERE h.voting AND h.college = 'employees') AS employees,
           count(DISTINCT h.union_key) FILTER (WHERE h.voting AND h.college = 'employees') AS unions,
           count(*) FILTER (WHERE h.president) AS presidents,
           count(*) FILTER (WHERE h.present AND h.college = 'employers' AND NOT h.temporary_work) AS delegation,
           count(*) FILTER (WHERE h.present AND h.college = 'employers' AND h.temporary_work) AS temporary,
           bool_or(h.sits AND NOT h.qualified) AS unqualified,
           bool_or(h.sits AND h.person_id = about.candidate) AS own_case,
           (SELECT count(*) FROM (SELECT FROM here t WHERE t.present AND t.college = 'employees' AND t.temporary_work
                                  GROUP BY t.union_key HAVING count(*) > 1) many) AS unions_of_two_temporary,
           (SELECT count(*) FROM (SELECT FROM here d GROUP BY d.college, CASE d.college WHEN 'employees' THEN d.union_key END
                                  HAVING count(*) FILTER (WHERE d.voting AND d.substitute)
                                       > count(*) FILTER (WHERE NOT d.voting AND NOT d.substitute)) many) AS substitutes
      INTO found
      FROM about CROSS JOIN here h LEFT JOIN here titular ON titular.president
     GROUP BY about.state, about.starts_at, about.candidate, about.president_college, about.enrolment, about.acting,
              titular.college, titular.sits, titular.person_id;
    fault := CASE
        WHEN found IS NULL OR found.state IS NULL THEN 'nobody sits'
        WHEN found.state <> 'open' OR NEW.pronounced_at < found.starts_at THEN 'the session is not open'
        WHEN found.enrolment IS NULL THEN 'the candidacy is not on the agenda'
        WHEN found.employers = 0 OR found.employers <> found.employees THEN 'parity'
        WHEN found.unions <> found.employees THEN 'one vote per union'
        WHEN found.delegation > 5 OR found.temporary > 1 OR found.unions_of_two_temporary > 0 THEN 'too many members'
        WHEN found.unqualified THEN 'a member is not qualified'
        WHEN found.own_case THEN 'nobody judges their own case'
        WHEN found.substitutes > 0 THEN 'a substitute votes in nobody''s place'
        WHEN found.presidents <> 1 THEN 'one president'
        WHEN found.president_college <> 'either' AND found.titular_college <> 'employers' THEN 'the president''s college'
        WHEN found.chair IS DISTINCT FROM NEW.pronounced_by THEN 'who pronounces does not preside'
        WHEN NOT EXISTS (SELECT FROM jury_seat s WHERE s.session_id = NEW.session_id AND s.person_id = found.chair
                            AND s.present AND s.votes AND s.college = found.titular_college
                            AND NOT EXISTS (SELECT FROM recusal r WHERE r.session_id = s.session_id
                                AND r.person_id = s.person_id AND r.candidacy_id = NEW.candidacy_id))
            THEN 'who presides has no vote'
    END;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'an unlawful jury cannot pronounce (session %): %', NEW.session_id, fault
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_decision_lawful_jury';
    END IF;
    RETURN NEW;
END $$
"""
_LAWFUL_BEFORE = """
CREATE OR REPLACE FUNCTION lawful_decision() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE employers int; employees int; opened text; chairs int;
BEGIN
    SELECT state INTO opened FROM jury_session WHERE id = NEW.session_id;
    SELECT count(*) FILTER (WHERE s.college = 'employers' AND s.votes),
           count(*) FILTER (WHERE s.college = 'employees' AND s.votes),
           count(*) FILTER (WHERE s.person_id = NEW.pronounced_by AND s.votes)
      INTO employers, employees, chairs
      FROM jury_seat s
     WHERE s.session_id = NEW.session_id AND s.present
       AND NOT EXISTS (SELECT 1 FROM recusal r WHERE r.session_id = s.session_id AND r.person_id = s.person_id
                         AND r.candidacy_id = NEW.candidacy_id);
    IF opened <> 'open' OR employers = 0 OR employers <> employees OR chairs <> 1 THEN
        RAISE EXCEPTION 'an unlawful jury cannot pronounce (session %, % employers, % employees)',
            opened, employers, employees USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_decision_lawful_jury';
    END IF;
    RETURN NEW;
END $$
"""
_KEEP_DECISION = """
CREATE OR REPLACE FUNCTION keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.revoked_at IS NOT NULL
       OR (NEW.candidacy_id, NEW.session_id, NEW.round, NEW.outcome, NEW.pronounced_at, NEW.pronounced_by{also_new})
          IS DISTINCT FROM
          (OLD.candidacy_id, OLD.session_id, OLD.round, OLD.outcome, OLD.pronounced_at, OLD.pronounced_by{also_old}) THEN
        RAISE EXCEPTION 'a decision is revoked, never edited' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
# A deed's text never changes; its object key and its Word document are filled in once.
_KEEP_DEED = """
CREATE FUNCTION keep_deed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
       OR (NEW.centre_id, NEW.session_id, NEW.deed, NEW.year, NEW.serial, NEW.number, NEW.reason, NEW.content,
           NEW.sha256, NEW.made_by, NEW.made_at)
          IS DISTINCT FROM
          (OLD.centre_id, OLD.session_id, OLD.deed, OLD.year, OLD.serial, OLD.number, OLD.reason, OLD.content,
           OLD.sha256, OLD.made_by, OLD.made_at)
       OR (OLD.object_key IS NOT NULL AND NEW.object_key IS DISTINCT FROM OLD.object_key)
       OR (OLD.document_id IS NOT NULL AND NEW.document_id IS DISTINCT FROM OLD.document_id) THEN
        RAISE EXCEPTION 'minutes are corrected by a new deed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER minutes_deed_kept BEFORE UPDATE OR DELETE ON minutes_deed FOR EACH ROW EXECUTE FUNCTION keep_deed();
CREATE TRIGGER minutes_signature_kept BEFORE UPDATE OR DELETE ON minutes_signature
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER minutes_scan_kept BEFORE UPDATE OR DELETE ON minutes_scan FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""
_SIGNED_TEXT = """
CREATE FUNCTION signed_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.{hash} IS DISTINCT FROM (SELECT d.sha256 FROM minutes_deed d WHERE d.id = NEW.deed_id) THEN
        RAISE EXCEPTION 'another text than that of the deed' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'ck_minutes_signature_text';
    END IF;
    RETURN NEW;
END $$
"""
# An award never changes but to be withdrawn, once; its document is filled in once.
_KEEP_AWARD = """
CREATE FUNCTION keep_award() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL
       OR (NEW.centre_id, NEW.candidacy_id, NEW.decision_id, NEW.block_id, NEW.year, NEW.serial, NEW.number, NEW.code,
           NEW.granted_on, NEW.valid_until, NEW.issued_at)
          IS DISTINCT FROM
          (OLD.centre_id, OLD.candidacy_id, OLD.decision_id, OLD.block_id, OLD.year, OLD.serial, OLD.number, OLD.code,
           OLD.granted_on, OLD.valid_until, OLD.issued_at)
       OR (OLD.document_id IS NOT NULL AND NEW.document_id IS DISTINCT FROM OLD.document_id) THEN
        RAISE EXCEPTION 'an award is withdrawn, never edited' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER award_kept BEFORE UPDATE OR DELETE ON award FOR EACH ROW EXECUTE FUNCTION keep_award();
CREATE FUNCTION keep_fraud_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.ended IS NOT NULL THEN
        RAISE EXCEPTION 'a case that has ended does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fraud_case_kept BEFORE UPDATE OR DELETE ON fraud_case FOR EACH ROW EXECUTE FUNCTION keep_fraud_case()
"""
# A ballot is cast while its box is open, and stays as it was once the box has ended.
_KEEP_BALLOT = """
CREATE FUNCTION keep_ballot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR EXISTS (SELECT FROM vote_box b WHERE b.id = NEW.box_id AND b.ended_at IS NOT NULL) THEN
        RAISE EXCEPTION 'this vote has ended' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ballot_kept BEFORE INSERT OR UPDATE OR DELETE ON ballot FOR EACH ROW EXECUTE FUNCTION keep_ballot()
"""


def upgrade() -> None:
    op.execute(_LAWFUL)
    op.execute(_KEEP_DECISION.format(also_new=", NEW.sat", also_old=", OLD.sat"))
    for script in (_KEEP_DEED, _KEEP_AWARD, _KEEP_BALLOT):
        op.execute(script)
    for table, column in (("minutes_signature", "sha256"), ("minutes_scan", "deed_sha256")):
        op.execute(_SIGNED_TEXT.format(hash=column).replace("signed_text", f"text_of_{table}"))
        op.execute(
            f"CREATE TRIGGER {table}_text BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION text_of_{table}()"
        )


def downgrade() -> None:
    op.execute(_LAWFUL_BEFORE)
    op.execute(_KEEP_DECISION.format(also_new="", also_old=""))
    for name in (
        "keep_deed",
        "keep_award",
        "keep_fraud_case",
        "keep_ballot",
        "text_of_minutes_signature",
        "text_of_minutes_scan",
    ):
        op.execute(f"DROP FUNCTION {name}() CASCADE")
    for table in ("minutes_signature", "minutes_scan"):
        op.execute(f"DROP TRIGGER {table}_kept ON {table}")
