"""Figures by hour, for reports and bulletins."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_cases_opened", "cases", "created_ms"),
    ("ix_case_events_at", "case_events", "at_ms"),
    ("ix_ratings_rated", "ratings", "rated_ms"),
    ("ix_could_not_reports_opened", "could_not_reports", "created_ms"),
    ("ix_tickets_arrived", "tickets", "arrived_ms"),
    ("ix_tickets_ended", "tickets", "ended_ms"),
    ("ix_calls_started", "calls", "started_ms"),
)
"""By which one day of each table is found."""
COUNTERS = (
    "opened", "delegated", "outcomes", "accepted", "accepted_to_follow", "returned", "refused",
    "reopened", "passed_on", "could_not", "withdrawn", "overdue", "finished", "finished_immediate",
    "kept_immediate", "finished_once", "trips", "queued", "answered", "answered_soon", "wait_ms",
    "abandoned", "calls", "talk_ms", "very_satisfied", "satisfied", "fair", "dissatisfied",
    "very_dissatisfied",
)  # fmt: skip


def upgrade() -> None:
    for name, table, column in INDEXES:
        op.create_index(name, table, ["county_id", column])
    op.create_table(
        "report_lines",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("grain", sa.String(length=12), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("window_id", sa.String(length=36), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("agent_staff_id", sa.String(length=36), nullable=False),
        sa.CheckConstraint(
            "grain IN ('county', 'organisation', 'window', 'item', 'agent', 'full')",
            name=op.f("ck_report_lines_grain"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_report_lines_county_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_lines")),
        sa.UniqueConstraint(
            "county_id",
            "grain",
            "home_organisation_id",
            "window_id",
            "item_id",
            "agent_staff_id",
            name="uq_report_lines_about",
        ),
    )
    for name, column in (
        ("ix_report_lines_window", "window_id"),
        ("ix_report_lines_item", "item_id"),
        ("ix_report_lines_agent", "agent_staff_id"),
    ):
        op.create_index(name, "report_lines", ["county_id", "grain", column])
    op.create_table(
        "report_hours",
        sa.Column("line_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hour_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        *(
            sa.Column(
                name, sa.BigInteger() if name.endswith("_ms") else sa.Integer(), nullable=False
            )
            for name in COUNTERS
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["report_lines.id"], name=op.f("fk_report_hours_line_id")
        ),
        sa.PrimaryKeyConstraint("line_id", "hour_ms", name=op.f("pk_report_hours")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "report_progress",
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("begun_ms", sa.BigInteger(), nullable=False),
        sa.Column("counted_to_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_report_progress_county_id")
        ),
        sa.PrimaryKeyConstraint("county_id", name=op.f("pk_report_progress")),
    )
    op.create_table(
        "report_travel_times",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("one_way_minutes", sa.Integer(), nullable=False),
        sa.Column("set_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("set_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_report_travel_times_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_staff_id"], ["staff.id"], name=op.f("fk_report_travel_times_set_by_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_travel_times")),
    )
    op.create_index(op.f("ix_report_travel_times_county_id"), "report_travel_times", ["county_id"])


def downgrade() -> None:
    op.drop_table("report_travel_times")
    op.drop_table("report_progress")
    op.drop_table("report_hours")
    op.drop_table("report_lines")
    for name, table, _column in reversed(INDEXES):
        op.drop_index(name, table_name=table)
