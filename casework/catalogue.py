"""Service items: what they are, who decides them, and where they may be begun.

Standard library only. An item is one version of a matter (事项) with its guide and materials; a
changed item is a new version, and a case keeps the version it was begun with. Like those of
:mod:`casework.organisations`, the rules take rows of the database and rows of an import alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from casework.organisations import NodeT, OrganisationTree, PlacedWindow, areas_of
from casework.vocabulary import (
    CaseMode,
    ConsentPolicy,
    DecidingRule,
    Level,
    MaterialRequirement,
    OrganisationKind,
    RetentionClass,
)


class Decided(Protocol):
    @property
    def deciding_rule(self) -> str: ...
    @property
    def deciding_organisation_id(self) -> str | None: ...


class Begun(Decided, Protocol):
    @property
    def receiving_levels(self) -> Iterable[str]: ...
    @property
    def cross_area(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Material:
    name: str
    name_en: str
    requirement: MaterialRequirement
    """Required; may follow by a due date (容缺); or exempt, as an e-licence is held (免证)."""
    copies: int = 1
    note: str = ""
    note_en: str = ""


@dataclass(frozen=True, slots=True)
class Guide:
    """The page of 码上查, in Chinese. Lines are separated by line feeds."""

    conditions: str
    steps: str
    fees: str = ""
    forms: str = ""


@dataclass(frozen=True, slots=True)
class ServiceItem:
    code: str
    name: str
    name_en: str
    department_id: str
    skill_group_id: str
    """The county group that knows the matter. Of an item that the registered town decides, the
    town's own group is asked first and this one is where its calls overflow to."""
    receiving_levels: tuple[str, ...]
    video_level: Level | None
    """Who answers by video; ``None``: the matter is in the catalogue, but not done by video."""
    deciding_rule: DecidingRule
    deciding_organisation_id: str | None
    """The organisation of a fixed rule; ``None`` for the registered town."""
    authority_source: str
    authority_document: str
    modes: tuple[CaseMode, ...]
    immediate: bool
    time_limit_days: int | None
    """Promised working days; ``None`` for an immediate item."""
    joint: bool
    delegated: bool
    cross_area: bool
    guide: Guide
    materials: tuple[Material, ...]
    pinyin: str
    """Readings of the name for :mod:`casework.search`."""
    initials: str
    consent_policy: ConsentPolicy = ConsentPolicy.ADVICE_ONLY
    retention_class: RetentionClass = RetentionClass.STANDARD
    form: Mapping[str, Any] | None = None
    """Questions as :mod:`casework.forms.schema` takes them; ``None``: the general application."""


class UnknownRegisteredTown(ValueError):
    """The item is decided by the registered town, and none is known."""


def deciding_organisation(item: Decided, registered_town: str | None) -> str:
    """Id of the organisation that decides a case of this item.

    :param registered_town: id of the town where the subject's household is registered.
    :raises UnknownRegisteredTown: the rule needs the town and there is none.
    """
    if item.deciding_organisation_id is not None:
        return item.deciding_organisation_id
    if registered_town is None:
        raise UnknownRegisteredTown
    return registered_town


def is_offered_at(item: Begun, window: PlacedWindow, tree: OrganisationTree[NodeT]) -> bool:
    """Whether a case may be begun at the window for anybody at all."""
    if level_of(tree[window.organisation_id].kind) not in item.receiving_levels:
        return False
    return _is_open_to_all(item) or bool(areas_of(window, tree))


def may_begin_at(
    item: Begun,
    window: PlacedWindow,
    registered_town: str | None,
    tree: OrganisationTree[NodeT],
) -> bool:
    """Whether a case may be begun at the window.

    A county item at every window of a receiving level. A town's item at the windows of that town
    and at a service point that serves it; at any other window only when it is open across areas
    (县域通办).
    """
    if not is_offered_at(item, window, tree):
        return False
    return _is_open_to_all(item) or registered_town in areas_of(window, tree)


def _is_open_to_all(item: Begun) -> bool:
    """Wherever a resident is registered."""
    return item.deciding_rule == DecidingRule.FIXED or item.cross_area


def may_decide(
    agent_organisation: str, deciding_organisation: str, tree: OrganisationTree[NodeT]
) -> bool:
    """Whether an agent at home in ``agent_organisation`` may decide for ``deciding_organisation``.

    The organisation itself may, and the county's service centre for the county's own departments,
    whose window it is (综合窗口). It never decides for a town.
    """
    if agent_organisation == deciding_organisation:
        return True
    deciding = tree[deciding_organisation]
    return (
        tree[agent_organisation].kind == OrganisationKind.COUNTY
        and deciding.kind == OrganisationKind.DEPARTMENT
        and deciding.parent_id == agent_organisation
    )


def level_of(kind: str) -> str:
    """At which level an organisation receives. A partner's counter counts as a village's window."""
    if kind in (OrganisationKind.COUNTY, OrganisationKind.DEPARTMENT):
        return "county"
    return "town" if kind == OrganisationKind.TOWN else "village"


def item_problems(item: ServiceItem) -> list[tuple[str, str, str]]:
    """Contradictions in one item, as (column, Chinese, English)."""
    town_decides = item.deciding_rule == DecidingRule.REGISTERED_TOWN
    checks = [
        (
            item.immediate == (item.time_limit_days is not None),
            "time_limit_days",
            "即办件不填承诺时限，其他事项必须填写",
            "An immediate item has no time limit, every other item needs one",
        ),
        (
            item.delegated != (CaseMode.DELEGATED in item.modes),
            "modes",
            "帮办代办标志与代办方式（delegated）必须一致",
            "The flag and the mode “delegated” must go together",
        ),
        (
            town_decides == (item.deciding_organisation_id is not None),
            "deciding",
            "固定决定机构须填写机构编码，按户籍镇决定的不填",
            "A fixed rule names an organisation, the registered town's does not",
        ),
        (
            item.cross_area and not town_decides,
            "cross_area",
            "只有由户籍镇决定的事项才能跨域通办",
            "Only an item that the registered town decides can be open across areas",
        ),
        (
            (item.video_level is None) != (not item.modes),
            "modes",
            "视频办事项须填写办理方式，非视频办事项不填",
            "An item by video names its modes, another one does not",
        ),
        (
            item.video_level == Level.TOWN and not town_decides,
            "video_level",
            "镇级视频办事项须由户籍镇决定",
            "An item answered by a town is decided by the registered town",
        ),
    ]
    return [(column, zh, en) for wrong, column, zh, en in checks if wrong]
