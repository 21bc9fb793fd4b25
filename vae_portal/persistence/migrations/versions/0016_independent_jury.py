"""The database refuses a decision that a member votes on who declared a link with the candidate."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# What counts is what the person said last about this candidate: a later declaration replaces the one before.
_INDEPENDENT = """
CREATE FUNCTION independent_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM jury_seat s
          JOIN LATERAL (SELECT d.linked FROM independence_declaration d
                         WHERE d.candidacy_id = NEW.candidacy_id AND d.person_id = s.person_id
                         ORDER BY d.id DESC LIMIT 1) said ON said.linked
         WHERE s.session_id = NEW.session_id AND s.present AND s.votes
           AND NOT EXISTS (SELECT FROM recusal r WHERE r.session_id = s.session_id AND r.person_id = s.person_id
                              AND r.candidacy_id = NEW.candidacy_id)
    ) THEN
        RAISE EXCEPTION 'an unlawful jury cannot pronounce (session %): a voter declared a link', NEW.session_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_decision_lawful_jury';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER decision_independent BEFORE INSERT ON decision FOR EACH ROW EXECUTE FUNCTION independent_decision()
"""


def upgrade() -> None:
    op.execute(_INDEPENDENT)


def downgrade() -> None:
    op.execute("DROP FUNCTION independent_decision() CASCADE")
