"""Supervisors in a running call."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_listeners",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("joined_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "mode IN ('listen', 'whisper', 'join')", name=op.f("ck_call_listeners_mode")
        ),
        sa.CheckConstraint("slot BETWEEN 1 AND 2", name=op.f("ck_call_listeners_slot")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_call_listeners_county_id")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_listeners_call_id")),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_call_listeners_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_call_listeners_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_call_listeners_county_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_listeners")),
    )
    op.create_index("ix_call_listeners_call_id", "call_listeners", ["call_id"])
    for name, columns in (
        ("uq_call_listeners_slot", ["call_id", "slot"]),
        ("uq_call_listeners_staff", ["call_id", "staff_id"]),
    ):
        op.create_index(
            name,
            "call_listeners",
            columns,
            unique=True,
            sqlite_where=sa.text("ended_ms IS NULL"),
            postgresql_where=sa.text("ended_ms IS NULL"),
        )


def downgrade() -> None:
    op.drop_table("call_listeners")
