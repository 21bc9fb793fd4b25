"""The journal that nobody can edit, ranges that follow their interview, and the job queue."""

import procrastinate
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_never_emptied BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stored_object_kept BEFORE UPDATE ON stored_object FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

# A signature or a sealed deposit is never rewritten; only the deposit's object key is filled in once.
_SEALED = """
CREATE TRIGGER assessment_signature_kept BEFORE UPDATE OR DELETE ON assessment_signature
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE FUNCTION keep_deposit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.object_key IS NOT NULL
       OR (NEW.candidacy_id, NEW.number, NEW.round, NEW.sealed_at, NEW.manifest_sha256, NEW.manifest_text)
          IS DISTINCT FROM
          (OLD.candidacy_id, OLD.number, OLD.round, OLD.sealed_at, OLD.manifest_sha256, OLD.manifest_text) THEN
        RAISE EXCEPTION 'a sealed deposit does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deposit_sealed BEFORE UPDATE OR DELETE ON deposit FOR EACH ROW EXECUTE FUNCTION keep_deposit();
"""

_DECISIONS = """
CREATE FUNCTION keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.revoked_at IS NOT NULL
       OR (NEW.candidacy_id, NEW.session_id, NEW.round, NEW.outcome, NEW.pronounced_at, NEW.pronounced_by)
          IS DISTINCT FROM
          (OLD.candidacy_id, OLD.session_id, OLD.round, OLD.outcome, OLD.pronounced_at, OLD.pronounced_by) THEN
        RAISE EXCEPTION 'a decision is revoked, never edited' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decision_kept BEFORE UPDATE OR DELETE ON decision FOR EACH ROW EXECUTE FUNCTION keep_decision();
CREATE TRIGGER block_decision_kept BEFORE UPDATE OR DELETE ON block_decision
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION lawful_decision() RETURNS trigger LANGUAGE plpgsql AS $$
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
END $$;
CREATE TRIGGER decision_by_a_lawful_jury BEFORE INSERT ON decision FOR EACH ROW EXECUTE FUNCTION lawful_decision();
"""

_INTERVIEW = """
CREATE FUNCTION follow_interview() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE interview_evaluator SET during = NEW.during, live = NEW.live WHERE interview_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER evaluators_follow AFTER UPDATE OF during, live ON interview
    FOR EACH ROW EXECUTE FUNCTION follow_interview();
"""


def upgrade() -> None:
    for script in (_APPEND_ONLY, _SEALED, _DECISIONS, _INTERVIEW):
        op.execute(script)
    # The queue's own schema, as its authors ship it.
    op.get_bind().exec_driver_sql(procrastinate.schema.SchemaManager.get_schema().replace("%", "%%"))


def downgrade() -> None:
    for table in (
        "procrastinate_events",
        "procrastinate_periodic_defers",
        "procrastinate_jobs",
        "procrastinate_workers",
    ):
        op.execute(f"DROP TABLE IF EXISTS {table} CASCADE")
    op.execute(
        """
        DO $$ DECLARE r record; BEGIN
            FOR r IN SELECT p.oid::regprocedure AS f FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                     WHERE n.nspname = current_schema() AND p.proname LIKE 'procrastinate\\_%' LOOP
                EXECUTE 'DROP FUNCTION IF EXISTS ' || r.f || ' CASCADE';
            END LOOP;
            FOR r IN SELECT t.oid::regtype AS f FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                     WHERE n.nspname = current_schema() AND t.typname LIKE 'procrastinate\\_%' AND t.typtype IN ('e', 'c') LOOP
                EXECUTE 'DROP TYPE IF EXISTS ' || r.f || ' CASCADE';
            END LOOP;
        END $$
        """
    )
    for name in ("refuse_change", "keep_deposit", "keep_decision", "lawful_decision", "follow_interview"):
        op.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")
