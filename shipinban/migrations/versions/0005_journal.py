"""The journal: entries, their places, checkpoints, keys, co-signatures, and receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "journal_entries",
    "journal_leaves",
    "journal_tiles",
    "journal_checkpoints",
    "journal_cosignatures",
)


def upgrade() -> None:
    op.create_table(
        "journal_checkpoints",
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "number", name=op.f("pk_journal_checkpoints")),
        sa.UniqueConstraint(
            "county_id", "size", name=op.f("uq_journal_checkpoints_county_id_size")
        ),
    )
    op.create_table(
        "journal_cosignatures",
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key_row_id", sa.String(length=36), nullable=False),
        sa.Column("line", sa.String(length=400), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "county_id", "number", "key_row_id", name=op.f("pk_journal_cosignatures")
        ),
    )
    op.create_table(
        "journal_entries",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("actor_staff_id", sa.String(length=36), nullable=True),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("window_id", sa.String(length=36), nullable=True),
        sa.Column("case_id", sa.String(length=36), nullable=True),
        sa.Column("call_id", sa.String(length=36), nullable=True),
        sa.Column("leaf", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entries")),
    )
    with op.batch_alter_table("journal_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_journal_entries_actor_staff_id"), ["actor_staff_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_journal_entries_at_ms"), ["at_ms"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_entries_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_journal_entries_line", ["home_organisation_id", "at_ms"], unique=False
        )

    op.create_table(
        "journal_leaves",
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.String(length=36), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sequenced_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "sequence", name=op.f("pk_journal_leaves")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_journal_leaves_entry_id")),
    )
    op.create_table(
        "journal_personal",
        sa.Column("entry_id", sa.String(length=36), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "field", name=op.f("pk_journal_personal")),
    )
    op.create_table(
        "journal_tiles",
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tile_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("county_id", "level", "tile_index", name=op.f("pk_journal_tiles")),
    )
    op.create_table(
        "journal_waiting",
        sa.Column("entry_id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_journal_waiting")),
    )
    op.create_table(
        "journals",
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("origin", sa.String(length=100), nullable=False),
        sa.Column("hash_name", sa.String(length=8), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sequencer", sa.String(length=36), nullable=True),
        sa.Column("sequencer_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("hash_name IN ('sha256', 'sm3')", name=op.f("ck_journals_hash_name")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_journals_size")),
        sa.PrimaryKeyConstraint("county_id", name=op.f("pk_journals")),
        sa.UniqueConstraint("origin", name=op.f("uq_journals_origin")),
    )
    op.create_table(
        "journal_keys",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("key_id", sa.String(length=8), nullable=False),
        sa.Column("verifier", sa.String(length=200), nullable=False),
        sa.Column("entry_id", sa.String(length=36), nullable=False),
        sa.Column("added_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('county', 'town')", name=op.f("ck_journal_keys_kind")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_journal_keys_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_journal_keys_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_keys")),
        sa.UniqueConstraint(
            "county_id", "name", "key_id", name=op.f("uq_journal_keys_county_id_name_key_id")
        ),
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=True),
        sa.Column("entry_id", sa.String(length=36), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("issued_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("issued_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_receipts_case_id")),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_receipts_county_id")),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_receipts_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_receipts_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_staff_id"], ["staff.id"], name=op.f("fk_receipts_issued_by_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_receipts_code_hash")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_receipts_entry_id")),
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipts_case_id"), ["case_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        _sqlite_triggers()
    else:
        _postgresql_triggers()


def _sqlite_triggers() -> None:
    for table in APPEND_ONLY:
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_{deed.lower()} BEFORE {deed} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
            )
    op.execute(
        "CREATE TRIGGER journal_entries_wait AFTER INSERT ON journal_entries "
        "BEGIN INSERT INTO journal_waiting (entry_id, county_id) "
        "VALUES (NEW.id, NEW.county_id); END"
    )


def _postgresql_triggers() -> None:
    op.execute(
        "CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$"
    )
    op.execute(
        "CREATE FUNCTION journal_wait() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN INSERT INTO journal_waiting (entry_id, county_id) "
        "VALUES (NEW.id, NEW.county_id); RETURN NULL; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_refuse BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION journal_refuse()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()"
        )
    op.execute(
        "CREATE TRIGGER journal_entries_wait AFTER INSERT ON journal_entries "
        "FOR EACH ROW EXECUTE FUNCTION journal_wait()"
    )


def downgrade() -> None:
    """Refuses while there is anything to lose."""
    entries = op.get_bind().execute(sa.text("SELECT count(*) FROM journal_entries")).scalar_one()
    if entries:
        raise RuntimeError(f"the journal has {entries} entries: it is not taken back")

    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipts_case_id"))

    op.drop_table("receipts")
    op.drop_table("journal_keys")
    op.drop_table("journals")
    op.drop_table("journal_waiting")
    op.drop_table("journal_tiles")
    op.drop_table("journal_personal")
    op.drop_table("journal_leaves")
    with op.batch_alter_table("journal_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_journal_entries_line")
        batch_op.drop_index(batch_op.f("ix_journal_entries_case_id"))
        batch_op.drop_index(batch_op.f("ix_journal_entries_at_ms"))
        batch_op.drop_index(batch_op.f("ix_journal_entries_actor_staff_id"))

    op.drop_table("journal_entries")
    op.drop_table("journal_cosignatures")
    op.drop_table("journal_checkpoints")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION journal_refuse")
        op.execute("DROP FUNCTION journal_wait")
