"""Keeping recordings: store, retention, holds, tombstones, who watched, master keys."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Column by column and not table by table: SQLite would copy a table for its constraint, and can't
# drop the old one while rows of others point to it. Both databases take these sentences.
COLUMNS = (
    (
        "recordings",
        "place",
        (
            "VARCHAR(12) DEFAULT 'local' NOT NULL CONSTRAINT ck_recordings_place CHECK (place IN"
            " ('local', 'uploading', 'clearing', 'remote', 'erasing', 'erased'))"
        ),
    ),
    ("recordings", "store_problem", "VARCHAR(200) DEFAULT '' NOT NULL"),
    (
        "recording_views",
        "kind",
        (
            "VARCHAR(12) DEFAULT 'watched' NOT NULL CONSTRAINT ck_recording_views_kind CHECK (kind IN"
            " ('watched', 'exported'))"
        ),
    ),
    ("recording_views", "ended_ms", "BIGINT"),
    (
        "service_items",
        "retention_class",
        (
            "VARCHAR(12) DEFAULT 'standard' NOT NULL CONSTRAINT ck_service_items_retention_class"
            " CHECK (retention_class IN ('brief', 'standard', 'long', 'permanent'))"
        ),
    ),
)


def upgrade() -> None:
    for table, column, definition in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {definition}")
    op.create_index("ix_recordings_place", "recordings", ["place"])
    op.create_table(
        "installation_keys",
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("begun_ms", sa.BigInteger(), nullable=False),
        sa.Column("retired_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('current', 'next', 'retired')", name=op.f("ck_installation_keys_state")
        ),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_installation_keys")),
    )
    with op.batch_alter_table("installation_keys", schema=None) as batch_op:
        batch_op.create_index(
            "uq_installation_keys_live",
            ["state"],
            unique=True,
            sqlite_where=sa.text("state <> 'retired'"),
            postgresql_where=sa.text("state <> 'retired'"),
        )

    op.create_table(
        "retention_changes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("retention_class", sa.String(length=12), nullable=False),
        sa.Column("from_years", sa.Integer(), nullable=False),
        sa.Column("to_years", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("proposed_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "retention_class IN ('brief', 'standard', 'long', 'permanent')",
            name=op.f("ck_retention_changes_retention_class"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'rejected')", name=op.f("ck_retention_changes_state")
        ),
        sa.CheckConstraint(
            "decided_by_staff_id IS NULL OR decided_by_staff_id <> proposed_by_staff_id",
            name=op.f("ck_retention_changes_two_people"),
        ),
        sa.CheckConstraint(
            "to_years BETWEEN 1 AND 100 AND to_years < from_years",
            name=op.f("ck_retention_changes_shorter"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_retention_changes_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_retention_changes_decided_by_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_retention_changes_proposed_by_staff_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_changes")),
    )
    with op.batch_alter_table("retention_changes", schema=None) as batch_op:
        batch_op.create_index(
            "uq_retention_changes_open",
            ["county_id", "retention_class"],
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )

    op.create_table(
        "retention_terms",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("retention_class", sa.String(length=12), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("changed_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "retention_class IN ('brief', 'standard', 'long', 'permanent')",
            name=op.f("ck_retention_terms_retention_class"),
        ),
        sa.CheckConstraint("years BETWEEN 1 AND 100", name=op.f("ck_retention_terms_years")),
        sa.ForeignKeyConstraint(
            ["changed_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_retention_terms_changed_by_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_retention_terms_county_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_terms")),
        sa.UniqueConstraint(
            "county_id",
            "retention_class",
            name=op.f("uq_retention_terms_county_id_retention_class"),
        ),
    )
    op.create_table(
        "subject_reveals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=True),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_subject_reveals_case_id")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_subject_reveals_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_subject_reveals_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_subject_reveals_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_subject_reveals_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject_reveals")),
    )
    with op.batch_alter_table("subject_reveals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subject_reveals_case_id"), ["case_id"], unique=False)

    op.create_table(
        "recording_holds",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("line", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("placed_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("placed_ms", sa.BigInteger(), nullable=False),
        sa.Column("lifted_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("lift_reason", sa.String(length=200), nullable=False),
        sa.Column("lifted_ms", sa.BigInteger(), nullable=True),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint("line IN ('home', 'county')", name=op.f("ck_recording_holds_line")),
        sa.CheckConstraint(
            "(lifted_ms IS NULL) = (lifted_by_staff_id IS NULL)",
            name=op.f("ck_recording_holds_lifted"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_recording_holds_call_id")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_recording_holds_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_recording_holds_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_recording_holds_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by_staff_id"], ["staff.id"], name=op.f("fk_recording_holds_lifted_by_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["placed_by_staff_id"], ["staff.id"], name=op.f("fk_recording_holds_placed_by_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_holds")),
    )
    with op.batch_alter_table("recording_holds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recording_holds_call_id"), ["call_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_recording_holds_home_organisation_id"),
            ["home_organisation_id"],
            unique=False,
        )

    op.create_table(
        "stored_files",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("recording_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("chunk_table", sa.LargeBinary(), nullable=False),
        sa.Column("checked_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_stored_files_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_stored_files_recording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_files")),
        sa.UniqueConstraint("recording_id", "name", name=op.f("uq_stored_files_recording_id_name")),
    )
    op.create_table(
        "tombstones",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("recording_id", sa.String(length=36), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("retention_class", sa.String(length=12), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("signing_key_id", sa.String(length=80), nullable=False),
        sa.Column("expired_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "retention_class IN ('brief', 'standard', 'long', 'permanent')",
            name=op.f("ck_tombstones_retention_class"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_tombstones_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_tombstones_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_tombstones_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_tombstones_recording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tombstones")),
        sa.UniqueConstraint("recording_id", name=op.f("uq_tombstones_recording_id")),
    )


def downgrade() -> None:
    op.drop_table("tombstones")
    op.drop_table("stored_files")
    with op.batch_alter_table("recording_holds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recording_holds_home_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_recording_holds_call_id"))

    op.drop_table("recording_holds")
    with op.batch_alter_table("subject_reveals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subject_reveals_case_id"))

    op.drop_table("subject_reveals")
    op.drop_table("retention_terms")
    with op.batch_alter_table("retention_changes", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_retention_changes_open",
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )

    op.drop_table("retention_changes")
    with op.batch_alter_table("installation_keys", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_installation_keys_live",
            sqlite_where=sa.text("state <> 'retired'"),
            postgresql_where=sa.text("state <> 'retired'"),
        )

    op.drop_table("installation_keys")
    op.drop_index("ix_recordings_place", table_name="recordings")
    for table, column, _definition in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
