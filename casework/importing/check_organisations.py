"""What only the database can tell about an organisations file: references, one county, one tree."""

import re
from typing import Final

from casework.importing.county import KnownCounty, check_known
from casework.importing.organisations import (
    OPENING_HOURS,
    ORGANISATIONS,
    SKILL_GROUPS,
    WINDOWS,
    ParsedOrganisations,
)
from casework.organisations import WINDOW_HOLDERS, Node, Organisation, tree_problems
from casework.vocabulary import OrganisationKind

COUNTY_CODE: Final = re.compile(r"\d{6}")


def is_county(organisation: Organisation) -> bool:
    return organisation.kind == OrganisationKind.COUNTY


def check_organisations(parsed: ParsedOrganisations, known: KnownCounty) -> None:
    """Adds to the file's report whatever is wrong together with what is stored already."""
    merged = _stored(known) | {row.value.id: row.value for row in parsed.organisations}
    _check_tree(parsed, merged)
    _check_county(parsed, merged)
    _check_kinds(parsed, known)
    _check_windows(parsed, merged)
    _check_groups(parsed, known)
    _check_holders(parsed, merged)


def check_accountable_stay(parsed: ParsedOrganisations, known: KnownCounty) -> None:
    """On the page nobody changes alone who is accountable: under whom an organisation, a window or
    a group stands decides which supervisors and agents see its cases.
    """
    holders = {row.id: row.code for row in known.organisations.values()}
    for organisation in parsed.organisations:
        stored = known.organisations.get(organisation.value.id)
        if stored is not None:
            held_by = holders.get(stored.parent_id or "")
            place = ORGANISATIONS.key, organisation.row, "parent"
            _stays(parsed, place, held_by, organisation.value.parent_id)
    for window in parsed.windows:
        opened = known.windows.get(window.value.id)
        if opened is not None:
            place = WINDOWS.key, window.row, "organisation"
            _stays(parsed, place, holders[opened.organisation_id], window.value.organisation_id)
    for row in parsed.skill_groups:
        group = known.groups.get(row.value.letters)
        if group is None:
            continue
        place = SKILL_GROUPS.key, row.row, "organisation"
        _stays(parsed, place, holders[group.organisation_id], row.value.organisation_id)
        if row.value.general and not group.general:
            parsed.report.add(*place[:2], "general", *_AT_THE_MACHINE)


_AT_THE_MACHINE: Final = (
    "这会改变由谁负责，不能在页面上由一人更改：请在服务器上用 shipinban import organisations 导入，改动记入日志",
    (
        "This changes who is accountable and is not for one person on the page: import the file at the"
        " machine with “shipinban import organisations”; the change stands in the journal"
    ),
)


def _stays(
    parsed: ParsedOrganisations, place: tuple[str, int, str], held: str | None, wanted: str | None
) -> None:
    if held != wanted:
        parsed.report.add(*place, *_AT_THE_MACHINE)


def _check_tree(parsed: ParsedOrganisations, merged: dict[str, Organisation]) -> None:
    """Rows that share a code are checked each: the one that another replaces may be wrong, too."""
    in_file = {row.value.id for row in parsed.organisations}
    stored = [row for code, row in merged.items() if code not in in_file]
    numbers = {id(row.value): row.row for row in parsed.organisations}
    for problem in tree_problems([*stored, *(row.value for row in parsed.organisations)]):
        wrong = problem.organisation
        if id(wrong) not in numbers or _parent_is_bad_row(wrong, merged, parsed):
            continue
        place = (ORGANISATIONS.key, numbers[id(wrong)], "parent")
        parsed.report.add(*place, problem.zh, problem.en)


def _check_county(parsed: ParsedOrganisations, merged: dict[str, Organisation]) -> None:
    if not any(is_county(organisation) for organisation in merged.values()):
        parsed.report.add(ORGANISATIONS.key, None, "kind", "没有县级机构", "There is no county")
    for row in parsed.organisations:
        if is_county(row.value) and not COUNTY_CODE.fullmatch(row.value.id):
            parsed.report.add(
                ORGANISATIONS.key,
                row.row,
                "code",
                "县级机构的编码应为六位行政区划代码",
                "A county's code is the six digits of GB/T 2260",
            )


def _stored(known: KnownCounty) -> dict[str, Organisation]:
    codes = {row.id: code for code, row in known.organisations.items()}
    return {
        code: Organisation(
            id=code,
            name=row.name,
            name_en=row.name_en,
            kind=OrganisationKind(row.kind),
            parent_id=codes[row.parent_id] if row.parent_id else None,
        )
        for code, row in known.organisations.items()
    }


def _parent_is_bad_row(
    organisation: Node | None, merged: dict[str, Organisation], parsed: ParsedOrganisations
) -> bool:
    parent = organisation.parent_id if organisation else None
    return parent is not None and parent in parsed.mentioned and parent not in merged


def _check_kinds(parsed: ParsedOrganisations, known: KnownCounty) -> None:
    for row in parsed.organisations:
        stored = known.organisations.get(row.value.id)
        if stored is not None and stored.kind != row.value.kind:
            parsed.report.add(
                ORGANISATIONS.key,
                row.row,
                "kind",
                f"该机构已登记为 {stored.kind}，类型不能更改",
                f"The organisation is a {stored.kind} already; its kind cannot change",
            )


def _check_windows(parsed: ParsedOrganisations, merged: dict[str, Organisation]) -> None:
    for row in parsed.windows:
        holder = merged.get(row.value.organisation_id)
        if holder is not None and holder.kind not in WINDOW_HOLDERS:
            parsed.report.add(
                WINDOWS.key,
                row.row,
                "organisation",
                "窗口应属于镇、村或合作机构",
                "A window belongs to a town, a village or a partner",
            )
        served = merged.get(row.value.serves_organisation_id or "")
        if served is not None and served.kind != OrganisationKind.TOWN:
            parsed.report.add(
                WINDOWS.key, row.row, "serves", "服务的应是镇", "A service point serves a town"
            )


def _check_groups(parsed: ParsedOrganisations, known: KnownCounty) -> None:
    codes = {group.code: letters for letters, group in known.groups.items()}
    renamed = {row.value.id for row in parsed.skill_groups}
    general = {group.code for group in known.groups.values() if group.general} - renamed
    for row in parsed.skill_groups:
        holder = known.groups.get(row.value.letters)
        if holder is not None and holder.code != row.value.id:
            zh = f"字母“{row.value.letters}”已由技能组“{holder.code}”使用"
            en = f"The letters “{row.value.letters}” are those of group “{holder.code}”"
            parsed.report.add(SKILL_GROUPS.key, row.row, "letters", zh, en)
        if codes.get(row.value.id, row.value.letters) != row.value.letters:
            zh, en = "技能组的字母不能更改", "The letters of a group cannot change"
            parsed.report.add(SKILL_GROUPS.key, row.row, "letters", zh, en)
        if row.value.general:
            if general:
                zh, en = "综合组只能有一个", "There is one general group only"
                parsed.report.add(SKILL_GROUPS.key, row.row, "general", zh, en)
            general.add(row.value.id)


def _check_holders(parsed: ParsedOrganisations, merged: dict[str, Organisation]) -> None:
    """Every organisation that the other tables refer to exists, in the file or the database."""
    known = parsed.mentioned | merged.keys()
    for window in parsed.windows:
        place = (WINDOWS.key, window.row)
        check_known(parsed.report, (*place, "organisation"), window.value.organisation_id, known)
        check_known(parsed.report, (*place, "serves"), window.value.serves_organisation_id, known)
    for group in parsed.skill_groups:
        where = (SKILL_GROUPS.key, group.row, "organisation")
        check_known(parsed.report, where, group.value.organisation_id, known)
    for row, code in {(r.row, r.value.organisation_id) for r in parsed.opening_hours}:
        check_known(parsed.report, (OPENING_HOURS.key, row, "organisation"), code, known)
