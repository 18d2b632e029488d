"""Figures of a town by window, item, agent and hour are kept, too; all days are counted anew."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_BEFORE = ("county", "organisation", "window", "item", "agent", "full")
_GRAINS = (*_BEFORE[:-1], "home_hour", "home_window", "home_item", "home_agent", "full")


def upgrade() -> None:
    _count_anew(_GRAINS)


def downgrade() -> None:
    _count_anew(_BEFORE)


def _count_anew(grains: tuple[str, ...]) -> None:
    """Nothing is lost: the watch counts the days from the cases as after an installation."""
    for table in ("report_hours", "report_lines", "report_progress"):
        op.execute(sa.delete(sa.table(table)))
    listed = ", ".join(f"'{grain}'" for grain in grains)
    with op.batch_alter_table("report_lines", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_report_lines_grain"), type_="check")
    with op.batch_alter_table("report_lines", schema=None) as batch_op:
        batch_op.create_check_constraint(op.f("ck_report_lines_grain"), f"grain IN ({listed})")
