"""Reviews by both lines, follow-ups, could-not desk."""

import sqlalchemy as sa
from alembic import op

from shipinban.migrations import could_not_reports

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    could_not_reports.widen()
    op.create_table(
        "review_draws",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("starts_ms", sa.BigInteger(), nullable=False),
        sa.Column("ends_ms", sa.BigInteger(), nullable=False),
        sa.Column("reveal_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("tree_size", sa.BigInteger(), nullable=True),
        sa.Column("tree_root", sa.String(length=64), nullable=True),
        sa.Column("sample_permille", sa.Integer(), nullable=True),
        sa.Column("population_sha256", sa.String(length=64), nullable=True),
        sa.Column("cases", sa.Integer(), nullable=True),
        sa.Column("drawn", sa.Integer(), nullable=True),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.Column("drawn_ms", sa.BigInteger(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('committing', 'revealing', 'drawn')", name=op.f("ck_review_draws_state")
        ),
        sa.CheckConstraint(
            "starts_ms < ends_ms AND ends_ms < reveal_until_ms", name=op.f("ck_review_draws_order")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_review_draws_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_review_draws_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_review_draws_home_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_draws")),
        sa.UniqueConstraint(
            "home_organisation_id",
            "starts_ms",
            name=op.f("uq_review_draws_home_organisation_id_starts_ms"),
        ),
    )
    with op.batch_alter_table("review_draws", schema=None) as batch_op:
        batch_op.create_index(
            "ix_review_draws_due", ["county_id", "state", "ends_ms"], unique=False
        )

    op.create_table(
        "draw_secrets",
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("line", sa.String(length=8), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("committed_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("committed_ms", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=True),
        sa.Column("revealed_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("revealed_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("line IN ('home', 'county')", name=op.f("ck_draw_secrets_line")),
        sa.ForeignKeyConstraint(
            ["committed_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_draw_secrets_committed_by_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_draw_secrets_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["draw_id"], ["review_draws.id"], name=op.f("fk_draw_secrets_draw_id")
        ),
        sa.ForeignKeyConstraint(
            ["revealed_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_draw_secrets_revealed_by_staff_id"),
        ),
        sa.PrimaryKeyConstraint("draw_id", "line", name=op.f("pk_draw_secrets")),
    )
    op.create_table(
        "evidence_holds",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("source_id", sa.String(length=36), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("lifted_ms", sa.BigInteger(), nullable=True),
        sa.Column("lifted_by_staff_id", sa.String(length=36), nullable=True),
        sa.CheckConstraint(
            "reason IN ('poor_rating', 'could_not', 'review')",
            name=op.f("ck_evidence_holds_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_evidence_holds_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_evidence_holds_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_evidence_holds_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by_staff_id"], ["staff.id"], name=op.f("fk_evidence_holds_lifted_by_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_holds")),
        sa.UniqueConstraint(
            "call_id",
            "reason",
            "source_id",
            name=op.f("uq_evidence_holds_call_id_reason_source_id"),
        ),
    )
    with op.batch_alter_table("evidence_holds", schema=None) as batch_op:
        batch_op.create_index(
            "ix_evidence_holds_standing",
            ["call_id"],
            unique=False,
            sqlite_where=sa.text("lifted_ms IS NULL"),
            postgresql_where=sa.text("lifted_ms IS NULL"),
        )

    op.create_table(
        "review_rules",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("sample_permille", sa.Integer(), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.Column("changed_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("due_days BETWEEN 1 AND 60", name=op.f("ck_review_rules_due_days")),
        sa.CheckConstraint(
            "sample_permille BETWEEN 0 AND 1000", name=op.f("ck_review_rules_sample_permille")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_staff_id"], ["staff.id"], name=op.f("fk_review_rules_changed_by_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_review_rules_county_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_rules")),
        sa.UniqueConstraint("county_id", "version", name=op.f("uq_review_rules_county_id_version")),
    )
    with op.batch_alter_table("review_rules", schema=None) as batch_op:
        batch_op.create_index(
            "uq_review_rules_current",
            ["county_id"],
            unique=True,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )

    op.create_table(
        "draw_cases",
        sa.Column("draw_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("chance_permille", sa.Integer(), nullable=False),
        sa.Column("factors", sa.JSON(), nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_draw_cases_case_id")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_draw_cases_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["draw_id"], ["review_draws.id"], name=op.f("fk_draw_cases_draw_id")
        ),
        sa.PrimaryKeyConstraint("draw_id", "case_id", name=op.f("pk_draw_cases")),
    )
    with op.batch_alter_table("draw_cases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draw_cases_case_id"), ["case_id"], unique=False)

    op.create_table(
        "reviews",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=True),
        sa.Column("helper_staff_id", sa.String(length=36), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("rules_id", sa.String(length=36), nullable=False),
        sa.Column("draw_id", sa.String(length=36), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("compared_ms", sa.BigInteger(), nullable=True),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=False),
        sa.Column("decided_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'resolved') = (decision IS NOT NULL AND decided_by_staff_id IS NOT NULL)",
            name=op.f("ck_reviews_decided"),
        ),
        sa.CheckConstraint(
            "decision IN ('proper', 'flawed', 'improper')", name=op.f("ck_reviews_decision")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'agreed', 'disagreed', 'resolved')", name=op.f("ck_reviews_state")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_reviews_case_id")),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_reviews_county_id")),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_reviews_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_staff_id"], ["staff.id"], name=op.f("fk_reviews_decided_by_staff_id")
        ),
        sa.ForeignKeyConstraint(["draw_id"], ["review_draws.id"], name=op.f("fk_reviews_draw_id")),
        sa.ForeignKeyConstraint(
            ["helper_staff_id"], ["staff.id"], name=op.f("fk_reviews_helper_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_reviews_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["rules_id"], ["review_rules.id"], name=op.f("fk_reviews_rules_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviews_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_reviews_helper_staff_id"), ["helper_staff_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_reviews_home_organisation_id"), ["home_organisation_id"], unique=False
        )
        batch_op.create_index("ix_reviews_state", ["county_id", "state", "opened_ms"], unique=False)
        batch_op.create_index(
            "uq_reviews_open_case",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('open', 'disagreed')"),
            postgresql_where=sa.text("state IN ('open', 'disagreed')"),
        )

    op.create_table(
        "could_not_events",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("actor_staff_id", sa.String(length=36), nullable=True),
        sa.Column("owner_staff_id", sa.String(length=36), nullable=True),
        sa.Column("level", sa.String(length=12), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_staff_id"], ["staff.id"], name=op.f("fk_could_not_events_actor_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_could_not_events_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_could_not_events_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_could_not_events_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_staff_id"], ["staff.id"], name=op.f("fk_could_not_events_owner_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["could_not_reports.id"], name=op.f("fk_could_not_events_report_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_could_not_events")),
    )
    with op.batch_alter_table("could_not_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_could_not_events_report_id"), ["report_id"], unique=False
        )

    op.create_table(
        "follow_ups",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("rating_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("overdue_told_ms", sa.BigInteger(), nullable=True),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("closed_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_ms IS NOT NULL)", name=op.f("ck_follow_ups_closed")
        ),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_follow_ups_state")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_follow_ups_case_id")),
        sa.ForeignKeyConstraint(
            ["closed_by_staff_id"], ["staff.id"], name=op.f("fk_follow_ups_closed_by_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_follow_ups_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_follow_ups_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_follow_ups_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["rating_id"], ["ratings.id"], name=op.f("fk_follow_ups_rating_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_ups")),
        sa.UniqueConstraint("rating_id", name=op.f("uq_follow_ups_rating_id")),
    )
    with op.batch_alter_table("follow_ups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_ups_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_follow_ups_home_organisation_id"), ["home_organisation_id"], unique=False
        )
        batch_op.create_index("ix_follow_ups_state", ["county_id", "state", "due_ms"], unique=False)

    op.create_table(
        "report_tokens",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("report_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_report_tokens_case_id")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_report_tokens_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["could_not_reports.id"], name=op.f("fk_report_tokens_report_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_report_tokens")),
    )
    op.create_table(
        "review_reassignments",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=36), nullable=False),
        sa.Column("line", sa.String(length=8), nullable=False),
        sa.Column("from_staff_id", sa.String(length=36), nullable=False),
        sa.Column("to_staff_id", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("line IN ('home', 'county')", name=op.f("ck_review_reassignments_line")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_review_reassignments_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_staff_id"], ["staff.id"], name=op.f("fk_review_reassignments_from_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_review_reassignments_review_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_staff_id"], ["staff.id"], name=op.f("fk_review_reassignments_to_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_reassignments")),
    )
    with op.batch_alter_table("review_reassignments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_review_reassignments_review_id"), ["review_id"], unique=False
        )

    op.create_table(
        "review_verdicts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("review_id", sa.String(length=36), nullable=False),
        sa.Column("line", sa.String(length=8), nullable=False),
        sa.Column("reviewer_staff_id", sa.String(length=36), nullable=True),
        sa.Column("assigned_ms", sa.BigInteger(), nullable=True),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("nonce", sa.String(length=32), nullable=True),
        sa.Column("saved_ms", sa.BigInteger(), nullable=True),
        sa.Column("submitted_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("line IN ('home', 'county')", name=op.f("ck_review_verdicts_line")),
        sa.CheckConstraint(
            "verdict IN ('proper', 'flawed', 'improper')", name=op.f("ck_review_verdicts_verdict")
        ),
        sa.CheckConstraint(
            "submitted_ms IS NULL OR verdict IS NOT NULL", name=op.f("ck_review_verdicts_given")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_review_verdicts_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_review_verdicts_review_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_staff_id"], ["staff.id"], name=op.f("fk_review_verdicts_reviewer_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_verdicts")),
        sa.UniqueConstraint("review_id", "line", name=op.f("uq_review_verdicts_review_id_line")),
    )
    with op.batch_alter_table("review_verdicts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_review_verdicts_review_id"), ["review_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_review_verdicts_reviewer_staff_id"), ["reviewer_staff_id"], unique=False
        )

    op.create_table(
        "resident_contacts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("follow_up_id", sa.String(length=36), nullable=True),
        sa.Column("report_id", sa.String(length=36), nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("reached", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "channel IN ('phone', 'visit', 'video', 'window')",
            name=op.f("ck_resident_contacts_channel"),
        ),
        sa.CheckConstraint(
            "(follow_up_id IS NULL) <> (report_id IS NULL)",
            name=op.f("ck_resident_contacts_about_one"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_resident_contacts_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_resident_contacts_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_ups.id"], name=op.f("fk_resident_contacts_follow_up_id")
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_resident_contacts_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["could_not_reports.id"], name=op.f("fk_resident_contacts_report_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_resident_contacts_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resident_contacts")),
    )
    with op.batch_alter_table("resident_contacts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_resident_contacts_follow_up_id"), ["follow_up_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_resident_contacts_report_id"), ["report_id"], unique=False
        )
    could_not_reports.protect()


def downgrade() -> None:
    """Refused while there are reports: they are never deleted."""
    kept = sa.text("SELECT count(*) FROM could_not_reports")
    if op.get_bind().execute(kept).scalar():
        raise RuntimeError("There are could-not reports, which are never deleted: stay here")
    could_not_reports.unprotect()
    _drop_tables()
    could_not_reports.narrow()


def _drop_tables() -> None:
    for table in (
        "resident_contacts",
        "review_verdicts",
        "review_reassignments",
        "report_tokens",
        "follow_ups",
        "could_not_events",
        "reviews",
        "draw_cases",
        "review_rules",
        "evidence_holds",
        "draw_secrets",
        "review_draws",
    ):
        op.drop_table(table)
