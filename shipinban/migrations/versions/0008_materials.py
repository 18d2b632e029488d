"""Materials, forms, signatures."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plainly, not in batch mode: SQLite would copy a table whose rows refer to each other.
    op.add_column(
        "case_pages", sa.Column("sheets", sa.Integer(), server_default="1", nullable=False)
    )
    op.add_column(
        "case_pages",
        sa.Column("uploaded", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("case_pages", sa.Column("faults", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("service_items", sa.Column("form", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "form_versions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("schema_sha256", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("values_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shown_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shown_sha256", sa.String(length=64), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=True),
        sa.Column("filled_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("shown_ms", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_ms", sa.BigInteger(), nullable=True),
        sa.Column("signed_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'shown', 'confirmed', 'signed', 'objected', 'withdrawn')",
            name=op.f("ck_form_versions_state"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_form_versions_case_id")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_form_versions_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_form_versions_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["filled_by_staff_id"], ["staff.id"], name=op.f("fk_form_versions_filled_by_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_form_versions_home_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_versions")),
        sa.UniqueConstraint("case_id", "version", name=op.f("uq_form_versions_case_id_version")),
    )
    with op.batch_alter_table("form_versions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_form_versions_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_form_versions_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "uq_form_versions_live",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('shown', 'confirmed', 'signed')"),
            postgresql_where=sa.text("state IN ('shown', 'confirmed', 'signed')"),
        )

    op.create_table(
        "material_notices",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=True),
        sa.Column("position_ms", sa.BigInteger(), nullable=True),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("issued_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_material_notices_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_material_notices_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_material_notices_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_material_notices_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_material_notices_issued_by_staff_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material_notices")),
    )
    with op.batch_alter_table("material_notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_material_notices_case_id"), ["case_id"], unique=False)

    op.create_table(
        "signatures",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("form_version_id", sa.String(length=36), nullable=True),
        sa.Column("signed_sha256", sa.String(length=64), nullable=False),
        sa.Column("signer", sa.String(length=16), nullable=False),
        sa.Column("strokes_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("strokes_sha256", sa.String(length=64), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=True),
        sa.Column("position_ms", sa.BigInteger(), nullable=True),
        sa.Column("witnessed_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("signed_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(purpose = 'form') = (form_version_id IS NOT NULL)", name=op.f("ck_signatures_form")
        ),
        sa.CheckConstraint("purpose IN ('form', 'mandate')", name=op.f("ck_signatures_purpose")),
        sa.CheckConstraint(
            "signer IN ('present_person', 'helper')", name=op.f("ck_signatures_signer")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_signatures_case_id")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_signatures_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_signatures_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_signatures_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["witnessed_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_signatures_witnessed_by_staff_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signatures")),
        sa.UniqueConstraint("form_version_id", name=op.f("uq_signatures_form_version_id")),
    )
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signatures_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signatures_case_id"), ["case_id"], unique=False)

    op.create_table(
        "case_materials",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("material_id", sa.String(length=36), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("page_id", sa.String(length=36), nullable=True),
        sa.Column("earlier_id", sa.String(length=36), nullable=True),
        sa.Column("details_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("due_ms", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("reason_text", sa.String(length=200), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=True),
        sa.Column("position_ms", sa.BigInteger(), nullable=True),
        sa.Column("given_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("judged_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("judged_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(source = 'earlier') = (earlier_id IS NOT NULL)",
            name=op.f("ck_case_materials_earlier_of_source"),
        ),
        sa.CheckConstraint(
            "(source = 'promised') = (due_ms IS NOT NULL)",
            name=op.f("ck_case_materials_due_of_source"),
        ),
        sa.CheckConstraint(
            "(source IN ('e_licence', 'promised')) = (details_sealed IS NOT NULL)",
            name=op.f("ck_case_materials_details_of_source"),
        ),
        sa.CheckConstraint(
            "(source IN ('page', 'upload')) = (page_id IS NOT NULL)",
            name=op.f("ck_case_materials_page_of_source"),
        ),
        sa.CheckConstraint(
            "reason IN ('blurred', 'glare', 'cut_off', 'skewed', 'wrong_paper', 'out_of_date', 'incomplete', 'other')",
            name=op.f("ck_case_materials_reason"),
        ),
        sa.CheckConstraint(
            "source IN ('page', 'upload', 'e_licence', 'earlier', 'promised')",
            name=op.f("ck_case_materials_source"),
        ),
        sa.CheckConstraint(
            "state <> 'sent_back' OR reason IS NOT NULL",
            name=op.f("ck_case_materials_reason_given"),
        ),
        sa.CheckConstraint(
            "state IN ('given', 'accepted', 'sent_back', 'replaced')",
            name=op.f("ck_case_materials_state"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_materials_case_id")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_case_materials_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_case_materials_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["earlier_id"], ["case_materials.id"], name=op.f("fk_case_materials_earlier_id")
        ),
        sa.ForeignKeyConstraint(
            ["given_by_staff_id"], ["staff.id"], name=op.f("fk_case_materials_given_by_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_case_materials_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["judged_by_staff_id"], ["staff.id"], name=op.f("fk_case_materials_judged_by_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["item_materials.id"], name=op.f("fk_case_materials_material_id")
        ),
        sa.ForeignKeyConstraint(
            ["page_id"], ["case_pages.id"], name=op.f("fk_case_materials_page_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_materials")),
    )
    with op.batch_alter_table("case_materials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_materials_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            "uq_case_materials_live_page",
            ["page_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'replaced'"),
            postgresql_where=sa.text("state <> 'replaced'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("case_materials", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_case_materials_live_page",
            sqlite_where=sa.text("state <> 'replaced'"),
            postgresql_where=sa.text("state <> 'replaced'"),
        )
        batch_op.drop_index(batch_op.f("ix_case_materials_case_id"))

    op.drop_table("case_materials")
    with op.batch_alter_table("signatures", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signatures_case_id"))
        batch_op.drop_index(batch_op.f("ix_signatures_call_id"))

    op.drop_table("signatures")
    with op.batch_alter_table("material_notices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_material_notices_case_id"))

    op.drop_table("material_notices")
    with op.batch_alter_table("form_versions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_form_versions_live",
            sqlite_where=sa.text("state IN ('shown', 'confirmed', 'signed')"),
            postgresql_where=sa.text("state IN ('shown', 'confirmed', 'signed')"),
        )
        batch_op.drop_index(batch_op.f("ix_form_versions_case_id"))
        batch_op.drop_index(batch_op.f("ix_form_versions_call_id"))

    op.drop_table("form_versions")
    op.drop_column("service_items", "form")
    op.drop_column("case_pages", "faults")
    op.drop_column("case_pages", "uploaded")
    op.drop_column("case_pages", "sheets")
