"""The course of a case: decisions, working days, hand-over."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OUTCOMES = (
    "outcome IN ('advice_given', 'guided', 'received', 'accepted', 'accepted_to_follow', "
    "'returned', 'passed_on', 'could_not_be_done'{more})"
)


_CASE_COLUMNS = (
    sa.Column("state_before", sa.String(length=24), nullable=True),
    sa.Column("clock_from_ms", sa.BigInteger(), nullable=True),
    sa.Column("clock_days", sa.Integer(), nullable=True),
    sa.Column("overdue_ms", sa.BigInteger(), nullable=True),
    sa.Column("materials_days", sa.Integer(), nullable=True),
    sa.Column("materials_due_ms", sa.BigInteger(), nullable=True),
    sa.Column("forwarded_ms", sa.BigInteger(), nullable=True),
)


def _allow_outcomes(more: str) -> None:
    with op.batch_alter_table("case_events", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_case_events_outcome"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_case_events_outcome"), _OUTCOMES.format(more=more)
        )


def upgrade() -> None:
    op.create_table(
        "calendar_days",
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "kind IN ('holiday', 'workday', 'statutory')", name=op.f("ck_calendar_days_kind")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_calendar_days_county_id")
        ),
        sa.PrimaryKeyConstraint("county_id", "day", name=op.f("pk_calendar_days")),
    )
    op.create_table(
        "calendar_years",
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("imported_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("imported_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_calendar_years_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["imported_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_calendar_years_imported_by_staff_id"),
        ),
        sa.PrimaryKeyConstraint("county_id", "year", name=op.f("pk_calendar_years")),
    )
    op.create_table(
        "case_results",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=True),
        sa.Column("carrier", sa.String(length=80), nullable=False),
        sa.Column("consignment_number", sa.String(length=80), nullable=False),
        sa.Column("finished_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("handed_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("finished_ms", sa.BigInteger(), nullable=False),
        sa.Column("handed_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("way IN ('at_window', 'sent')", name=op.f("ck_case_results_way")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_results_case_id")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_case_results_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["finished_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_case_results_finished_by_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["handed_by_staff_id"], ["staff.id"], name=op.f("fk_case_results_handed_by_staff_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_results")),
    )
    op.create_table(
        "hand_overs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("from_staff_id", sa.String(length=36), nullable=False),
        sa.Column("to_staff_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("offered_ms", sa.BigInteger(), nullable=False),
        sa.Column("answered_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('offered', 'accepted', 'declined', 'taken_back')",
            name=op.f("ck_hand_overs_state"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_hand_overs_case_id")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_hand_overs_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_hand_overs_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["from_staff_id"], ["staff.id"], name=op.f("fk_hand_overs_from_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_hand_overs_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["to_staff_id"], ["staff.id"], name=op.f("fk_hand_overs_to_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_overs")),
    )
    with op.batch_alter_table("hand_overs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hand_overs_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_hand_overs_from_staff_id"), ["from_staff_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_hand_overs_to_staff_id"), ["to_staff_id"], unique=False
        )
        batch_op.create_index(
            "uq_hand_overs_offered",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )

    op.create_table(
        "refusals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("proposed_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("decided_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("proposed_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('proposed', 'confirmed', 'sent_back')", name=op.f("ck_refusals_state")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_refusals_case_id")),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_refusals_county_id")),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_refusals_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_staff_id"], ["staff.id"], name=op.f("fk_refusals_decided_by_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_refusals_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_staff_id"], ["staff.id"], name=op.f("fk_refusals_proposed_by_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusals")),
    )
    with op.batch_alter_table("refusals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refusals_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "uq_refusals_proposed",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )

    op.create_table(
        "appeals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("refusal_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("opened_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("decided_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'reopened', 'upheld')", name=op.f("ck_appeals_state")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_appeals_case_id")),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_appeals_county_id")),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_appeals_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_staff_id"], ["staff.id"], name=op.f("fk_appeals_decided_by_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_appeals_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_staff_id"], ["staff.id"], name=op.f("fk_appeals_opened_by_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["refusal_id"], ["refusals.id"], name=op.f("fk_appeals_refusal_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("refusal_id", name=op.f("uq_appeals_refusal_id")),
    )
    with op.batch_alter_table("appeals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appeals_case_id"), ["case_id"], unique=False)

    # Column by column and not as a batch: SQLite would drop and copy a table that others refer to.
    for column in _CASE_COLUMNS:
        op.add_column("cases", column._copy())
    op.create_index(
        "ix_cases_due",
        "cases",
        ["due_ms"],
        unique=False,
        sqlite_where=sa.text("due_ms IS NOT NULL"),
        postgresql_where=sa.text("due_ms IS NOT NULL"),
    )
    _allow_outcomes(", 'refusal_proposed'")


def downgrade() -> None:
    op.execute("UPDATE case_events SET outcome = NULL WHERE outcome = 'refusal_proposed'")
    _allow_outcomes("")
    op.drop_index("ix_cases_due", table_name="cases")
    for column in _CASE_COLUMNS:
        op.drop_column("cases", column.name)
    with op.batch_alter_table("appeals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appeals_case_id"))

    op.drop_table("appeals")
    with op.batch_alter_table("refusals", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_refusals_proposed",
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )
        batch_op.drop_index(batch_op.f("ix_refusals_case_id"))

    op.drop_table("refusals")
    with op.batch_alter_table("hand_overs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_hand_overs_offered",
            sqlite_where=sa.text("state = 'offered'"),
            postgresql_where=sa.text("state = 'offered'"),
        )
        batch_op.drop_index(batch_op.f("ix_hand_overs_to_staff_id"))
        batch_op.drop_index(batch_op.f("ix_hand_overs_from_staff_id"))
        batch_op.drop_index(batch_op.f("ix_hand_overs_case_id"))

    op.drop_table("hand_overs")
    op.drop_table("case_results")
    op.drop_table("calendar_years")
    op.drop_table("calendar_days")
