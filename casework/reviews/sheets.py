"""The score sheet: its lines, what a filled one must hold, and when two of them agree.

The county sets the lines; the default has the nine don'ts (九不准) and five things that get points.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.database import insert_for, new_id, now_ms
from casework.errors import Conflict, Invalid
from casework.tables import ReviewRules
from casework.vocabulary import SheetLineKind, Verdict

SAMPLE_PERMILLE = 50
DUE_DAYS = 7
MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class SheetLine:
    key: str
    kind: SheetLineKind
    zh: str
    en: str
    points: int = 0
    """The most that can be given; 0 for a don't."""


def _dont(key: str, zh: str, en: str) -> SheetLine:
    return SheetLine(key, SheetLineKind.DONT, zh, en)


DEFAULT_LINES: Sequence[SheetLine] = (
    _dont("absent", "不准擅自离岗、空岗", "No leaving the post unattended"),
    _dont("passing_off", "不准推诿扯皮", "No passing people from one to another"),
    _dont("rude", "不准态度生硬、冷硬横推", "No rudeness or turning people away"),
    _dont("extra_papers", "不准擅自增加材料和条件", "No papers or conditions beyond the guide"),
    _dont("piecemeal", "不准多次告知、让群众反复跑", "No telling what is missing bit by bit"),
    _dont("overdue", "不准超时限办理", "No handling beyond the time limit"),
    _dont("fees", "不准违规收费、搭车收费", "No fees that are not due"),
    _dont("favours", "不准吃拿卡要、收受好处", "No taking of gifts or favours"),
    _dont("disclosure", "不准泄露群众个人信息", "No disclosing of residents' personal data"),
    SheetLine("identity", SheetLineKind.POINTS, "身份与委托核验到位", "Identity and mandate checked", 20),
    SheetLine("materials", SheetLineKind.POINTS, "材料审核准确、一次性告知", "Papers judged rightly, told at once", 20),
    SheetLine("procedure", SheetLineKind.POINTS, "程序规范、告知同意完整", "Procedure and consent complete", 20),
    SheetLine("result", SheetLineKind.POINTS, "结果正确、理由充分", "The result is right and reasoned", 20),
    SheetLine("manner", SheetLineKind.POINTS, "用语清楚、服务周到", "Clear words, good service", 20),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filled:
    """A sheet as a reviewer filled it in."""

    scores: Mapping[str, int | bool]
    verdict: Verdict
    comment: str


def lines_of(rules: ReviewRules) -> list[SheetLine]:
    return [
        SheetLine(row["key"], SheetLineKind(row["kind"]), row["zh"], row["en"], row["points"])
        for row in rules.lines
    ]


def broken(lines: Sequence[SheetLine], scores: Mapping[str, int | bool]) -> frozenset[str]:
    """Keys of the don'ts that were not kept."""
    return frozenset(
        line.key
        for line in lines
        if line.kind is SheetLineKind.DONT and scores.get(line.key) is False
    )


def check_filled(lines: Sequence[SheetLine], filled: Filled) -> int:
    """The points, of 100.

    :raises Invalid: a line is left out, is none of the sheet, or is out of its range; a broken
        don't without a word about it, or with the verdict "proper".
    """
    known = {line.key: line for line in lines}
    if set(filled.scores) != set(known):
        raise Invalid("review.lines", missing=sorted(set(known) - set(filled.scores)))
    for key, score in filled.scores.items():
        _check_score(known[key], score)
    if broken(lines, filled.scores) and filled.verdict is Verdict.PROPER:
        raise Invalid("review.broken_but_proper")
    if filled.verdict is not Verdict.PROPER and not filled.comment.strip():
        raise Invalid("review.comment")
    most = sum(line.points for line in lines)
    got = sum(int(filled.scores[line.key]) for line in lines if line.kind is SheetLineKind.POINTS)
    return 100 if most == 0 else round(100 * got / most)


def _check_score(line: SheetLine, score: int | bool) -> None:
    if line.kind is SheetLineKind.DONT:
        if not isinstance(score, bool):
            raise Invalid("review.score", line=line.key)
    elif isinstance(score, bool) or not 0 <= score <= line.points:
        raise Invalid("review.score", line=line.key)


def differences(lines: Sequence[SheetLine], one: Filled, other: Filled) -> list[str]:
    """What two sheets disagree about: the verdict, and each don't. Points may differ."""
    found = [] if one.verdict is other.verdict else ["verdict"]
    apart = broken(lines, one.scores) ^ broken(lines, other.scores)
    return found + [line.key for line in lines if line.key in apart]


async def current_rules(session: AsyncSession, county_id: str) -> ReviewRules:
    """The county's rules; as the program comes, until the chief changes them."""
    row = ReviewRules
    query = select(row).where(row.county_id == county_id, row.current)
    found = await session.scalar(query)
    if found is not None:
        return found
    await session.execute(
        insert_for(session, row)
        .values(
            id=new_id(),
            county_id=county_id,
            version=1,
            current=True,
            lines=[asdict(line) for line in DEFAULT_LINES],
            sample_permille=SAMPLE_PERMILLE,
            due_days=DUE_DAYS,
            created_ms=now_ms(),
        )
        .on_conflict_do_nothing()
    )
    return (await session.execute(query)).scalar_one()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRules:
    version: int
    """The version that was looked at when these were written."""
    lines: Sequence[SheetLine]
    sample_permille: int
    due_days: int


def check_lines(lines: Sequence[SheetLine]) -> None:
    """:raises Invalid: no line, too many, a key twice, or points that don't fit the kind."""
    if not 1 <= len(lines) <= MOST_LINES:
        raise Invalid("review_rules.count", most=MOST_LINES)
    if len({line.key for line in lines}) != len(lines):
        raise Invalid("review_rules.twice")
    if any((line.kind is SheetLineKind.POINTS) != (line.points > 0) for line in lines):
        raise Invalid("review_rules.points")


async def change_rules(
    session: AsyncSession, county_id: str, by_staff_id: str, new: NewRules
) -> ReviewRules:
    """A new version for the reviews and draws that begin from now on.

    :raises Conflict: somebody changed them in between.
    """
    check_lines(new.lines)
    await current_rules(session, county_id)
    row = ReviewRules
    left = await session.execute(
        update(row)
        .where(row.county_id == county_id, row.current, row.version == new.version)
        .values(current=False)
        .returning(row.id)
    )
    if left.scalar_one_or_none() is None:
        raise Conflict("review_rules.changed")
    latest = await session.scalar(select(func.max(row.version)).where(row.county_id == county_id))
    changed = ReviewRules(
        id=new_id(),
        county_id=county_id,
        version=(latest or 0) + 1,
        current=True,
        lines=[asdict(line) for line in new.lines],
        sample_permille=new.sample_permille,
        due_days=new.due_days,
        changed_by_staff_id=by_staff_id,
        created_ms=now_ms(),
    )
    session.add(changed)
    await session.flush()
    return changed
