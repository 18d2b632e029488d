"""What is said to a material of an item, in English as well."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("item_materials", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note_en", sa.Text(), nullable=True))
    op.execute("UPDATE item_materials SET note_en = ''")
    with op.batch_alter_table("item_materials", schema=None) as batch_op:
        batch_op.alter_column("note_en", existing_type=sa.Text(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("item_materials", schema=None) as batch_op:
        batch_op.drop_column("note_en")
