"""Service items, the cases of residents, and what becomes of a case."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "service_items",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("pinyin", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("department_id", sa.String(length=36), nullable=False),
        sa.Column("skill_group_id", sa.String(length=36), nullable=False),
        sa.Column("receiving_levels", sa.JSON(), nullable=False),
        sa.Column("video_level", sa.String(length=16), nullable=True),
        sa.Column("deciding_rule", sa.String(length=20), nullable=False),
        sa.Column("deciding_organisation_id", sa.String(length=36), nullable=True),
        sa.Column("authority_source", sa.String(length=200), nullable=False),
        sa.Column("authority_document", sa.String(length=200), nullable=False),
        sa.Column("modes", sa.JSON(), nullable=False),
        sa.Column("immediate", sa.Boolean(), nullable=False),
        sa.Column("time_limit_days", sa.Integer(), nullable=True),
        sa.Column("joint", sa.Boolean(), nullable=False),
        sa.Column("delegated", sa.Boolean(), nullable=False),
        sa.Column("cross_area", sa.Boolean(), nullable=False),
        sa.Column("consent_policy", sa.String(length=20), nullable=False),
        sa.Column("guide", sa.JSON(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(deciding_rule = 'fixed') = (deciding_organisation_id IS NOT NULL)",
            name=op.f("ck_service_items_deciding"),
        ),
        sa.CheckConstraint(
            "consent_policy IN ('advice_only', 'no_call')",
            name=op.f("ck_service_items_consent_policy"),
        ),
        sa.CheckConstraint(
            "deciding_rule IN ('fixed', 'registered_town')",
            name=op.f("ck_service_items_deciding_rule"),
        ),
        sa.CheckConstraint(
            "video_level IN ('county', 'town')", name=op.f("ck_service_items_video_level")
        ),
        sa.CheckConstraint(
            "(immediate) OR (time_limit_days IS NOT NULL)", name=op.f("ck_service_items_time_limit")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_service_items_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["deciding_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_service_items_deciding_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["organisations.id"], name=op.f("fk_service_items_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["skill_group_id"], ["skill_groups.id"], name=op.f("fk_service_items_skill_group_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_items")),
        sa.UniqueConstraint(
            "county_id", "code", "version", name=op.f("uq_service_items_county_id_code_version")
        ),
    )
    with op.batch_alter_table("service_items", schema=None) as batch_op:
        batch_op.create_index(
            "uq_service_items_current",
            ["county_id", "code"],
            unique=True,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )
    op.create_table(
        "item_materials",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("requirement", sa.String(length=16), nullable=False),
        sa.Column("copies", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "requirement IN ('required', 'may_follow', 'exempt')",
            name=op.f("ck_item_materials_requirement"),
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_item_materials_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"],
            ["service_items.id"],
            name=op.f("fk_item_materials_item_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_materials")),
        sa.UniqueConstraint("item_id", "position", name=op.f("uq_item_materials_item_id_position")),
    )
    op.create_table(
        "subjects",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("id_number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("id_number_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(length=32), nullable=False),
        sa.Column("registered_organisation_id", sa.String(length=36), nullable=True),
        sa.Column("elderly", sa.Boolean(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_subjects_county_id")),
        sa.ForeignKeyConstraint(
            ["registered_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_subjects_registered_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subjects")),
    )
    with op.batch_alter_table("subjects", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_subjects_id_number_index"), ["id_number_index"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_subjects_phone_index"), ["phone_index"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=True),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("window_id", sa.String(length=36), nullable=False),
        sa.Column("subject_id", sa.String(length=36), nullable=False),
        sa.Column("present_name", sa.String(length=80), nullable=False),
        sa.Column("present_relation", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("opened_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("owner_staff_id", sa.String(length=36), nullable=True),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("deciding_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "mode IN ('advice', 'guidance', 'assisted', 'delegated')", name=op.f("ck_cases_mode")
        ),
        sa.CheckConstraint(
            "number IS NOT NULL OR state IN ('draft', 'closed', 'withdrawn')",
            name=op.f("ck_cases_number"),
        ),
        sa.CheckConstraint(
            "present_relation IN ('self', 'relative', 'guardian', 'helper')",
            name=op.f("ck_cases_present_relation"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'accepted', 'accepted_to_follow', 'returned', 'refusal_proposed', 'refused', 'forwarded', 'suspended', 'withdrawn', 'done', 'handed_over', 'materials_overdue', 'appealed', 'upheld', 'closed')",
            name=op.f("ck_cases_state"),
        ),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_cases_county_id")),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_cases_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["deciding_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_cases_deciding_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_cases_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["service_items.id"], name=op.f("fk_cases_item_id")),
        sa.ForeignKeyConstraint(
            ["opened_by_staff_id"], ["staff.id"], name=op.f("fk_cases_opened_by_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["owner_staff_id"], ["staff.id"], name=op.f("fk_cases_owner_staff_id")
        ),
        sa.ForeignKeyConstraint(["subject_id"], ["subjects.id"], name=op.f("fk_cases_subject_id")),
        sa.ForeignKeyConstraint(["window_id"], ["windows.id"], name=op.f("fk_cases_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_cases_county_id_number")),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_cases_home_organisation_id"), ["home_organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_cases_item_id"), ["item_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_cases_owner_staff_id"), ["owner_staff_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_cases_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_cases_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cases_window_id"), ["window_id"], unique=False)
    op.create_table(
        "case_events",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=True),
        sa.Column("actor_staff_id", sa.String(length=36), nullable=True),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('advice_given', 'guided', 'received', 'accepted', 'accepted_to_follow', 'returned', 'passed_on', 'could_not_be_done')",
            name=op.f("ck_case_events_outcome"),
        ),
        sa.ForeignKeyConstraint(
            ["actor_staff_id"], ["staff.id"], name=op.f("fk_case_events_actor_staff_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_events_case_id")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_case_events_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_case_events_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_case_events_home_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_events")),
    )
    with op.batch_alter_table("case_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_events_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_events_case_id"), ["case_id"], unique=False)
    op.create_table(
        "case_pages",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=True),
        sa.Column("material_id", sa.String(length=36), nullable=True),
        sa.Column("requested_by_staff_id", sa.String(length=36), nullable=True),
        sa.Column("replaces_page_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("total_bytes", sa.Integer(), nullable=False),
        sa.Column("received_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rendition_sha256", sa.String(length=64), nullable=True),
        sa.Column("width_px", sa.Integer(), nullable=True),
        sa.Column("height_px", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.String(length=64), nullable=False),
        sa.Column("position_ms", sa.BigInteger(), nullable=True),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("ready_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('original', 'readable', 'video_frame')", name=op.f("ck_case_pages_kind")
        ),
        sa.CheckConstraint(
            "state IN ('uploading', 'ready', 'failed')", name=op.f("ck_case_pages_state")
        ),
        sa.CheckConstraint(
            "received_bytes >= 0 AND received_bytes <= total_bytes",
            name=op.f("ck_case_pages_received"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_pages_case_id")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_case_pages_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_case_pages_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_case_pages_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["material_id"], ["item_materials.id"], name=op.f("fk_case_pages_material_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_page_id"], ["case_pages.id"], name=op.f("fk_case_pages_replaces_page_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_case_pages_requested_by_staff_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_pages")),
    )
    with op.batch_alter_table("case_pages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_pages_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_pages_case_id"), ["case_id"], unique=False)
    op.create_table(
        "consents",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=True),
        sa.Column("text_version", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("asked_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("answered_by", sa.String(length=20), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("answer IN ('yes', 'no', 'withdrawn')", name=op.f("ck_consents_answer")),
        sa.CheckConstraint(
            "answered_by IN ('present_person', 'helper')", name=op.f("ck_consents_answered_by")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_staff_id"], ["staff.id"], name=op.f("fk_consents_asked_by_staff_id")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_consents_case_id")),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_consents_county_id")),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_consents_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_consents_home_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consents_case_id"), ["case_id"], unique=False)
    op.create_table(
        "could_not_reports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=True),
        sa.Column("opened_by_staff_id", sa.String(length=36), nullable=False),
        sa.Column("owner_staff_id", sa.String(length=36), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("due_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_could_not_reports_state")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_could_not_reports_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_could_not_reports_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_could_not_reports_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_could_not_reports_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_staff_id"],
            ["staff.id"],
            name=op.f("fk_could_not_reports_opened_by_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_staff_id"], ["staff.id"], name=op.f("fk_could_not_reports_owner_staff_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_could_not_reports")),
    )
    with op.batch_alter_table("could_not_reports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_could_not_reports_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_could_not_reports_owner_staff_id"), ["owner_staff_id"], unique=False
        )
    op.create_table(
        "ratings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("token_expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("grade", sa.String(length=20), nullable=True),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("rated_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "grade IN ('very_satisfied', 'satisfied', 'fair', 'dissatisfied', 'very_dissatisfied')",
            name=op.f("ck_ratings_grade"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_ratings_case_id")),
        sa.ForeignKeyConstraint(["county_id"], ["counties.id"], name=op.f("fk_ratings_county_id")),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_ratings_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_ratings_home_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
        sa.UniqueConstraint("call_id", name=op.f("uq_ratings_call_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_ratings_token_hash")),
    )
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ratings_case_id"), ["case_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("ratings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ratings_case_id"))
    op.drop_table("ratings")
    with op.batch_alter_table("could_not_reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_could_not_reports_owner_staff_id"))
        batch_op.drop_index(batch_op.f("ix_could_not_reports_case_id"))
    op.drop_table("could_not_reports")
    with op.batch_alter_table("consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consents_case_id"))
    op.drop_table("consents")
    with op.batch_alter_table("case_pages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_pages_case_id"))
        batch_op.drop_index(batch_op.f("ix_case_pages_call_id"))
    op.drop_table("case_pages")
    with op.batch_alter_table("case_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_events_case_id"))
        batch_op.drop_index(batch_op.f("ix_case_events_call_id"))
    op.drop_table("case_events")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cases_window_id"))
        batch_op.drop_index(batch_op.f("ix_cases_subject_id"))
        batch_op.drop_index(batch_op.f("ix_cases_state"))
        batch_op.drop_index(batch_op.f("ix_cases_owner_staff_id"))
        batch_op.drop_index(batch_op.f("ix_cases_item_id"))
        batch_op.drop_index(batch_op.f("ix_cases_home_organisation_id"))
    op.drop_table("cases")
    with op.batch_alter_table("subjects", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_subjects_phone_index"))
        batch_op.drop_index(batch_op.f("ix_subjects_id_number_index"))
    op.drop_table("subjects")
    op.drop_table("item_materials")
    with op.batch_alter_table("service_items", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_service_items_current",
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )
    op.drop_table("service_items")
