"""Supervisors in a running call."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "listening.full": (
        "这次通话已有{most}位管理人员在场，请稍后再试",
        "{most} supervisors are in this call already: try again later",
    ),
    "listening.already": (
        "您已经在这次通话中，请回到原来的页面",
        "You are in this call already: go back to the page that you opened it in",
    ),
    "listening.over": ("旁听已结束，请重新打开", "Listening in is over: open the call again"),
    "listening.silent": (
        "旁听时不能发言，请先选择“提示坐席”或“加入通话”",
        "Who listens in says nothing: choose to whisper or to join first",
    ),
}
