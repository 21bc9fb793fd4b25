"""Uploads that resume, previews, versions of situations, what a file shows of a capability, files of a deposit."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KNOWN_BEFORE = """
UPDATE evidence SET size = stored_object.size FROM stored_object WHERE stored_object.key = evidence.object_key;
INSERT INTO deposit_file (deposit_id, evidence_id, object_key, sha256)
SELECT deposit.id, evidence.id, evidence.object_key, file ->> 'sha256'
  FROM deposit, jsonb_array_elements(deposit.manifest_text::jsonb -> 'files') AS file
  JOIN evidence ON evidence.id = (file ->> 'id')::bigint;
INSERT INTO situation_version (situation_id, revision, text, capabilities, saved_by, begun_at, saved_at, while_typing)
SELECT s.id, s.revision,
       jsonb_build_object('title', s.title, 'period', s.period, 'organisation', s.organisation, 'role', s.role,
                          'done', s.done, 'results', s.results),
       (SELECT coalesce(jsonb_agg(c.code ORDER BY c.block_id, c.position), '[]')
          FROM situation_capability sc JOIN capability c ON c.id = sc.capability_id WHERE sc.situation_id = s.id),
       d.person_id, now(), now(), false
  FROM situation s JOIN candidacy d ON d.id = s.candidacy_id;
"""

# The files of a sealed deposit never change; only the end of their lock is filled in, and never brought nearer.
_SEALED = """
CREATE FUNCTION keep_deposit_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.locked_until < OLD.locked_until
       OR (NEW.locked_until IS NULL AND OLD.locked_until IS NOT NULL)
       OR (NEW.deposit_id, NEW.evidence_id, NEW.object_key, NEW.sha256)
          IS DISTINCT FROM (OLD.deposit_id, OLD.evidence_id, OLD.object_key, OLD.sha256) THEN
        RAISE EXCEPTION 'a sealed deposit does not change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER deposit_file_sealed BEFORE UPDATE OR DELETE ON deposit_file
    FOR EACH ROW EXECUTE FUNCTION keep_deposit_file();
"""


def upgrade() -> None:
    op.create_table(
        "preview",
        sa.Column("source_key", sa.String(length=200), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("more_pages", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["source_key"], ["stored_object.key"], name=op.f("fk_preview_source_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_key", name=op.f("pk_preview")),
    )
    op.create_table(
        "preview_page",
        sa.Column("source_key", sa.String(length=200), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("object_key", sa.String(length=200), nullable=False),
        sa.Column("width", sa.SmallInteger(), nullable=False),
        sa.Column("height", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.String(length=20000), nullable=False),
        sa.ForeignKeyConstraint(["object_key"], ["stored_object.key"], name=op.f("fk_preview_page_object_key")),
        sa.ForeignKeyConstraint(
            ["source_key"], ["preview.source_key"], name=op.f("fk_preview_page_source_key"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source_key", "page", name=op.f("pk_preview_page")),
    )
    op.create_index(op.f("ix_preview_page_object_key"), "preview_page", ["object_key"], unique=False)
    op.create_table(
        "deposit_file",
        sa.Column("deposit_id", sa.BigInteger(), nullable=False),
        sa.Column("evidence_id", sa.BigInteger(), nullable=False),
        sa.Column("object_key", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["deposit_id"], ["deposit.id"], name=op.f("fk_deposit_file_deposit_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_deposit_file_evidence_id")),
        sa.ForeignKeyConstraint(["object_key"], ["stored_object.key"], name=op.f("fk_deposit_file_object_key")),
        sa.PrimaryKeyConstraint("deposit_id", "evidence_id", name=op.f("pk_deposit_file")),
    )
    op.create_index(op.f("ix_deposit_file_object_key"), "deposit_file", ["object_key"], unique=False)
    op.create_index(op.f("ix_deposit_file_sha256"), "deposit_file", ["sha256"], unique=False)
    op.create_table(
        "situation_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("situation_id", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("capabilities", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_by", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("while_typing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["saved_by"], ["person.id"], name=op.f("fk_situation_version_saved_by")),
        sa.ForeignKeyConstraint(["situation_id"], ["situation.id"], name=op.f("fk_situation_version_situation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation_version")),
        sa.UniqueConstraint("situation_id", "revision", name=op.f("uq_situation_version_situation_id_revision")),
    )
    op.create_table(
        "upload",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("evidence_id", sa.BigInteger(), nullable=False),
        sa.Column("object_key", sa.String(length=200), nullable=False),
        sa.Column("multipart_id", sa.String(length=500), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("next_part", sa.Integer(), nullable=False),
        sa.Column("writer", sa.String(length=32), nullable=False),
        sa.Column("tail_key", sa.String(length=200), nullable=True),
        sa.Column("tail_size", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(tail_key IS NULL) = (tail_size = 0)", name=op.f("ck_upload_tail")),
        sa.CheckConstraint("next_part BETWEEN 1 AND 10000", name=op.f("ck_upload_parts")),
        sa.CheckConstraint("received BETWEEN 0 AND size", name=op.f("ck_upload_received")),
        sa.CheckConstraint("received_at IS NULL OR received = size", name=op.f("ck_upload_whole")),
        sa.CheckConstraint("size > 0", name=op.f("ck_upload_size")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_upload_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_upload_evidence_id")),
        sa.UniqueConstraint("object_key", name=op.f("uq_upload_object_key")),
        sa.UniqueConstraint("token", name=op.f("uq_upload_token")),
    )
    op.create_index(
        "ix_upload_open", "upload", ["expires_at"], unique=False, postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_table(
        "pointer",
        sa.Column("situation_id", sa.BigInteger(), nullable=False),
        sa.Column("evidence_id", sa.BigInteger(), nullable=False),
        sa.Column("capability_id", sa.BigInteger(), nullable=False),
        sa.Column("shows", sa.String(length=300), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.CheckConstraint("shows <> '' OR place <> ''", name=op.f("ck_pointer_says_something")),
        sa.ForeignKeyConstraint(
            ["situation_id", "capability_id"],
            ["situation_capability.situation_id", "situation_capability.capability_id"],
            name="fk_pointer_situation_capability",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["situation_id", "evidence_id"],
            ["situation_evidence.situation_id", "situation_evidence.evidence_id"],
            name="fk_pointer_situation_evidence",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("situation_id", "evidence_id", "capability_id", name=op.f("pk_pointer")),
    )
    op.create_table(
        "upload_part",
        sa.Column("upload_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("etag", sa.String(length=200), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_upload_part_size")),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["upload.id"], name=op.f("fk_upload_part_upload_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("upload_id", "number", name=op.f("pk_upload_part")),
    )
    op.create_index("ix_deposit_code", "deposit", [sa.literal_column("left(manifest_sha256, 20)")], unique=False)
    op.add_column("evidence", sa.Column("size", sa.BigInteger(), nullable=False, server_default="1"))
    op.alter_column("evidence", "size", server_default=None)
    op.add_column("evidence", sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("evidence", "confidential", server_default=None)
    op.add_column(
        "evidence",
        sa.Column("personal_data", postgresql.JSONB(astext_type=sa.Text()), nullable=False, server_default="{}"),
    )
    op.alter_column("evidence", "personal_data", server_default=None)
    op.alter_column("evidence", "object_key", existing_type=sa.VARCHAR(length=200), nullable=True)
    op.create_index(op.f("ix_evidence_object_key"), "evidence", ["object_key"], unique=False)
    op.add_column("remark", sa.Column("about_code", sa.String(length=60), nullable=False, server_default=""))
    op.alter_column("remark", "about_code", server_default=None)
    op.add_column("remark", sa.Column("answer", sa.String(length=5000), nullable=False, server_default=""))
    op.alter_column("remark", "answer", server_default=None)
    op.add_column("remark", sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("situation", sa.Column("context", sa.String(length=20000), nullable=False, server_default=""))
    op.alter_column("situation", "context", server_default=None)
    op.add_column("situation", sa.Column("with_whom", sa.String(length=20000), nullable=False, server_default=""))
    op.alter_column("situation", "with_whom", server_default=None)
    op.add_column("situation", sa.Column("means", sa.String(length=20000), nullable=False, server_default=""))
    op.alter_column("situation", "means", server_default=None)
    op.add_column("situation", sa.Column("learnt", sa.String(length=20000), nullable=False, server_default=""))
    op.alter_column("situation", "learnt", server_default=None)
    op.create_index(
        "ux_stored_object_evidence",
        "stored_object",
        ["sha256"],
        unique=True,
        postgresql_where=sa.text("key LIKE 'evidence/%'"),
    )
    op.execute(_KNOWN_BEFORE)
    op.execute(_SEALED)


def downgrade() -> None:
    op.execute("DROP FUNCTION keep_deposit_file() CASCADE")
    op.execute("DELETE FROM situation_evidence WHERE evidence_id IN (SELECT id FROM evidence WHERE object_key IS NULL)")
    op.execute("DELETE FROM upload_part")
    op.execute("DELETE FROM upload")
    op.execute("DELETE FROM evidence WHERE object_key IS NULL")
    op.drop_index(
        "ux_stored_object_evidence", table_name="stored_object", postgresql_where=sa.text("key LIKE 'evidence/%'")
    )
    op.drop_column("situation", "learnt")
    op.drop_column("situation", "means")
    op.drop_column("situation", "with_whom")
    op.drop_column("situation", "context")
    op.drop_column("remark", "answered_at")
    op.drop_column("remark", "answer")
    op.drop_column("remark", "about_code")
    op.drop_index(op.f("ix_evidence_object_key"), table_name="evidence")
    op.alter_column("evidence", "object_key", existing_type=sa.VARCHAR(length=200), nullable=False)
    op.drop_column("evidence", "personal_data")
    op.drop_column("evidence", "confidential")
    op.drop_column("evidence", "size")
    op.drop_index("ix_deposit_code", table_name="deposit")
    op.drop_table("upload_part")
    op.drop_table("pointer")
    op.drop_index("ix_upload_open", table_name="upload", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_table("upload")
    op.drop_table("situation_version")
    op.drop_index(op.f("ix_deposit_file_sha256"), table_name="deposit_file")
    op.drop_index(op.f("ix_deposit_file_object_key"), table_name="deposit_file")
    op.drop_table("deposit_file")
    op.drop_index(op.f("ix_preview_page_object_key"), table_name="preview_page")
    op.drop_table("preview_page")
    op.drop_table("preview")
