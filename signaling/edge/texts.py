"""What users are told, in both languages: every code that is raised anywhere has its two sentences.

A sentence says what is wrong and what to do. ``{name}`` stands for a detail of the error. A code
without a row of its own is told by its area's (``sdp`` for ``sdp.lines``).
"""

from collections.abc import Mapping

from casework.errors import ShipinbanError

_ENGLISH = "en"

TEXTS: Mapping[str, tuple[str, str]] = {
    # --- the edge itself -----------------------------------------------------------------------
    "internal": (
        "系统出错了，已记录。请重试；若仍不行，请联系系统管理员",
        "Something went wrong here and was logged. Try again, or tell the administrator",
    ),
    "not_found": ("没有这个页面或内容", "There is no such page or thing"),
    "method_not_allowed": ("不支持这种操作", "This cannot be done here"),
    "request.refused": ("请求无法处理", "The request cannot be handled"),
    "request.invalid": (
        "填写的内容不完整或格式不对，请检查后重新提交",
        "Something is missing or has the wrong form: check it and send it again",
    ),
    "command.unknown": ("页面版本过旧，请刷新页面", "This page is out of date: reload it"),
    "command.invalid": (
        "操作的内容不完整或格式不对，请刷新页面后重试",
        "The command is incomplete or malformed: reload the page and try again",
    ),
    "body.media_type": ("请求必须是JSON格式", "The request must be JSON"),
    "body.encoding": ("请求内容不能压缩", "The request must not be compressed"),
    "body.too_large": ("内容超过大小限制", "What was sent is over the size limit"),
    "body.too_slow": ("网络太慢，内容没有传完，请重试", "The line was too slow: try again"),
    "rate": (
        "操作太频繁，请{retry_after_s}秒后再试",
        "Too many requests: try again in {retry_after_s} s",
    ),
    "origin.missing": ("请从本系统的页面操作", "Use the pages of this system"),
    "origin.foreign": (
        "请从本系统的页面操作；若地址有变，请联系系统管理员",
        "Use the pages of this system; if its address changed, tell the administrator",
    ),
    "role": ("您没有这项操作的权限", "Your role does not allow this"),
    "signed_out": ("登录已失效，请重新登录", "You are signed out: sign in again"),
    "unavailable": (
        "系统暂时不可用，请稍后再试",
        "The system is not available now: try again soon",
    ),
    "database.unavailable": (
        "数据库暂时没有响应，请稍后再试",
        "The database does not answer: try again soon",
    ),
    "county.none": (
        "系统尚未导入机构，请联系系统管理员",
        "No organisations have been loaded yet: tell the administrator",
    ),
    # --- signing in ----------------------------------------------------------------------------
    "sign_in.wrong": ("用户名或密码不对", "Wrong user name or password"),
    "sign_in.wait": (
        "尝试次数过多，请{retry_after_s}秒后再试",
        "Too many attempts: try again in {retry_after_s} s",
    ),
    "sign_in.surface": (
        "您的角色不能登录这个页面，请从本人岗位的页面登录",
        "Your role does not belong to this page: sign in on the one of your post",
    ),
    "password.length": (
        "密码长度应为10至200个字符",
        "A password has 10 to 200 characters",
    ),
    "password.busy": ("登录的人太多，请稍后再试", "Too many people are signing in: try again soon"),
    # --- cases ---------------------------------------------------------------------------------
    "id_number.length": ("身份证号码应为18位", "An ID number has 18 characters"),
    "id_number.characters": (
        "身份证号码只能是数字，最后一位可以是X",
        "An ID number has digits only; the last one may be X",
    ),
    "id_number.region": (
        "身份证号码前六位不是有效的地区代码",
        "The first six digits of the ID number are no region",
    ),
    "id_number.birth": (
        "身份证号码中的出生日期不合理",
        "The date of birth in the ID number is not possible",
    ),
    "id_number.check_character": (
        "身份证号码校验位不对，请逐位核对",
        "The ID number's check digit is wrong: compare it digit by digit",
    ),
    "phone.number": (
        "电话号码不对：请填11位手机号码，或带区号的固定电话",
        "Not a phone number: give a mobile number of 11 digits or a landline with area code",
    ),
    "item.not_found": ("没有这个事项", "There is no such service item"),
    "item.not_by_video": ("该事项暂不支持视频办理", "This item is not handled by video"),
    "window.none": (
        "您没有可用的窗口，请联系系统管理员",
        "You have no window in use: tell the administrator",
    ),
    "window.gone": ("窗口已断开，请稍候", "The window has lost its connection: wait a moment"),
    "window.busy": ("窗口正在使用中，请稍后再拨", "The window is in use: call again later"),
    "case.not_found": ("没有这个办件", "There is no such case"),
    "case.mode": ("该事项不支持这种办理方式", "The item is not handled in this mode"),
    "case.name": ("请填写姓名", "Enter the name"),
    "case.registered_town": ("户籍所在镇不对，请重新选择", "Choose the town of registration again"),
    "case.registered_town_missing": (
        "该事项由户籍所在镇办理，请选择户籍所在镇",
        "The town of registration decides this item: choose that town",
    ),
    "case.not_at_this_window": (
        "该事项不能在本窗口办理",
        "This item cannot be begun at this window",
    ),
    "case.state": ("办件的状态已变，请刷新后查看", "The case has moved on: look at it again"),
    "case.over": ("该办件已办结，请新建办件", "The case is over: open a new one"),
    "consent.text": ("告知书已更新，请刷新页面", "The consent text has changed: reload the page"),
    "consent.withdrawal": (
        "只能在通话中收回同意",
        "Consent is taken back in a call only",
    ),
    "consent.answered_by": (
        "群众在场时由本人回答；不在场时由帮办员回答",
        "Who is present answers; the helper answers only for a resident who is absent",
    ),
    "consent.none": ("没有可收回的同意", "There is no consent to take back"),
    "consent.missing": (
        "请先征得群众对录音录像的意见",
        "Ask first whether the call may be recorded",
    ),
    "consent.not_asked": (
        "请先征得群众对录音录像的意见",
        "Ask first whether the call may be recorded",
    ),
    "consent.needed": (
        "该事项必须录音录像，不同意则不能视频办理，请到办事大厅办理",
        "This item is only handled in a recorded call: without consent, go to the service hall",
    ),
    "outcome.given": ("该办件已登记办理结果", "The outcome of this case has been given"),
    "outcome.twice": ("同一办件只能登记一个结果", "A case has one outcome only"),
    "outcome.missing_needed": ("请列出缺少的材料", "Name the missing materials"),
    "outcome.missing_given": (
        "这种结果不能列缺少的材料",
        "Nothing may be missing with this outcome",
    ),
    "outcome.material": (
        "材料不属于该事项，请刷新后重选",
        "A material is not of this item: choose again",
    ),
    "outcome.material_required": (
        "必备材料不能容缺，只有可容缺的材料可以后补",
        "A required material cannot follow later; only those marked so may",
    ),
    "outcome.text_needed": ("请写明情况", "Say what happened"),
    "outcome.group": ("请选择转交的技能组", "Choose the skill group to pass the case to"),
    "outcome.may_not_decide": (
        "您可以咨询和收件，不能受理；请转交有权受理的窗口",
        "You may advise and receive, not accept: pass the case to who may decide",
    ),
    "outcome.not_recorded": (
        "未同意录音录像的通话只能咨询，不能收件或受理",
        "Without recorded consent the call is for advice only",
    ),
    "outcome.mode": (
        "本办件的办理方式只含咨询，不能收件或受理",
        "The mode of this case is advice only",
    ),
    "rating.not_found": ("评价链接无效", "This rating link is not valid"),
    "rating.expired": ("评价时间已过，感谢您", "The time for rating is over; thank you"),
    "rating.given": ("您已经评价过了，感谢您", "You have rated already; thank you"),
    # --- pages ---------------------------------------------------------------------------------
    "page.not_found": ("没有这个页面照片", "There is no such page"),
    "page.not_ready": ("照片尚未就绪", "The page is not ready yet"),
    "page.request": ("拍照请求已失效，请重新发起", "The page request is over: ask again"),
    "page.material": ("材料不属于该事项", "The material is not of this item"),
    "page.replaces": ("被替换的照片不属于该办件", "The page to replace is not of this case"),
    "page.too_many": ("该办件的照片太多", "The case has too many pages"),
    "page.part": ("上传的内容超出了照片的长度", "The part is beyond the end of the page"),
    "page.offset": ("上传位置不对，请从断点继续", "Not the next part: go on where it stopped"),
    "page.sha256": (
        "照片在传输中损坏，请重新拍摄",
        "The page was damaged on its way: take it again",
    ),
    "page.format": (
        "照片格式不对，请重新拍摄",
        "This is no picture that can be read: take it again",
    ),
    "page.pixels": ("照片像素太大", "The picture has too many pixels"),
    "page.polyglot": (
        "文件中含有照片以外的内容，已拒收",
        "The file holds something beside the picture and was refused",
    ),
    "page.slow": ("照片处理超时，请重试", "The page took too long: try again"),
    # --- queue and calls -----------------------------------------------------------------------
    "ticket.not_found": ("没有这个排队号", "There is no such ticket"),
    "ticket.not_waiting": ("这个排队号已不在等候", "The ticket is no longer waiting"),
    "ticket.serving": ("正在通话中，请先结束通话", "The call is going on: end it first"),
    "ticket.over": ("这个排队号已结束", "The ticket is over"),
    "offer.not_found": ("没有这个来电", "There is no such offer"),
    "offer.over": ("这个来电已结束", "The offer is over"),
    "offer.expired": ("响铃已超时，来电已转给他人", "It rang out and went to somebody else"),
    "offer.window_answers": (
        "回拨由窗口接听，请等待窗口应答",
        "The window answers a call-back: wait for it",
    ),
    "agent.away_reason": ("请选择离开原因", "Choose why you are away"),
    "agent.not_allowed": ("您没有坐席权限", "You are no agent"),
    "agent.not_available": ("您当前不是空闲状态", "You are not available now"),
    "agent.state": ("您当前的状态不能进行这项操作", "Your present state does not allow this"),
    "socket.taken_over": ("您已在另一个页面上岗", "You are on duty in another page"),
    "call.not_found": ("没有这次通话", "There is no such call"),
    "call.over": ("通话已结束", "The call is over"),
    "call_back.not_found": ("没有这个回拨", "There is no such call-back"),
    "call_back.not_open": ("该回拨已开始或已结束", "The call-back has begun or is over"),
    "call_back.exists": ("该办件已登记回拨", "The case has a call-back already"),
    # --- rooms and media -----------------------------------------------------------------------
    "room": ("房间出错，请重新进入", "Something is wrong with the room: enter it again"),
    "room.token": (
        "进入房间的凭证已失效，请重新进入",
        "What lets you into the room is used up or too old: enter again",
    ),
    "room.busy": ("房间繁忙，请稍后再试", "The room is busy: try again soon"),
    "room.closed": ("房间已关闭", "The room is closed"),
    "room.role": ("您不能进行这项操作", "You cannot do this"),
    "call.not_started": ("通话尚未开始", "The call has not begun yet"),
    "recording.disk_full": (
        "录像存储空间不足，暂不能开始通话，请联系系统管理员",
        "There is no room left for recordings: no call can begin; tell the administrator",
    ),
    "recording.not_found": ("没有这个录像", "There is no such recording"),
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
    "range.malformed": ("请求的片段不对", "The byte range asked for is malformed"),
    "recording.none": ("本次通话没有在录制", "This call is not being recorded"),
    "connection.gone": ("连接已不存在，请重新连接", "The connection is gone: connect again"),
    "sdp": (
        "浏览器的媒体描述不被接受，请刷新页面；仍不行请更换浏览器",
        "The browser's media description was refused: reload, or use another browser",
    ),
    "relay": ("媒体转发出错，请重新连接", "The media relay refused: connect again"),
    "relay.away": (
        "媒体转发正在重新启动，请稍候",
        "The media relay is starting again: wait a moment",
    ),
    "relay.busy": ("媒体转发繁忙，请稍后再试", "The media relay is busy: try again soon"),
    "relay.silent": (
        "媒体转发没有应答，请稍后再试",
        "The media relay does not answer: try again soon",
    ),
    # --- import --------------------------------------------------------------------------------
    "import.refused": (
        "文件有错误，未导入任何内容，请按列出的各行修改后重新导入",
        "The file has errors and nothing was imported: repair the rows listed and import again",
    ),
}


def text_of(error: ShipinbanError, language: str) -> str:
    """The sentence for the error's code; the error's own text when there is none."""
    row = TEXTS.get(error.code) or TEXTS.get(error.code.partition(".")[0])
    if row is None:
        return error.text
    try:
        return row[language == _ENGLISH].format_map(dict(error.details))
    except KeyError:
        return error.text


PAGE_TEXTS: Mapping[str, Mapping[str, str]] = {
    "zh-CN": {
        "title": "视频办",
        "start": "请选择您的页面：",
        "not_built": "页面尚未构建：请在安装目录运行 make pages，然后重新启动。",
        "window": "窗口（帮办员）",
        "console": "坐席台",
        "supervision": "管理",
        "api": "接口说明",
        "other": "English",
    },
    "en": {
        "title": "Shipinban",
        "start": "Choose your page:",
        "not_built": "The pages have not been built: run `make pages` and start again.",
        "window": "Window (helpers)",
        "console": "Console (agents)",
        "supervision": "Supervision",
        "api": "API reference",
        "other": "中文",
    },
}
