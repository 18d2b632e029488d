"""The organisations file: organisations, windows, skill groups, opening hours."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from casework.importing.columns import (
    Column,
    Numbered,
    TableSpec,
    boolean,
    cells_of,
    check_names,
    check_unique,
    choice,
    code,
    integer,
    matching,
    minute_of_day,
    read_rows,
    several,
    text,
)
from casework.importing.problems import Report
from casework.importing.sheets import Table
from casework.organisations import LETTERS, OpeningHours, Organisation, SkillGroup, Window
from casework.vocabulary import OrganisationKind, WindowKind

KIND_NAMES: Final = {
    OrganisationKind.COUNTY: "县",
    OrganisationKind.DEPARTMENT: "部门",
    OrganisationKind.TOWN: "镇",
    OrganisationKind.VILLAGE: "村",
    OrganisationKind.PARTNER: "合作机构",
}
WINDOW_KIND_NAMES: Final = {
    WindowKind.JOINT: "联办窗口",
    WindowKind.GENERAL: "无差别综合窗口",
    WindowKind.FIELD: "分领域综合窗口",
    WindowKind.BANK_COUNTER: "银行网点",
    WindowKind.KIOSK: "自助终端",
}

ORGANISATIONS: Final = TableSpec(
    "organisations",
    "机构",
    (
        Column("code", "编码", code),
        Column("name", "名称", text(80)),
        Column("name_en", "英文名称", text(200)),
        Column("kind", "类型", choice(OrganisationKind, KIND_NAMES)),
        Column("parent", "上级机构", code, required=False, default=None),
    ),
)
WINDOWS: Final = TableSpec(
    "windows",
    "窗口",
    (
        Column("code", "编码", code),
        Column("name", "名称", text(80)),
        Column("name_en", "英文名称", text(200)),
        Column("organisation", "所属机构", code),
        Column("kind", "类型", choice(WindowKind, WINDOW_KIND_NAMES)),
        Column("place", "地点", text(200)),
        Column("serves", "服务的镇", code, required=False, default=None),
    ),
    required=False,
)
SKILL_GROUPS: Final = TableSpec(
    "skill_groups",
    "技能组",
    (
        Column("code", "编码", code),
        Column("name", "名称", text(80)),
        Column("name_en", "英文名称", text(200)),
        Column("organisation", "所属机构", code),
        Column(
            "letters",
            "字母",
            matching(LETTERS, "一至两个大写字母", "one or two capital letters"),
        ),
        Column("general", "综合组", boolean, required=False, default=False),
    ),
    required=False,
)
OPENING_HOURS: Final = TableSpec(
    "opening_hours",
    "办公时间",
    (
        Column("organisation", "机构", code),
        Column("weekdays", "星期", several(integer(1, 7))),
        Column("opens", "开始", minute_of_day),
        Column("closes", "结束", minute_of_day),
    ),
    required=False,
)
SPECS: Final = (ORGANISATIONS, WINDOWS, SKILL_GROUPS, OPENING_HOURS)


@dataclass(frozen=True, slots=True)
class ParsedOrganisations:
    """The good rows of the file, and in ``report`` what is wrong with the others."""

    organisations: list[Numbered[Organisation]]
    windows: list[Numbered[Window]]
    skill_groups: list[Numbered[SkillGroup]]
    opening_hours: list[Numbered[OpeningHours]]
    report: Report
    mentioned: frozenset[str]
    """Codes of organisations in the file, those of bad rows too."""


def parse_organisations(tables: Sequence[Table]) -> ParsedOrganisations:
    """Checks the file by itself; problems are kept for ``import_organisations`` to raise."""
    report = Report()
    check_names(tables, SPECS, report)
    parsed = ParsedOrganisations(
        organisations=_organisations(tables, report),
        windows=_windows(tables, report),
        skill_groups=_skill_groups(tables, report),
        opening_hours=_opening_hours(tables, report),
        report=report,
        mentioned=frozenset(cells_of(tables, ORGANISATIONS, "code")),
    )
    for spec, rows in (
        (ORGANISATIONS, parsed.organisations),
        (WINDOWS, parsed.windows),
        (SKILL_GROUPS, parsed.skill_groups),
    ):
        check_unique(spec.key, "code", ((r.row, r.value.id) for r in rows), report)
    letters = ((r.row, r.value.letters) for r in parsed.skill_groups)
    check_unique(SKILL_GROUPS.key, "letters", letters, report)
    return parsed


def _organisations(tables: Sequence[Table], report: Report) -> list[Numbered[Organisation]]:
    return [
        Numbered(
            row.row,
            Organisation(
                id=row.value["code"],
                name=row.value["name"],
                name_en=row.value["name_en"],
                kind=row.value["kind"],
                parent_id=row.value["parent"],
            ),
        )
        for row in read_rows(tables, ORGANISATIONS, report)
    ]


def _windows(tables: Sequence[Table], report: Report) -> list[Numbered[Window]]:
    return [
        Numbered(
            row.row,
            Window(
                id=row.value["code"],
                name=row.value["name"],
                name_en=row.value["name_en"],
                organisation_id=row.value["organisation"],
                kind=row.value["kind"],
                place=row.value["place"],
                serves_organisation_id=row.value["serves"],
            ),
        )
        for row in read_rows(tables, WINDOWS, report)
    ]


def _skill_groups(tables: Sequence[Table], report: Report) -> list[Numbered[SkillGroup]]:
    return [
        Numbered(
            row.row,
            SkillGroup(
                id=row.value["code"],
                name=row.value["name"],
                name_en=row.value["name_en"],
                organisation_id=row.value["organisation"],
                letters=row.value["letters"],
                general=row.value["general"],
            ),
        )
        for row in read_rows(tables, SKILL_GROUPS, report)
    ]


def _opening_hours(tables: Sequence[Table], report: Report) -> list[Numbered[OpeningHours]]:
    rows = []
    for row in read_rows(tables, OPENING_HOURS, report):
        opens, closes = row.value["opens"], row.value["closes"]
        if opens >= closes:
            report.add(
                OPENING_HOURS.key, row.row, "closes", "结束应晚于开始", "Closes before it opens"
            )
            continue
        rows += [
            Numbered(row.row, OpeningHours(row.value["organisation"], weekday, opens, closes))
            for weekday in row.value["weekdays"]
        ]
    _check_overlaps(rows, report)
    return rows


def _check_overlaps(rows: Iterable[Numbered[OpeningHours]], report: Report) -> None:
    days: dict[tuple[str, int], list[Numbered[OpeningHours]]] = defaultdict(list)
    for row in rows:
        days[row.value.organisation_id, row.value.weekday].append(row)
    for spans in days.values():
        spans.sort(key=lambda row: row.value.opens_minute)
        for earlier, later in pairwise(spans):
            if later.value.opens_minute < earlier.value.closes_minute:
                report.add(
                    OPENING_HOURS.key,
                    later.row,
                    "opens",
                    f"与第{earlier.row}行的时间重叠（星期{later.value.weekday}）",
                    f"Overlaps with row {earlier.row} on weekday {later.value.weekday}",
                )
