"""How every watch over rows looks: at once, and again and again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Never

import structlog
from sqlalchemy.exc import SQLAlchemyError

from casework.errors import ShipinbanError

_log = structlog.get_logger(__name__)


async def keep_looking(look: Callable[[], Awaitable[object]], every_s: float, failed: str) -> Never:
    """Until cancelled. A look that database, disk or time cut short is logged under the name
    ``failed``, and tried again at the next turn."""
    while True:
        try:
            await look()
        except (SQLAlchemyError, ShipinbanError, OSError) as error:
            _log.warning(failed, reason=repr(error))
        await asyncio.sleep(every_s)
