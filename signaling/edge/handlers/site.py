"""The pages themselves, and the plain one that leads to them."""

from collections.abc import Awaitable, Callable
from html import escape

from aiohttp import web

from casework.errors import NotFound
from signaling.edge.route import Asked
from signaling.edge.texts.start_page import PAGE_TEXTS

PageHandler = Callable[[Asked[None]], Awaitable[web.StreamResponse]]


def page(room: str, name: str) -> PageHandler:
    """Serves one built page; without a build, a plain one that says so."""

    async def show(asked: Asked[None]) -> web.StreamResponse:
        """A page of the program."""
        try:
            return await asked.context.static_files.answer(asked.request, room, name)
        except NotFound:
            return _plain(asked.language, "not_built", status=503)

    return show


async def static_file(asked: Asked[None]) -> web.StreamResponse:
    """A script, style or picture of the built pages."""
    room, name = asked.id("room"), asked.id("name")
    return await asked.context.static_files.answer(asked.request, room, name)


async def start_page(asked: Asked[None]) -> web.StreamResponse:
    """Leads to the window, the console and supervision."""
    return _plain(asked.language, "start")


def _plain(language: str, name: str, *, status: int = 200) -> web.Response:
    """A page without script or style: the content policy allows nothing inline."""
    texts = PAGE_TEXTS[language]
    other = "en" if language == "zh-CN" else "zh-CN"
    links = "".join(
        f'<li><a href="{address}">{escape(texts[key])}</a></li>'
        for address, key in (
            ("/window", "window"),
            ("/console", "console"),
            ("/supervision", "supervision"),
            ("/api/docs", "api"),
        )
    )
    body = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(texts['title'])}</title></head><body>"
        f"<h1>{escape(texts['title'])}</h1><p>{escape(texts[name])}</p>"
        f'<ul>{links}</ul><p><a href="/?lang={other}">{escape(texts["other"])}</a></p>'
        "</body></html>"
    )
    return web.Response(text=body, content_type="text/html", status=status)
