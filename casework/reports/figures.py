"""Every figure of the reports, once: its name, how it is counted in words, and the sum itself.

Pages, bulletins and exports take names and definitions from here. Standard library only. A figure is
``None`` where there is nothing to count it from, which is not the same as nothing having happened.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from casework.vocabulary import FigureGroup, FigureKey, FigureUnit

Counted = Mapping[str, int]
"""Counter of ``report_hours`` → how often; a counter that is left out is zero."""
GRADES: Mapping[str, int] = {
    "very_satisfied": 10,
    "satisfied": 8,
    "fair": 6,
    "dissatisfied": 4,
    "very_dissatisfied": 2,
}
"""好差评: points of ten."""
GOOD = ("very_satisfied", "satisfied", "fair")


@dataclass(frozen=True, slots=True)
class Words:
    zh: str
    en: str

    def said(self, language: str) -> str:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    key: FigureKey
    group: FigureGroup
    unit: FigureUnit
    name: Words
    definition: Words
    counted: Callable[[Counted, int], float | None]
    """From the counters, and the minutes of one way to the county's hall."""
    of_agents: bool = True
    """Whether it can be told by agent: what nobody answered is no agent's."""


def _count(counter: str) -> Callable[[Counted, int], float | None]:
    return lambda counted, _way: counted.get(counter, 0)


def _share(part: str, *whole: str, times: float = 1.0) -> Callable[[Counted, int], float | None]:
    def share(counted: Counted, _way: int) -> float | None:
        total = sum(counted.get(counter, 0) for counter in whole)
        return counted.get(part, 0) / total * times if total else None

    return share


def _rated(counted: Counted, _way: int) -> float:
    return sum(counted.get(grade, 0) for grade in GRADES)


def _good(counted: Counted, way: int) -> float | None:
    rated = _rated(counted, way)
    return sum(counted.get(grade, 0) for grade in GOOD) / rated if rated else None


def _poor(counted: Counted, way: int) -> float:
    return _rated(counted, way) - sum(counted.get(grade, 0) for grade in GOOD)


def _score(counted: Counted, way: int) -> float | None:
    rated = _rated(counted, way)
    points = sum(counted.get(grade, 0) * worth for grade, worth in GRADES.items())
    return points / rated if rated else None


def _time_saved(counted: Counted, way: int) -> float:
    return counted.get("trips", 0) * 2 * way / 60


_K, _G, _U = FigureKey, FigureGroup, FigureUnit
FIGURES: Sequence[Figure] = (
    Figure(
        key=_K.OPENED, group=_G.MATTERS, unit=_U.COUNT, of_agents=False,
        name=Words("新办件", "Matters begun"),
        definition=Words(
            "在村镇窗口建立的办件数，按建立的时间计。",
            "Cases begun at a window, counted when they were begun.",
        ),
        counted=_count("opened"),
    ),
    Figure(
        key=_K.DELEGATED, group=_G.MATTERS, unit=_U.COUNT, of_agents=False,
        name=Words("其中代办", "Of these delegated"),
        definition=Words(
            "新办件中以代办方式办理的件数（群众本人不在场，凭委托办理）。",
            "Of the matters begun: those handled for a resident who is absent, under a mandate.",
        ),
        counted=_count("delegated"),
    ),
    Figure(
        key=_K.ACCEPTED, group=_G.MATTERS, unit=_U.COUNT,
        name=Words("受理", "Accepted"),
        definition=Words(
            "作出受理的次数，按受理的时间计；不含容缺受理。",
            "Acceptances, counted when they were given; without those with materials to follow.",
        ),
        counted=_count("accepted"),
    ),
    Figure(
        key=_K.ACCEPTED_TO_FOLLOW, group=_G.MATTERS, unit=_U.COUNT,
        name=Words("容缺受理", "Accepted, materials to follow"),
        definition=Words(
            "材料后补的受理次数，按受理的时间计。",
            "Acceptances with materials to follow, counted when they were given.",
        ),
        counted=_count("accepted_to_follow"),
    ),
    Figure(
        key=_K.RETURNED, group=_G.MATTERS, unit=_U.COUNT,
        name=Words("退回补正", "Returned for correction"),
        definition=Words(
            "退回补正的次数；同一办件退回两次计两次。",
            "Returns for correction; a case that was returned twice counts twice.",
        ),
        counted=_count("returned"),
    ),
    Figure(
        key=_K.REFUSED, group=_G.MATTERS, unit=_U.COUNT, of_agents=False,
        name=Words("不予受理", "Refused"),
        definition=Words(
            "经县级第二人批准的不予受理次数，按批准的时间计；仅提出、未批准的不计。"
            "申诉后重新办理的，另计为“申诉后重办”，原次数不变。",
            "Refusals that a second person at the county approved, counted then; proposals are not "
            "counted. A case taken up again after an appeal is counted there; the refusal stays.",
        ),
        counted=_count("refused"),
    ),
    Figure(
        key=_K.REOPENED, group=_G.MATTERS, unit=_U.COUNT, of_agents=False,
        name=Words("申诉后重办", "Taken up after an appeal"),
        definition=Words(
            "申诉成立、重新办理的次数，按决定的时间计。",
            "Appeals that led to the case being taken up again, counted when decided.",
        ),
        counted=_count("reopened"),
    ),
    Figure(
        key=_K.FINISHED, group=_G.MATTERS, unit=_U.COUNT,
        name=Words("办结", "Finished"),
        definition=Words(
            "办结的件数，按办结的时间计，不论何时建立。",
            "Cases finished, counted when they were finished, whenever they were begun.",
        ),
        counted=_count("finished"),
    ),
    Figure(
        key=_K.IMMEDIATE, group=_G.MATTERS, unit=_U.SHARE,
        name=Words("即办兑现率", "Immediate promise kept"),
        definition=Words(
            "办结的即办事项办件中，在建立当日（北京时间）办结的比例。没有办结即办事项时不计。",
            "Of the finished cases on items that are promised at once: those finished on the county "
            "day on which they were begun. Not counted when none was finished.",
        ),
        counted=_share("kept_immediate", "finished_immediate"),
    ),
    Figure(
        key=_K.ONE_CALL, group=_G.MATTERS, unit=_U.SHARE,
        name=Words("一次办成率", "Done in one call"),
        definition=Words(
            "办结的办件中，群众只到窗口视频一次的比例。通话中断后接续的仍算一次。没有办结时不计。",
            "Of the finished cases: those for which the resident came to the window for one call "
            "only. A call that broke off and was taken up again is one. Not counted when none was "
            "finished.",
        ),
        counted=_share("finished_once", "finished"),
    ),
    Figure(
        key=_K.WRONG_WINDOW, group=_G.MATTERS, unit=_U.SHARE,
        name=Words("转错窗口率", "Wrong-window transfers"),
        definition=Words(
            "通话中给出结果的办件里，因接错窗口而转给其他技能组的比例。没有结果时不计。",
            "Of the matters given an outcome in a call: those passed on to another skill group. "
            "Not counted when there was no outcome.",
        ),
        counted=_share("passed_on", "outcomes"),
    ),
    Figure(
        key=_K.COULD_NOT, group=_G.MATTERS, unit=_U.COUNT, of_agents=False,
        name=Words("办不成事反映", "Could-not reports"),
        definition=Words(
            "提出的办不成事反映件数，不论由谁提出。",
            "Could-not-get-it-done reports opened, by whomever.",
        ),
        counted=_count("could_not"),
    ),
    Figure(
        key=_K.OVERDUE, group=_G.MATTERS, unit=_U.COUNT, of_agents=False,
        name=Words("超期", "Became overdue"),
        definition=Words(
            "超过承诺时限的次数，按发现超期的时间计。",
            "Cases that passed their promised day, counted when the watch found them.",
        ),
        counted=_count("overdue"),
    ),
    Figure(
        key=_K.WITHDRAWN, group=_G.MATTERS, unit=_U.COUNT, of_agents=False,
        name=Words("撤回", "Withdrawn"),
        definition=Words(
            "群众撤回的件数，按撤回的时间计。",
            "Cases that residents withdrew, counted then.",
        ),
        counted=_count("withdrawn"),
    ),
    Figure(
        key=_K.TRIPS, group=_G.SAVED, unit=_U.COUNT,
        name=Words("少跑县城趟数", "Trips to the county saved"),
        definition=Words(
            "由县级办理的一次视频办，只要有一件受理、容缺受理、收件、咨询或导办，就计少跑一趟，"
            "一次通话办几件也只计一趟。退回补正、转办、拟不予受理、未办成的不计；镇级事项不计。",
            "One for each visit to the window that the county served and in which at least one "
            "matter was accepted (also with materials to follow), received, advised on or guided, "
            "however many matters it had. None for what was returned, passed on, proposed for "
            "refusal or could not be done, and none for matters of the town.",
        ),
        counted=_count("trips"),
    ),
    Figure(
        key=_K.TIME_SAVED, group=_G.SAVED, unit=_U.HOURS,
        name=Words("节省路途时间", "Travel time saved"),
        definition=Words(
            "少跑趟数 × 往返路程时间。单程时间是本县设定的估计值，不是逐人测得的。",
            "Trips saved, times the way there and back. The time of one way is the county's "
            "assumption and was not measured for anybody.",
        ),
        counted=_time_saved,
    ),
    Figure(
        key=_K.QUEUED, group=_G.CALLS, unit=_U.COUNT, of_agents=False,
        name=Words("取号", "Tickets taken"),
        definition=Words(
            "窗口取号的次数；坐席回拨的不计。",
            "Tickets taken at windows; call-backs are not counted.",
        ),
        counted=_count("queued"),
    ),
    Figure(
        key=_K.ANSWERED, group=_G.CALLS, unit=_U.COUNT,
        name=Words("接通", "Answered"),
        definition=Words(
            "取号后由坐席首次接听的次数，按接听的时间计。",
            "Tickets answered by an agent for the first time, counted then.",
        ),
        counted=_count("answered"),
    ),
    Figure(
        key=_K.ANSWERED_SOON, group=_G.CALLS, unit=_U.SHARE,
        name=Words("60 秒接通率", "Answered within 60 s"),
        definition=Words(
            "接通的取号中，等候不超过 60 秒的比例。没有接通时不计。",
            "Of the tickets answered: those that waited for 60 seconds at most. Not counted when "
            "none was answered.",
        ),
        counted=_share("answered_soon", "answered"),
    ),
    Figure(
        key=_K.MEAN_WAIT, group=_G.CALLS, unit=_U.MINUTES,
        name=Words("平均等候", "Mean wait"),
        definition=Words(
            "从取号到首次接听的平均时间；放弃的不计入。",
            "From the ticket to the first answer, on average; those who gave up are not in it.",
        ),
        counted=_share("wait_ms", "answered", times=1 / 60_000),
    ),
    Figure(
        key=_K.ABANDONED, group=_G.CALLS, unit=_U.COUNT, of_agents=False,
        name=Words("未接通即取消", "Gave up"),
        definition=Words(
            "接听之前取消的取号数，包括窗口长时间离线的。",
            "Tickets cancelled before anybody answered, those of windows that went away included.",
        ),
        counted=_count("abandoned"),
    ),
    Figure(
        key=_K.CALLS, group=_G.CALLS, unit=_U.COUNT,
        name=Words("通话", "Calls"),
        definition=Words(
            "结束的通话次数，包括回拨；中断后接续的计两次。",
            "Calls that ended, call-backs included; one that broke off and was taken up again is two.",
        ),
        counted=_count("calls"),
    ),
    Figure(
        key=_K.MEAN_TALK, group=_G.CALLS, unit=_U.MINUTES,
        name=Words("平均通话", "Mean length of a call"),
        definition=Words(
            "结束的通话的平均时长。没有通话时不计。",
            "The length of the calls that ended, on average. Not counted when there was none.",
        ),
        counted=_share("talk_ms", "calls", times=1 / 60_000),
    ),
    Figure(
        key=_K.RATED, group=_G.RATINGS, unit=_U.COUNT,
        name=Words("评价", "Ratings"),
        definition=Words(
            "群众作出的评价数，按评价的时间计；每次通话最多一次。",
            "Ratings that residents gave, counted then; one a call at most.",
        ),
        counted=_rated,
    ),
    Figure(
        key=_K.GOOD_RATINGS, group=_G.RATINGS, unit=_U.SHARE,
        name=Words("好评率", "Good ratings"),
        definition=Words(
            "评价中非常满意、满意、基本满意的比例。没有评价时不计。",
            "Of the ratings: very satisfied, satisfied or fair. Not counted when there was none.",
        ),
        counted=_good,
    ),
    Figure(
        key=_K.SCORE, group=_G.RATINGS, unit=_U.OF_TEN,
        name=Words("评价得分", "Score of ten"),
        definition=Words(
            "评价的平均分：非常满意 10 分、满意 8 分、基本满意 6 分、不满意 4 分、非常不满意 2 分。",
            "The mean of the ratings: very satisfied 10, satisfied 8, fair 6, dissatisfied 4, very "
            "dissatisfied 2.",
        ),
        counted=_score,
    ),
    Figure(
        key=_K.POOR_RATINGS, group=_G.RATINGS, unit=_U.COUNT,
        name=Words("差评", "Poor ratings"),
        definition=Words(
            "不满意和非常不满意的评价数；每一件都须回访。",
            "Dissatisfied and very dissatisfied; each opens a follow-up.",
        ),
        counted=_poor,
    ),
)  # fmt: skip

Values = Mapping[FigureKey, float | None]


def figures_of(counted: Counted | None, one_way_minutes: int, *, of_agents: bool = False) -> Values:
    """All figures; all ``None`` when there was nothing to count from.

    :param of_agents: the counters are those of agents, or of one.
    """
    return {
        figure.key: None
        if counted is None or (of_agents and not figure.of_agents)
        else figure.counted(counted, one_way_minutes)
        for figure in FIGURES
    }
