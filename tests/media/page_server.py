"""Serves the test page and takes the bytes of stills, as the edge's routes would."""

from pathlib import Path

from aiohttp import web


def page_app(folder: Path) -> web.Application:
    application = web.Application(client_max_size=4 << 20)
    still = _Still()
    application.router.add_post("/api/window/cases/1/pages", still.start)
    application.router.add_get("/api/window/pages/1", still.look)
    application.router.add_put("/api/window/pages/1/bytes", still.take)
    application.router.add_static("/", folder)
    return application


class _Still:
    """One page on its way; a new one replaces it."""

    def __init__(self) -> None:
        self._received = 0
        self._total = 0

    async def start(self, request: web.Request) -> web.Response:
        self._received, self._total = 0, (await request.json())["total_bytes"]
        return self._view()

    async def look(self, request: web.Request) -> web.Response:
        del request
        return self._view()

    async def take(self, request: web.Request) -> web.Response:
        assert int(request.query["offset"]) == self._received
        self._received += len(await request.read())
        return self._view()

    def _view(self) -> web.Response:
        complete = self._received >= self._total
        state = "complete" if complete else "uploading"
        return web.json_response({"id": "1", "state": state, "received_bytes": self._received})
