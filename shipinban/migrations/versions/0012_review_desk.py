"""Marks and comments at a position of a recording."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recording_marks",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("county_id", sa.String(length=36), nullable=False),
        sa.Column("recording_id", sa.String(length=36), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("position_ms", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("line", sa.String(length=8), nullable=False),
        sa.Column("author_staff_id", sa.String(length=36), nullable=False),
        sa.Column("home_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("county_organisation_id", sa.String(length=36), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_ms", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("line IN ('home', 'county')", name=op.f("ck_recording_marks_line")),
        sa.CheckConstraint("position_ms >= 0", name=op.f("ck_recording_marks_position_ms")),
        sa.ForeignKeyConstraint(
            ["author_staff_id"], ["staff.id"], name=op.f("fk_recording_marks_author_staff_id")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_recording_marks_call_id")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["counties.id"], name=op.f("fk_recording_marks_county_id")
        ),
        sa.ForeignKeyConstraint(
            ["county_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_recording_marks_county_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["home_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_recording_marks_home_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_recording_marks_recording_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_marks")),
    )
    with op.batch_alter_table("recording_marks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recording_marks_recording_id"), ["recording_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("recording_marks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recording_marks_recording_id"))

    op.drop_table("recording_marks")
