"""Nodes, agents on duty, tickets, offers and call-backs."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "nodes",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("boot_id", sa.String(length=36), nullable=False),
        sa.Column("lease_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.Column("held_since_ms", sa.BigInteger(), nullable=False),
        sa.Column("draining", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nodes")),
    )
    op.create_table(
        "agents",
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("away_reason", sa.String(length=16), nullable=True),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("on_duty_ms", sa.BigInteger(), nullable=True),
        sa.Column("until_ms", sa.BigInteger(), nullable=True),
        sa.Column("idle_since_ms", sa.BigInteger(), nullable=True),
        sa.Column("node_id", sa.String(length=40), nullable=True),
        sa.Column("socket_id", sa.String(length=36), nullable=True),
        sa.Column("heartbeat_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "away_reason IN ('break', 'meal', 'meeting', 'training', 'other', 'no_answer')",
            name=op.f("ck_agents_away_reason"),
        ),
        sa.CheckConstraint("level IN ('county', 'town')", name=op.f("ck_agents_level")),
        sa.CheckConstraint(
            "state IN ('available', 'offered', 'in_call', 'wrap_up', 'away', 'offline')",
            name=op.f("ck_agents_state"),
        ),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_agents_county_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_agents_organisation_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_agents_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_agents")),
    )
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agents_state"), ["state"], unique=False)
    op.create_table(
        "ticket_counters",
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("county_day", sa.Integer(), nullable=False),
        sa.Column("letters", sa.String(length=2), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_ticket_counters_county_id")
        ),
        sa.PrimaryKeyConstraint(
            "county_id", "county_day", "letters", name=op.f("pk_ticket_counters")
        ),
    )
    op.create_table(
        "call_backs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("skill_group_id", sa.String(length=36), nullable=False),
        sa.Column("window_id", sa.String(length=36), nullable=False),
        sa.Column("owner_staff_id", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('closed', 'nobody_on_duty', 'passed_on')", name=op.f("ck_call_backs_reason")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'started', 'done', 'cancelled')", name=op.f("ck_call_backs_state")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_call_backs_case_id")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_call_backs_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_call_backs_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_call_backs_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_staff_id"], ["staff.id"], name=op.f("fk_call_backs_owner_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["skill_group_id"], ["skill_groups.id"], name=op.f("fk_call_backs_skill_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["window_id"], ["windows.id"], name=op.f("fk_call_backs_window_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_backs")),
    )
    with op.batch_alter_table("call_backs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_call_backs_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_call_backs_owner_staff_id"), ["owner_staff_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_call_backs_skill_group_id"), ["skill_group_id"], unique=False
        )
        batch_op.create_index(
            "uq_call_backs_live",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('open', 'started')"),
            postgresql_where=sa.text("state IN ('open', 'started')"),
        )
    op.create_table(
        "tickets",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("county_day", sa.Integer(), nullable=False),
        sa.Column("letters", sa.String(length=2), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("window_id", sa.String(length=36), nullable=False),
        sa.Column("helper_staff_id", sa.String(length=36), nullable=False),
        sa.Column("skill_group_id", sa.String(length=36), nullable=False),
        sa.Column("overflow_group_id", sa.String(length=36), nullable=True),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("arrived_ms", sa.BigInteger(), nullable=False),
        sa.Column("effective_ms", sa.BigInteger(), nullable=False),
        sa.Column("level_since_ms", sa.BigInteger(), nullable=False),
        sa.Column("reach", sa.String(length=12), nullable=False),
        sa.Column("for_staff_id", sa.String(length=36), nullable=True),
        sa.Column("call_back_id", sa.String(length=36), nullable=True),
        sa.Column("node_id", sa.String(length=40), nullable=True),
        sa.Column("advice_only", sa.Boolean(), nullable=False),
        sa.Column("drops", sa.Integer(), nullable=False),
        sa.Column("window_seen_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("level IN ('county', 'town')", name=op.f("ck_tickets_level")),
        sa.CheckConstraint(
            "reach IN ('group', 'county', 'general')", name=op.f("ck_tickets_reach")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'serving', 'served', 'cancelled', 'call_back')",
            name=op.f("ck_tickets_state"),
        ),
        sa.ForeignKeyConstraint(
            ["call_back_id"], ["call_backs.id"], name=op.f("fk_tickets_call_back_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_tickets_case_id")),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_tickets_county_id")),
        sa.ForeignKeyConstraint(
            ["for_staff_id"], ["staff.id"], name=op.f("fk_tickets_for_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["helper_staff_id"], ["staff.id"], name=op.f("fk_tickets_helper_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["overflow_group_id"], ["skill_groups.id"], name=op.f("fk_tickets_overflow_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["skill_group_id"], ["skill_groups.id"], name=op.f("fk_tickets_skill_group_id")
        ),
        sa.ForeignKeyConstraint(["window_id"], ["windows.id"], name=op.f("fk_tickets_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint(
            "county_id",
            "county_day",
            "letters",
            "number",
            name=op.f("uq_tickets_county_id_county_day_letters_number"),
        ),
    )
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tickets_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "ix_tickets_queue",
            ["county_id", "state", "skill_group_id", "effective_ms", "id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_tickets_window_id"), ["window_id"], unique=False)
        batch_op.create_index(
            "uq_tickets_live_case",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('waiting', 'offered', 'serving')"),
            postgresql_where=sa.text("state IN ('waiting', 'offered', 'serving')"),
        )
        batch_op.create_index(
            "uq_tickets_live_window",
            ["window_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('waiting', 'offered', 'serving')"),
            postgresql_where=sa.text("state IN ('waiting', 'offered', 'serving')"),
        )
    op.create_table(
        "offers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("ticket_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("may_decide", sa.Boolean(), nullable=False),
        sa.Column("deadline_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('ringing', 'serving', 'ended', 'declined', 'expired', 'cancelled')",
            name=op.f("ck_offers_state"),
        ),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_offers_county_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_offers_staff_id")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_offers_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.create_index(
            "ix_offers_ringing",
            ["deadline_ms"],
            unique=False,
            sqlite_where=sa.text("state = 'ringing'"),
            postgresql_where=sa.text("state = 'ringing'"),
        )
        batch_op.create_index(batch_op.f("ix_offers_staff_id"), ["staff_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_offers_ticket_id"), ["ticket_id"], unique=False)
        batch_op.create_index(
            "uq_offers_live_staff",
            ["staff_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('ringing', 'serving')"),
            postgresql_where=sa.text("state IN ('ringing', 'serving')"),
        )
        batch_op.create_index(
            "uq_offers_live_ticket",
            ["ticket_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('ringing', 'serving')"),
            postgresql_where=sa.text("state IN ('ringing', 'serving')"),
        )
    op.create_table(
        "room_tokens",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("ticket_id", sa.String(length=36), nullable=True),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("node_id", sa.String(length=40), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_room_tokens_county_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_room_tokens_staff_id")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_room_tokens_ticket_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_room_tokens")),
    )


def downgrade() -> None:
    op.drop_table("room_tokens")
    with op.batch_alter_table("offers", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_offers_live_ticket",
            sqlite_where=sa.text("state IN ('ringing', 'serving')"),
            postgresql_where=sa.text("state IN ('ringing', 'serving')"),
        )
        batch_op.drop_index(
            "uq_offers_live_staff",
            sqlite_where=sa.text("state IN ('ringing', 'serving')"),
            postgresql_where=sa.text("state IN ('ringing', 'serving')"),
        )
        batch_op.drop_index(batch_op.f("ix_offers_ticket_id"))
        batch_op.drop_index(batch_op.f("ix_offers_staff_id"))
        batch_op.drop_index(
            "ix_offers_ringing",
            sqlite_where=sa.text("state = 'ringing'"),
            postgresql_where=sa.text("state = 'ringing'"),
        )
    op.drop_table("offers")
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_tickets_live_window",
            sqlite_where=sa.text("state IN ('waiting', 'offered', 'serving')"),
            postgresql_where=sa.text("state IN ('waiting', 'offered', 'serving')"),
        )
        batch_op.drop_index(
            "uq_tickets_live_case",
            sqlite_where=sa.text("state IN ('waiting', 'offered', 'serving')"),
            postgresql_where=sa.text("state IN ('waiting', 'offered', 'serving')"),
        )
        batch_op.drop_index(batch_op.f("ix_tickets_window_id"))
        batch_op.drop_index("ix_tickets_queue")
        batch_op.drop_index(batch_op.f("ix_tickets_case_id"))
    op.drop_table("tickets")
    with op.batch_alter_table("call_backs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_call_backs_live",
            sqlite_where=sa.text("state IN ('open', 'started')"),
            postgresql_where=sa.text("state IN ('open', 'started')"),
        )
        batch_op.drop_index(batch_op.f("ix_call_backs_skill_group_id"))
        batch_op.drop_index(batch_op.f("ix_call_backs_owner_staff_id"))
        batch_op.drop_index(batch_op.f("ix_call_backs_case_id"))
    op.drop_table("call_backs")
    op.drop_table("ticket_counters")
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agents_state"))
    op.drop_table("agents")
    op.drop_table("nodes")
