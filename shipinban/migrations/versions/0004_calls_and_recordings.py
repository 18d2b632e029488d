"""Calls, who took part in them, and their recordings."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calls",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("ticket_id", sa.String(length=36), nullable=False),
        sa.Column("offer_id", sa.String(length=36), nullable=False),
        sa.Column("window_id", sa.String(length=36), nullable=False),
        sa.Column("helper_staff_id", sa.String(length=36), nullable=False),
        sa.Column("agent_staff_id", sa.String(length=36), nullable=False),
        sa.Column("node_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("end_reason", sa.String(length=16), nullable=True),
        sa.Column("recorded", sa.Boolean(), nullable=False),
        sa.Column("may_decide", sa.Boolean(), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("notes", sa.String(length=4000), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "end_reason IN ('finished', 'window_lost', 'agent_lost', 'node_lost', 'longest_call')",
            name=op.f("ck_calls_end_reason"),
        ),
        sa.CheckConstraint("state IN ('live', 'ended')", name=op.f("ck_calls_state")),
        sa.ForeignKeyConstraint(
            ["agent_staff_id"], ["staff.id"], name=op.f("fk_calls_agent_staff_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_calls_county_id")),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_calls_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["helper_staff_id"], ["staff.id"], name=op.f("fk_calls_helper_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_calls_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_calls_offer_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_calls_ticket_id")),
        sa.ForeignKeyConstraint(["window_id"], ["windows.id"], name=op.f("fk_calls_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_calls_agent_staff_id"), ["agent_staff_id"], unique=False
        )
        batch_op.create_index("ix_calls_ended", ["county_id", "ended_ms"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_calls_home_organisation_id"), ["home_organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_calls_node_id"), ["node_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_ticket_id"), ["ticket_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_window_id"), ["window_id"], unique=False)
        batch_op.create_index(
            "uq_calls_live_ticket",
            ["ticket_id"],
            unique=True,
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )
    op.create_table(
        "call_cases",
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_call_cases_call_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_call_cases_case_id")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_call_cases_county_id")
        ),
        sa.PrimaryKeyConstraint("call_id", "case_id", name=op.f("pk_call_cases")),
    )
    with op.batch_alter_table("call_cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_cases_case_id"), ["case_id"], unique=False)
    op.create_table(
        "call_events",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("position_ms", sa.BigInteger(), nullable=False),
        sa.Column("actor_staff_id", sa.String(length=36), nullable=True),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_staff_id"], ["staff.id"], name=op.f("fk_call_events_actor_staff_id")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_events_call_id")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_call_events_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_call_events_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_call_events_home_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_events")),
    )
    with op.batch_alter_table("call_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_events_call_id"), ["call_id"], unique=False)
    op.create_table(
        "call_participants",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=True),
        sa.Column("joined_ms", sa.BigInteger(), nullable=False),
        sa.Column("left_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('window', 'agent', 'guest', 'supervisor')",
            name=op.f("ck_call_participants_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_call_participants_call_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_call_participants_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_call_participants_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_participants")),
    )
    with op.batch_alter_table("call_participants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_participants_call_id"), ["call_id"], unique=False)
    op.create_table(
        "recordings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("node_id", sa.String(length=40), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("state_reason", sa.String(length=200), nullable=False),
        sa.Column("folder", sa.String(length=64), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("master_key_id", sa.String(length=40), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('recording', 'interrupted', 'ready', 'failed')",
            name=op.f("ck_recordings_state"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_recordings_call_id")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_recordings_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_recordings_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_recordings_home_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
        sa.UniqueConstraint("folder", name=op.f("uq_recordings_folder")),
    )
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recordings_call_id"), ["call_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_recordings_home_organisation_id"), ["home_organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_recordings_node_id"), ["node_id"], unique=False)
    op.create_table(
        "recording_views",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("recording_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_served_ms", sa.BigInteger(), nullable=True),
        sa.Column("served", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_recording_views_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_recording_views_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_recording_views_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_recording_views_recording_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_recording_views_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_views")),
    )
    with op.batch_alter_table("recording_views", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recording_views_recording_id"), ["recording_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_recording_views_staff_id"), ["staff_id"], unique=False)
    op.create_table(
        "streams",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("recording_id", sa.String(length=36), nullable=False),
        sa.Column("participant_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("file_name", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("codecs", sa.JSON(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("start_offset_ms", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("gaps", sa.JSON(), nullable=False),
        sa.Column("filler", sa.JSON(), nullable=False),
        sa.CheckConstraint("kind IN ('audio_camera', 'document')", name=op.f("ck_streams_kind")),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_streams_county_id")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["call_participants.id"], name=op.f("fk_streams_participant_id")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_streams_recording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_streams")),
        sa.UniqueConstraint(
            "recording_id",
            "participant_id",
            "kind",
            name=op.f("uq_streams_recording_id_participant_id_kind"),
        ),
    )


def downgrade() -> None:
    op.drop_table("streams")
    with op.batch_alter_table("recording_views", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recording_views_staff_id"))
        batch_op.drop_index(batch_op.f("ix_recording_views_recording_id"))
    op.drop_table("recording_views")
    with op.batch_alter_table("recordings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recordings_node_id"))
        batch_op.drop_index(batch_op.f("ix_recordings_home_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_recordings_call_id"))
    op.drop_table("recordings")
    with op.batch_alter_table("call_participants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_participants_call_id"))
    op.drop_table("call_participants")
    with op.batch_alter_table("call_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_events_call_id"))
    op.drop_table("call_events")
    with op.batch_alter_table("call_cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_call_cases_case_id"))
    op.drop_table("call_cases")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_calls_live_ticket",
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )
        batch_op.drop_index(batch_op.f("ix_calls_window_id"))
        batch_op.drop_index(batch_op.f("ix_calls_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_calls_node_id"))
        batch_op.drop_index(batch_op.f("ix_calls_home_organisation_id"))
        batch_op.drop_index("ix_calls_ended")
        batch_op.drop_index(batch_op.f("ix_calls_agent_staff_id"))
    op.drop_table("calls")
