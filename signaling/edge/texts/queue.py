"""The queue, offers and calls."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "ticket.not_found": ("没有这个排队号，请刷新页面", "There is no such ticket: reload the page"),
    "ticket.not_waiting": (
        "这个排队号已不在等候，请另选一个",
        "The ticket is no longer waiting: pick another one",
    ),
    "ticket.serving": ("正在通话中，请先结束通话", "The call is going on: end it first"),
    "ticket.over": (
        "这个排队号已结束，如需办理请重新取号",
        "The ticket is over: take a new one if needed",
    ),
    "ticket.window_busy": (
        "本窗口已有排队号，请先完成或取消",
        "This window has a ticket already: finish or cancel it first",
    ),
    "offer.not_found": (
        "没有这个来电，请等待下一个",
        "There is no such offer: wait for the next one",
    ),
    "offer.over": ("这个来电已结束，请等待下一个", "The offer is over: wait for the next one"),
    "offer.expired": (
        "响铃已超时，来电已转给他人；请点“恢复空闲”",
        "It rang out and went to somebody else: set yourself available again",
    ),
    "offer.window_answers": (
        "回拨由窗口接听，请等待窗口应答",
        "The window answers a call-back: wait for it",
    ),
    "agent.away_reason": ("请选择离开原因", "Choose why you are away"),
    "agent.not_allowed": (
        "您没有坐席权限，请联系系统管理员",
        "You are no agent: tell the administrator",
    ),
    "agent.not_available": (
        "您当前不是空闲状态，请先恢复空闲",
        "You are not available now: set yourself available first",
    ),
    "agent.state": (
        "您当前的状态不能进行这项操作，请刷新页面查看",
        "Your present state does not allow this: reload to see it",
    ),
    "socket.taken_over": (
        "您已在另一个页面上岗，请在那里操作，或刷新本页接回",
        "You are on duty in another page: work there, or reload this one to take over",
    ),
    "call.not_found": (
        "没有这次通话，请返回重新选择",
        "There is no such call: go back and choose again",
    ),
    "call.over": ("通话已结束，请返回", "The call is over: go back"),
    "call_back.not_found": (
        "没有这个回拨，请刷新页面",
        "There is no such call-back: reload the page",
    ),
    "call_back.not_open": (
        "该回拨已开始或已结束，请刷新页面查看",
        "The call-back has begun or is over: reload to see it",
    ),
    "call_back.colleague": (
        "该回拨不能转交给这位同事，请另选一位",
        "This colleague cannot take the call-back: choose another one",
    ),
    "call_back.exists": (
        "该办件已登记回拨，请等待坐席回拨",
        "The case has a call-back already: wait for the agent to call",
    ),
}
