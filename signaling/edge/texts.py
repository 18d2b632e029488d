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
    "not_found": (
        "没有这个页面或内容，请返回首页重新进入",
        "There is no such page or thing: start again from the first page",
    ),
    "method_not_allowed": (
        "不支持这种操作，请刷新页面后重试",
        "This cannot be done here: reload the page and try again",
    ),
    "request.refused": (
        "请求无法处理，请刷新页面后重试",
        "The request cannot be handled: reload the page and try again",
    ),
    "request.invalid": (
        "填写的内容不完整或格式不对，请检查后重新提交",
        "Something is missing or has the wrong form: check it and send it again",
    ),
    "command.unknown": ("页面版本过旧，请刷新页面", "This page is out of date: reload it"),
    "command.invalid": (
        "操作的内容不完整或格式不对，请刷新页面后重试",
        "The command is incomplete or malformed: reload the page and try again",
    ),
    "body.media_type": (
        "请求必须是JSON格式，请改用application/json",
        "The request must be JSON: send it as application/json",
    ),
    "body.encoding": (
        "请求内容不能压缩，请直接发送",
        "The request must not be compressed: send it as it is",
    ),
    "body.too_large": (
        "内容超过大小限制，请缩小后重新提交",
        "What was sent is over the size limit: make it smaller and send it again",
    ),
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
    "role": (
        "您没有这项操作的权限，如有需要请联系系统管理员",
        "Your role does not allow this: ask the administrator if you need it",
    ),
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
    "sign_in.wrong": (
        "用户名或密码不对，请核对后重新输入",
        "Wrong user name or password: check both and try again",
    ),
    "sign_in.wait": (
        "尝试次数过多，请{retry_after_s}秒后再试",
        "Too many attempts: try again in {retry_after_s} s",
    ),
    "sign_in.surface": (
        "您的角色不能登录这个页面，请从本人岗位的页面登录",
        "Your role does not belong to this page: sign in on the one of your post",
    ),
    "password.length": (
        "密码长度应为10至200个字符，请重新设置",
        "A password has 10 to 200 characters: choose another one",
    ),
    "password.busy": ("登录的人太多，请稍后再试", "Too many people are signing in: try again soon"),
    # --- cases ---------------------------------------------------------------------------------
    "id_number.length": (
        "身份证号码应为18位，请逐位核对",
        "An ID number has 18 characters: compare it digit by digit",
    ),
    "id_number.characters": (
        "身份证号码只能是数字，最后一位可以是X，请核对",
        "An ID number has digits only, and the last one may be X: check it",
    ),
    "id_number.region": (
        "身份证号码前六位不是有效的地区代码，请核对",
        "The first six digits of the ID number are no region: check them",
    ),
    "id_number.birth": (
        "身份证号码中的出生日期不合理，请核对",
        "The date of birth in the ID number is not possible: check it",
    ),
    "id_number.check_character": (
        "身份证号码校验位不对，请逐位核对",
        "The ID number's check digit is wrong: compare it digit by digit",
    ),
    "phone.number": (
        "电话号码不对：请填11位手机号码，或带区号的固定电话",
        "Not a phone number: give a mobile number of 11 digits or a landline with area code",
    ),
    "item.not_found": ("没有这个事项，请重新查找", "There is no such service item: search again"),
    "item.not_by_video": (
        "该事项暂不支持视频办理，请到办事大厅办理",
        "This item is not handled by video: go to the service hall",
    ),
    "window.none": (
        "您没有可用的窗口，请联系系统管理员",
        "You have no window in use: tell the administrator",
    ),
    "window.gone": ("窗口已断开，请稍候", "The window has lost its connection: wait a moment"),
    "window.busy": ("窗口正在使用中，请稍后再拨", "The window is in use: call again later"),
    "case.not_found": (
        "没有这个办件，请返回重新选择",
        "There is no such case: go back and choose again",
    ),
    "case.mode": (
        "该事项不支持这种办理方式，请另选一种",
        "The item is not handled in this mode: choose another one",
    ),
    "case.name": ("请填写姓名", "Enter the name"),
    "case.registered_town": ("户籍所在镇不对，请重新选择", "Choose the town of registration again"),
    "case.registered_town_missing": (
        "该事项由户籍所在镇办理，请选择户籍所在镇",
        "The town of registration decides this item: choose that town",
    ),
    "case.not_at_this_window": (
        "该事项不能在本窗口办理，请到户籍所在镇的窗口或办事大厅办理",
        "This item cannot be begun here: go to a window of the town of registration or to the service hall",
    ),
    "case.state": ("办件的状态已变，请刷新后查看", "The case has moved on: look at it again"),
    "case.over": ("该办件已办结，请新建办件", "The case is over: open a new one"),
    "consent.text": ("告知书已更新，请刷新页面", "The consent text has changed: reload the page"),
    "consent.withdrawal": (
        "只能在通话中收回同意，请在通话中操作",
        "Consent is taken back in a call only: do it there",
    ),
    "consent.answered_by": (
        "群众在场时由本人回答；不在场时由帮办员回答",
        "Who is present answers; the helper answers only for a resident who is absent",
    ),
    "consent.none": (
        "没有可收回的同意，请刷新页面",
        "There is no consent to take back: reload the page",
    ),
    "consent.not_asked": (
        "请先征得群众对录音录像的意见",
        "Ask first whether the call may be recorded",
    ),
    "consent.needed": (
        "该事项必须录音录像，不同意则不能视频办理，请到办事大厅办理",
        "This item is only handled in a recorded call: without consent, go to the service hall",
    ),
    "outcome.given": (
        "该办件已登记办理结果，请刷新后查看",
        "The outcome of this case has been given: reload to see it",
    ),
    "outcome.twice": (
        "同一办件只能登记一个结果，请只选一个",
        "A case has one outcome only: choose one",
    ),
    "outcome.missing_needed": ("请列出缺少的材料", "Name the missing materials"),
    "outcome.missing_given": (
        "这种结果不能列缺少的材料，请清空材料清单",
        "Nothing may be missing with this outcome: clear the list",
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
        "未同意录音录像的通话只能咨询，不能收件或受理；请选择咨询类结果",
        "Without recorded consent the call is for advice only: choose such an outcome",
    ),
    "outcome.mode": (
        "本办件的办理方式只含咨询，不能收件或受理；请选择咨询类结果",
        "The mode of this case is advice only: choose such an outcome",
    ),
    "rating.not_found": (
        "评价链接无效，请向窗口工作人员反映",
        "This rating link is not valid: tell the helper at the window",
    ),
    "rating.expired": ("评价时间已过，感谢您", "The time for rating is over; thank you"),
    "rating.given": ("您已经评价过了，感谢您", "You have rated already; thank you"),
    # --- pages ---------------------------------------------------------------------------------
    "page.not_found": ("没有这张页面照片，请刷新页面", "There is no such page: reload"),
    "page.not_ready": ("照片尚未就绪，请稍候", "The page is not ready yet: wait a moment"),
    "page.request": ("拍照请求已失效，请重新发起", "The page request is over: ask again"),
    "page.waiting": ("请等待前面的照片拍完", "Wait until the pages asked for before are taken"),
    "page.material": (
        "材料不属于该事项，请重新选择",
        "The material is not of this item: choose again",
    ),
    "page.replaces": (
        "被替换的照片不属于该办件，请重新选择",
        "The page to replace is not of this case: choose again",
    ),
    "page.too_many": (
        "该办件的照片太多，请用新照片替换旧照片",
        "The case has too many pages: replace one of them",
    ),
    "page.part": (
        "上传的内容超出了照片的长度，请重新拍摄",
        "The part is beyond the end of the page: take it again",
    ),
    "page.offset": ("上传位置不对，请从断点继续", "Not the next part: go on where it stopped"),
    "page.sha256": (
        "照片在传输中损坏，请重新拍摄",
        "The page was damaged on its way: take it again",
    ),
    "page.format": (
        "照片格式不对，请重新拍摄",
        "This is no picture that can be read: take it again",
    ),
    "page.pixels": (
        "照片像素太大，请降低分辨率后重新拍摄",
        "The picture has too many pixels: take it again at a lower resolution",
    ),
    "page.polyglot": (
        "文件中含有照片以外的内容，已拒收，请重新拍摄",
        "The file holds something beside the picture and was refused: take it again",
    ),
    "page.slow": ("照片处理超时，请重试", "The page took too long: try again"),
    # --- queue and calls -----------------------------------------------------------------------
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
    # --- rooms and media -----------------------------------------------------------------------
    "room": ("房间出错，请重新进入", "Something is wrong with the room: enter it again"),
    "room.token": (
        "进入房间的凭证已失效，请重新进入",
        "What lets you into the room is used up or too old: enter again",
    ),
    "room.busy": ("房间繁忙，请稍后再试", "The room is busy: try again soon"),
    "room.closed": ("房间已关闭，请返回", "The room is closed: go back"),
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
