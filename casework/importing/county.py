"""What the database knows already, by the codes that files use."""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework import tables
from casework.importing.problems import ImportRefused, Problem, Report


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many rows an import made, changed, and found as they were."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    proposed: int = 0
    """Changes of roles that wait for a security administrator."""

    def __add__(self, other: "ImportResult") -> "ImportResult":
        return ImportResult(
            self.created + other.created,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.proposed + other.proposed,
        )


CREATED = ImportResult(created=1)
CHANGED = ImportResult(changed=1)
UNCHANGED = ImportResult(unchanged=1)


@dataclass(frozen=True, slots=True)
class KnownCounty:
    """One county's rows: organisations and windows by code, skill groups by letters."""

    county_id: str
    organisations: dict[str, tables.Organisation]
    windows: dict[str, tables.Window]
    groups: dict[str, tables.SkillGroup]


async def load_county(session: AsyncSession, county_id: str) -> KnownCounty:
    organisation, window, group = tables.Organisation, tables.Window, tables.SkillGroup
    organisations = await session.scalars(
        select(organisation).where(organisation.county_id == county_id)
    )
    windows = await session.scalars(select(window).where(window.county_id == county_id))
    groups = await session.scalars(select(group).where(group.county_id == county_id))
    return KnownCounty(
        county_id=county_id,
        organisations={row.code: row for row in organisations},
        windows={row.code: row for row in windows},
        groups={row.letters: row for row in groups},
    )


async def the_only_county(session: AsyncSession) -> str:
    """The id of the county of an installation that has one.

    :raises ImportRefused: organisations were never imported, or there are several counties.
    """
    ids = list(await session.scalars(select(tables.County.id).limit(2)))
    if len(ids) == 1:
        return ids[0]
    if ids:
        zh, en = "有多个县，请指明县", "There are several counties: name one"
    else:
        zh, en = "请先导入机构", "Import the organisations first"
    raise ImportRefused([Problem("", None, "", zh, en)])


def check_known(
    report: Report,
    place: tuple[str, int, str],
    code: str | None,
    known: Container[str],
) -> None:
    """Adds a problem when ``code`` is none of the ``known``; ``None`` refers to nothing."""
    if code is not None and code not in known:
        table, row, column = place
        report.add(table, row, column, f"“{code}”不存在", f"“{code}” does not exist")


def update(row: object, values: Mapping[str, object]) -> ImportResult:
    """Writes what differs into an existing row."""
    differing = {key: value for key, value in values.items() if getattr(row, key) != value}
    for key, value in differing.items():
        setattr(row, key, value)
    return CHANGED if differing else UNCHANGED
