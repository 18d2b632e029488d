"""Requests as such, and signing in."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
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
}
