"""How each line of a case's checklist stands. It follows from what was given; nobody sets it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.tables import Case, CaseMaterial, ItemMaterial
from casework.vocabulary import LineState, MaterialRequirement, MaterialSource, MaterialState

OPEN_LINES = frozenset({LineState.MISSING, LineState.SENT_BACK, LineState.PROMISED})
"""What the resident still has to bring."""


@dataclass(frozen=True, slots=True)
class Line:
    material: ItemMaterial
    state: LineState
    given: Sequence[CaseMaterial]
    """What counts now, in the order in which it was given."""


def line_state(requirement: str, given: Iterable[CaseMaterial]) -> LineState:
    """:param given: rows of one line; replaced ones don't count."""
    live = [row for row in given if row.state != MaterialState.REPLACED]
    states = {row.state for row in live}
    if MaterialState.SENT_BACK in states:
        return LineState.SENT_BACK
    if any(row.source == MaterialSource.PROMISED for row in live):
        return LineState.PROMISED
    if MaterialState.GIVEN in states:
        return LineState.GIVEN
    if live:
        return LineState.ACCEPTED
    exempt = requirement == MaterialRequirement.EXEMPT
    return LineState.EXEMPT if exempt else LineState.MISSING


async def checklist(session: AsyncSession, case: Case) -> list[Line]:
    """Every line of the case's item, in its order."""
    materials = await session.scalars(
        select(ItemMaterial)
        .where(ItemMaterial.item_id == case.item_id)
        .order_by(ItemMaterial.position)
    )
    rows = await session.scalars(
        select(CaseMaterial)
        .where(CaseMaterial.case_id == case.id, CaseMaterial.state != MaterialState.REPLACED)
        .order_by(CaseMaterial.id)
        .execution_options(populate_existing=True)
    )
    given: defaultdict[str, list[CaseMaterial]] = defaultdict(list)
    for row in rows:
        given[row.material_id].append(row)
    return [
        Line(material, line_state(material.requirement, given[material.id]), given[material.id])
        for material in materials
    ]


def still_open(lines: Iterable[Line]) -> list[Line]:
    """Missing, sent back, or promised and not there yet."""
    return [line for line in lines if line.state in OPEN_LINES]
