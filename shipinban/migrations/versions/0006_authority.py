"""Appointments, grants, mandates, roles given by two."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("window_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("nominated_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("nominated_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "state IN ('nominated', 'appointed', 'declined', 'ended')",
            name=op.f("ck_appointments_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('appointed', 'declined') OR decided_by_staff_id IS NOT NULL",
            name=op.f("ck_appointments_decided"),
        ),
        sa.CheckConstraint(
            "nominated_by_staff_id <> decided_by_staff_id", name=op.f("ck_appointments_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_appointments_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_appointments_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_staff_id"], ["staff.id"], name=op.f("fk_appointments_decided_by_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_staff_id"], ["staff.id"], name=op.f("fk_appointments_ended_by_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_appointments_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["nominated_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_appointments_nominated_by_staff_id"),
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_appointments_staff_id")),
        sa.ForeignKeyConstraint(
            ["window_id"], ["windows.id"], name=op.f("fk_appointments_window_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointments")),
    )
    with op.batch_alter_table("appointments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_appointments_home_organisation_id"),
            ["home_organisation_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_appointments_window_id"), ["window_id"], unique=False)
        batch_op.create_index(
            "uq_appointments_live",
            ["staff_id", "window_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('nominated', 'appointed')"),
            postgresql_where=sa.text("state IN ('nominated', 'appointed')"),
        )

    op.create_table(
        "item_sets",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("made_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_item_sets_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_staff_id"], ["staff.id"], name=op.f("fk_item_sets_made_by_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_sets")),
        sa.UniqueConstraint("county_id", "name", name=op.f("uq_item_sets_county_id_name")),
    )
    op.create_table(
        "role_changes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("proposed_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("proposed_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("decision_reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_by_staff_id IS NULL)",
            name=op.f("ck_role_changes_decided"),
        ),
        sa.CheckConstraint("kind IN ('give', 'end')", name=op.f("ck_role_changes_kind")),
        sa.CheckConstraint(
            "role IN ('helper', 'agent', 'home_supervisor', 'county_supervisor', 'chief_county_supervisor', 'coordinator', 'system_administrator', 'security_administrator', 'auditor')",
            name=op.f("ck_role_changes_role"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'declined')", name=op.f("ck_role_changes_state")
        ),
        sa.CheckConstraint(
            "proposed_by_staff_id <> decided_by_staff_id", name=op.f("ck_role_changes_two_people")
        ),
        sa.CheckConstraint(
            "staff_id <> proposed_by_staff_id AND staff_id <> decided_by_staff_id",
            name=op.f("ck_role_changes_not_oneself"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_role_changes_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_role_changes_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_staff_id"], ["staff.id"], name=op.f("fk_role_changes_decided_by_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_role_changes_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_role_changes_proposed_by_staff_id"),
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_role_changes_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_changes")),
    )
    with op.batch_alter_table("role_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_changes_county_id"), ["county_id"], unique=False)
        batch_op.create_index(
            "uq_role_changes_live",
            ["staff_id", "role"],
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )

    op.create_table(
        "grants",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("appointment_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("window_id", sa.String(length=36), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=True),
        sa.Column("item_set_id", sa.String(length=36), nullable=True),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("document_number", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("home_signed_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("home_signed_ms", sa.BigInteger(), nullable=True),
        sa.Column("county_signed_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("county_signed_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('proposed', 'signed', 'declined', 'revoked')", name=op.f("ck_grants_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('signed') OR (home_signed_by_staff_id IS NOT NULL AND county_signed_by_staff_id IS NOT NULL)",
            name=op.f("ck_grants_both_signed"),
        ),
        sa.CheckConstraint(
            "(item_code IS NULL) <> (item_set_id IS NULL)", name=op.f("ck_grants_item_or_set")
        ),
        sa.CheckConstraint("from_ms < until_ms", name=op.f("ck_grants_span")),
        sa.CheckConstraint(
            "home_signed_by_staff_id <> county_signed_by_staff_id",
            name=op.f("ck_grants_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name=op.f("fk_grants_appointment_id")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_grants_county_id")),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_grants_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["county_signed_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_grants_county_signed_by_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_staff_id"], ["staff.id"], name=op.f("fk_grants_ended_by_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_grants_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_signed_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_grants_home_signed_by_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["item_set_id"], ["item_sets.id"], name=op.f("fk_grants_item_set_id")
        ),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_grants_staff_id")),
        sa.ForeignKeyConstraint(["window_id"], ["windows.id"], name=op.f("fk_grants_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_grants_appointment_id"), ["appointment_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_grants_home_organisation_id"), ["home_organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_grants_staff_id"), ["staff_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grants_window_id"), ["window_id"], unique=False)

    op.create_table(
        "item_set_items",
        sa.Column("item_set_id", sa.String(length=36), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_item_set_items_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_set_id"],
            ["item_sets.id"],
            name=op.f("fk_item_set_items_item_set_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("item_set_id", "item_code", name=op.f("pk_item_set_items")),
    )
    op.create_table(
        "mandates",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("form", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("id_number_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("helper_staff_id", sa.String(length=36), nullable=False),
        sa.Column("guardian_name", sa.String(length=80), nullable=False),
        sa.Column("powers", sa.JSON(), nullable=False),
        sa.Column("limits", sa.String(length=200), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.Column("once", sa.Boolean(), nullable=False),
        sa.Column("used_case_id", sa.String(length=36), nullable=True),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.Column("given_case_id", sa.String(length=36), nullable=False),
        sa.Column("given_call_id", sa.String(length=36), nullable=True),
        sa.Column("given_position_ms", sa.BigInteger(), nullable=True),
        sa.Column("terms_sha256", sa.String(length=64), nullable=False),
        sa.Column("signature_id", sa.String(length=36), nullable=True),
        sa.Column("witness_staff_id", sa.String(length=36), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "form <> 'live' OR state <> 'in_force' OR (given_call_id IS NOT NULL AND given_position_ms IS NOT NULL AND signature_id IS NOT NULL)",
            name=op.f("ck_mandates_live"),
        ),
        sa.CheckConstraint("form IN ('live', 'paper')", name=op.f("ck_mandates_form")),
        sa.CheckConstraint(
            "kind <> 'guardianship' OR form = 'paper'", name=op.f("ck_mandates_guardianship")
        ),
        sa.CheckConstraint("kind IN ('entrusted', 'guardianship')", name=op.f("ck_mandates_kind")),
        sa.CheckConstraint(
            "state <> 'in_force' OR witness_staff_id IS NOT NULL",
            name=op.f("ck_mandates_witnessed"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'in_force', 'declined', 'revoked')",
            name=op.f("ck_mandates_state"),
        ),
        sa.CheckConstraint("from_ms < until_ms", name=op.f("ck_mandates_span")),
        sa.CheckConstraint("witness_staff_id <> helper_staff_id", name=op.f("ck_mandates_witness")),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_mandates_county_id")),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_mandates_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["given_case_id"], ["cases.id"], name=op.f("fk_mandates_given_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["helper_staff_id"], ["staff.id"], name=op.f("fk_mandates_helper_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_mandates_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subjects.id"], name=op.f("fk_mandates_subject_id")
        ),
        sa.ForeignKeyConstraint(
            ["used_case_id"], ["cases.id"], name=op.f("fk_mandates_used_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["witness_staff_id"], ["staff.id"], name=op.f("fk_mandates_witness_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandates")),
        sa.UniqueConstraint("nonce", name=op.f("uq_mandates_nonce")),
    )
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_mandates_given_case_id"), ["given_case_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_mandates_helper_staff_id"), ["helper_staff_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_mandates_id_number_index"), ["id_number_index"], unique=False
        )

    op.create_table(
        "case_mandates",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("mandate_id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("chosen_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("chosen_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_mandates_case_id")),
        sa.ForeignKeyConstraint(
            ["chosen_by_staff_id"], ["staff.id"], name=op.f("fk_case_mandates_chosen_by_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_case_mandates_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["mandate_id"], ["mandates.id"], name=op.f("fk_case_mandates_mandate_id")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_mandates")),
    )
    with op.batch_alter_table("case_mandates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_case_mandates_mandate_id"), ["mandate_id"], unique=False
        )

    op.create_table(
        "grant_suspensions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("grant_id", sa.String(length=36), nullable=False),
        sa.Column("line", sa.String(length=8), nullable=False),
        sa.Column("suspended_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("suspended_ms", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("lifted_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("lifted_ms", sa.BigInteger(), nullable=True),
        sa.Column("lift_reason", sa.String(length=200), nullable=False),
        sa.CheckConstraint("line IN ('home', 'county')", name=op.f("ck_grant_suspensions_line")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_grant_suspensions_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["grant_id"], ["grants.id"], name=op.f("fk_grant_suspensions_grant_id")
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_grant_suspensions_lifted_by_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["suspended_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_grant_suspensions_suspended_by_staff_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant_suspensions")),
    )
    with op.batch_alter_table("grant_suspensions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_grant_suspensions_grant_id"), ["grant_id"], unique=False
        )
        batch_op.create_index(
            "uq_grant_suspensions_live",
            ["grant_id", "line"],
            unique=True,
            sqlite_where=sa.text("lifted_ms IS NULL"),
            postgresql_where=sa.text("lifted_ms IS NULL"),
        )

    op.create_table(
        "mandate_items",
        sa.Column("mandate_id", sa.String(length=36), nullable=False),
        sa.Column("item_code", sa.String(length=40), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_mandate_items_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["mandate_id"],
            ["mandates.id"],
            name=op.f("fk_mandate_items_mandate_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("mandate_id", "item_code", name=op.f("pk_mandate_items")),
    )
    op.create_table(
        "mandate_pages",
        sa.Column("mandate_id", sa.String(length=36), nullable=False),
        sa.Column("page_id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('mandate', 'subject_id')", name=op.f("ck_mandate_pages_kind")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_mandate_pages_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["mandate_id"],
            ["mandates.id"],
            name=op.f("fk_mandate_pages_mandate_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["case_pages.id"], name=op.f("fk_mandate_pages_page_id")
        ),
        sa.PrimaryKeyConstraint("mandate_id", "page_id", name=op.f("pk_mandate_pages")),
        sa.UniqueConstraint(
            "mandate_id", "position", name=op.f("uq_mandate_pages_mandate_id_position")
        ),
    )


def downgrade() -> None:
    op.drop_table("mandate_pages")
    op.drop_table("mandate_items")
    with op.batch_alter_table("grant_suspensions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_grant_suspensions_live",
            sqlite_where=sa.text("lifted_ms IS NULL"),
            postgresql_where=sa.text("lifted_ms IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_grant_suspensions_grant_id"))

    op.drop_table("grant_suspensions")
    with op.batch_alter_table("case_mandates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_mandates_mandate_id"))

    op.drop_table("case_mandates")
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mandates_id_number_index"))
        batch_op.drop_index(batch_op.f("ix_mandates_helper_staff_id"))
        batch_op.drop_index(batch_op.f("ix_mandates_given_case_id"))

    op.drop_table("mandates")
    op.drop_table("item_set_items")
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grants_window_id"))
        batch_op.drop_index(batch_op.f("ix_grants_staff_id"))
        batch_op.drop_index(batch_op.f("ix_grants_home_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_grants_appointment_id"))

    op.drop_table("grants")
    with op.batch_alter_table("role_changes", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_role_changes_live",
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        )
        batch_op.drop_index(batch_op.f("ix_role_changes_county_id"))

    op.drop_table("role_changes")
    op.drop_table("item_sets")
    with op.batch_alter_table("appointments", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_appointments_live",
            sqlite_where=sa.text("state IN ('nominated', 'appointed')"),
            postgresql_where=sa.text("state IN ('nominated', 'appointed')"),
        )
        batch_op.drop_index(batch_op.f("ix_appointments_window_id"))
        batch_op.drop_index(batch_op.f("ix_appointments_home_organisation_id"))

    op.drop_table("appointments")
