"""Figures of a period, and bulletins."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "reports": (
        "报表出错，请稍后再试",
        "Something is wrong with the reports: try again soon",
    ),
    "reports.not_found": (
        "没有这个镇、窗口、事项或坐席，请重新选择",
        "There is no such town, window, item or agent: choose again",
    ),
    "reports.day": (
        "没有这一天，请重新选择日期",
        "There is no such day: choose the dates again",
    ),
    "reports.period": (
        "结束日期早于开始日期，或时段超过 {days} 天，请重新选择",
        "The last day is before the first, or the period is longer than {days} days: choose again",
    ),
    "reports.too_many_days": (
        "按日最多显示 {days} 天，请缩短时段，或改按镇、窗口、事项等查看",
        "At most {days} days are shown one by one: choose a shorter period or another breakdown",
    ),
    "reports.counting": (
        "以往的 {days} 天还在统计，请几分钟后再看，或先看较短的时段",
        "{days} past days are still being counted: look again in a few minutes, or ask for fewer",
    ),
    "reports.not_begun": (
        "这一期还没有可统计的内容，请选择较早的一期",
        "There is nothing to count in this period yet: choose an earlier one",
    ),
    "reports.bulletin_slow": (
        "生成通报用时过长，请稍后再试；如反复出现，请通知系统管理员",
        "Making the bulletin took too long: try again; if it goes on, tell the administrator",
    ),
}
