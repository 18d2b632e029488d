"""Rooms, media and recordings."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "signature.fast": (
        "签名笔迹发送得太快，请继续签名，签完后提交",
        "The strokes come too fast: go on signing, and confirm when it is done",
    ),
    "room": (
        "通话连接出错，请刷新页面重新进入",
        "Something is wrong with the call's line: reload the page",
    ),
    "room.token": (
        "进入房间的凭证已失效，请重新进入",
        "What lets you into the room is used up or too old: enter again",
    ),
    "room.busy": ("通话线路繁忙，请稍后再试", "The call's line is busy: try again soon"),
    "room.closed": ("这次通话已关闭，请返回", "This call is closed: go back"),
    "room.role": (
        "您在这次通话中不能进行这项操作，请由对方操作",
        "You cannot do this in the call: ask the other side to",
    ),
    "room.not_yours": ("您不在这次通话中，请返回", "You are not in this call: go back"),
    "call.not_started": ("通话尚未开始，请等待接通", "The call has not begun yet: wait for it"),
    "recording.disk_full": (
        "录像存储空间不足，暂不能开始通话，请联系系统管理员",
        "There is no room left for recordings: no call can begin; tell the administrator",
    ),
    "recording.not_found": (
        "没有这个录像，请返回重新选择",
        "There is no such recording: go back and choose again",
    ),
    "recording.not_ready": (
        "录像尚未就绪，请稍后再看",
        "The recording is not ready yet: come back in a moment",
    ),
    "recording.file_missing": (
        "录像文件不在存储中，请联系系统管理员",
        "The recording's file is not in the archive: tell the administrator",
    ),
    "view.expired": (
        "本次查看已过期，请重新打开并填写理由",
        "This viewing is over: open the recording again and give the reason",
    ),
    "range.malformed": (
        "请求的片段不对，请重新打开录像",
        "The byte range asked for is malformed: open the recording again",
    ),
    "recording.none": (
        "本次通话没有在录制，无需操作",
        "This call is not being recorded: nothing is to be done",
    ),
    "connection.gone": (
        "视频连接已断开，请刷新页面重新连接",
        "The video connection is gone: reload the page",
    ),
    "sdp": (
        "浏览器的媒体描述不被接受，请刷新页面；仍不行请更换浏览器",
        "The browser's media description was refused: reload, or use another browser",
    ),
    "relay": ("视频线路出错，请刷新页面重新连接", "The video line failed: reload the page"),
    "relay.away": (
        "媒体转发正在重新启动，请稍候",
        "The media relay is starting again: wait a moment",
    ),
    "relay.busy": ("视频线路繁忙，请稍后再试", "The video line is busy: try again soon"),
    "relay.silent": (
        "媒体转发没有应答，请稍后再试",
        "The media relay does not answer: try again soon",
    ),
}
