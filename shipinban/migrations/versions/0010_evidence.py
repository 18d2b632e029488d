"""The evidence chain of a call."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_STATES = "state IN ('recording', 'interrupted', 'sealed', 'verified', 'failed')"
_STATES_BEFORE = "state IN ('recording', 'interrupted', 'ready', 'failed')"
_SIGNERS = "signed_by IN ('call', 'node')"


def upgrade() -> None:
    _add_to_recordings()
    _create_node_keys()
    _create_heads()
    _create_exports()


def _add_to_recordings() -> None:
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_recordings_state"), type_="check")
        batch_op.add_column(sa.Column("manifest_sha256", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("signed_by", sa.String(length=8), nullable=True))
        batch_op.add_column(sa.Column("verified_ms", sa.BigInteger(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_recordings_signed_by"), _SIGNERS)
    op.execute("UPDATE recordings SET state = 'sealed' WHERE state = 'ready'")
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.create_check_constraint(op.f("ck_recordings_state"), _STATES)


def _create_node_keys() -> None:
    op.create_table(
        "node_keys",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("node_id", sa.String(length=40), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("county_key", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("certified_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'superseded', 'revoked')", name=op.f("ck_node_keys_state")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_node_keys_county_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_node_keys")),
        sa.UniqueConstraint(
            "county_id", "public_key", name=op.f("uq_node_keys_county_id_public_key")
        ),
    )
    with op.batch_alter_table("node_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_node_keys_node_id"), ["node_id"], unique=False)


def _create_heads() -> None:
    op.create_table(
        "evidence_heads",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("recording_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("statement", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.Column("signed_by", sa.String(length=8), nullable=False),
        sa.Column("public_key", sa.String(length=64), nullable=False),
        sa.Column("entry_id", sa.String(length=36), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('start', 'beat', 'end')", name=op.f("ck_evidence_heads_kind")),
        sa.CheckConstraint(_SIGNERS, name=op.f("ck_evidence_heads_signed_by")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_evidence_heads_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_evidence_heads_recording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_heads")),
        sa.UniqueConstraint(
            "recording_id", "links", name=op.f("uq_evidence_heads_recording_id_links")
        ),
    )
    op.create_table(
        "chained_events",
        sa.Column("recording_id", sa.String(length=36), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_chained_events_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_chained_events_recording_id")
        ),
        sa.PrimaryKeyConstraint("recording_id", "event_id", name=op.f("pk_chained_events")),
    )


def _create_exports() -> None:
    op.create_table(
        "evidence_exports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("recording_id", sa.String(length=36), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("requested_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("requested_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("decision_note", sa.String(length=200), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=True),
        sa.Column("downloads", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'declined')", name=op.f("ck_evidence_exports_state")
        ),
        sa.CheckConstraint(
            "decided_by_staff_id <> requested_by_staff_id",
            name=op.f("ck_evidence_exports_two_people"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_evidence_exports_{column}")
            )
            for column, target in (
                ("county_id", "counties"),
                ("recording_id", "recordings"),
                ("home_organisation_id", "organisations"),
                ("county_organisation_id", "organisations"),
                ("requested_by_staff_id", "staff"),
                ("decided_by_staff_id", "staff"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_exports")),
    )
    with op.batch_alter_table("evidence_exports", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_evidence_exports_recording_id"), ["recording_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("evidence_exports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_exports_recording_id"))
    op.drop_table("evidence_exports")
    op.drop_table("chained_events")
    op.drop_table("evidence_heads")
    with op.batch_alter_table("node_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_node_keys_node_id"))
    op.drop_table("node_keys")
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_recordings_state"), type_="check")
        batch_op.drop_constraint(op.f("ck_recordings_signed_by"), type_="check")
        batch_op.drop_column("verified_ms")
        batch_op.drop_column("signed_by")
        batch_op.drop_column("manifest_sha256")
    op.execute("UPDATE recordings SET state = 'ready' WHERE state IN ('sealed', 'verified')")
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.create_check_constraint(op.f("ck_recordings_state"), _STATES_BEFORE)
