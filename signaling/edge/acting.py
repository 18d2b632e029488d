"""An act on one row, answered with the row as pages show it from now on."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from casework.sign_in import SignedIn
from signaling.edge.route import Asked

Row = TypeVar("Row")
View = TypeVar("View")


async def act_on(
    asked: Asked[Any],
    act: Callable[[AsyncSession], Awaitable[Row]],
    views: Callable[[AsyncSession, SignedIn, Sequence[Row]], Awaitable[Sequence[View]]],
) -> View:
    """Act and view in one transaction: what is answered is what was committed."""
    async with asked.context.database.transaction() as session:
        row = await act(session)
        (view,) = await views(session, asked.person, [row])
        return view
