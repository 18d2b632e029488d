"""Alembic's environment: one history for all rooms, run on a connection that the caller opened."""

from alembic import context

import casework.tables  # noqa: F401 - fills the metadata
import recording.tables  # noqa: F401
import signaling.tables  # noqa: F401
from casework.database import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
