"""Stands between a client and its store, and is down, slow, or fails one request in three."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiohttp
from aiohttp import web
from yarl import URL

from recording.keeping.stores import StoreAddress

PIECE_BYTES = 4 << 10


@dataclass
class WeakLink:
    target: str
    down: bool = False
    errors: float = 0.0
    """Share of requests that are answered with 500, half of them after they were carried out."""
    bytes_per_s: int | None = None
    chance: random.Random = field(default_factory=lambda: random.Random(4))
    requests: int = 0
    failed: int = 0

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        if self.down:
            self.failed += 1
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=503)
        fails = self.chance.random() < self.errors
        if fails and self.chance.random() < 0.5:
            self.failed += 1
            return web.Response(status=500)
        body = b"".join([piece async for piece in self._slowly(request.content)])
        answer = await self._ask(request, body)
        if fails:
            self.failed += 1
            return web.Response(status=500)
        return answer

    async def _ask(self, request: web.Request, body: bytes) -> web.StreamResponse:
        url = URL(self.target + request.raw_path, encoded=True)
        headers = {k: v for k, v in request.headers.items() if k.lower() != "content-length"}
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.request(request.method, url, data=body or None, headers=headers) as given,
        ):
            answer = web.StreamResponse(status=given.status, headers=given.headers)
            await answer.prepare(request)
            if request.method != "HEAD":
                async for piece in self._slowly(given.content):
                    await answer.write(piece)
            await answer.write_eof()
            return answer

    async def _slowly(self, stream: aiohttp.StreamReader) -> AsyncIterator[bytes]:
        size = PIECE_BYTES if self.bytes_per_s else 1 << 18
        while piece := await stream.read(size):
            if self.bytes_per_s:
                await asyncio.sleep(len(piece) / self.bytes_per_s)
            yield piece


@asynccontextmanager
async def weak_link(address: StoreAddress) -> AsyncIterator[tuple[WeakLink, StoreAddress]]:
    """The link, and the address by which the store is reached through it."""
    assert address.endpoint is not None
    link = WeakLink(address.endpoint)
    app = web.Application(client_max_size=1 << 30)
    app.router.add_route("*", "/{path:.*}", link.pass_on)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        # The signature is over the Host that the client says, which the link passes on.
        yield link, replace(address, endpoint=f"http://{host}:{port}")
    finally:
        await runner.cleanup()
