"""A browser at one end of shaped links, the relay at the other."""

import asyncio
import contextlib
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, async_playwright

from casework.errors import Unavailable
from scripts import build_web
from signaling.relay.control import Held, RelayReady
from signaling.relay_client import RelayClient, Report
from tests.media.call import CallOnTrial, Person
from tests.media.impairment import Impairment
from tests.media.namespaces import Link, Network, inside, network
from tests.media.page_server import page_app

ROOT = Path(__file__).resolve().parents[2]
RELAY_PORT = 50_000
HTTP_PORT = 8_099
LINKS = 3
START_S = 30.0


@pytest.fixture(scope="session")
def built_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The test page with the product's media code in it."""
    folder = tmp_path_factory.mktemp("page")
    with build_web.alone():
        node = build_web.find_node()
        build_web.install_packages(node)
    source = "tests/media/page"
    build_web.run(
        node, str(node / "node"), "node_modules/vite/bin/vite.js", "build", source,
        "--config", f"{source}/vite.config.ts", "--outDir", str(folder), "--emptyOutDir",
    )  # fmt: skip
    return folder


class _Silent:
    """Takes what the relay tells; the tests look at the browsers."""

    def take_report(self, report: Report) -> bool:
        del report
        return True

    async def relay_connected(self, ready: RelayReady, held: Held) -> None:
        del ready, held

    def relay_lost(self) -> None:
        """Only at the end."""


class Trial:
    """One call on trial: people join it on links of their own."""

    def __init__(self, network: Network, browser: Browser, call: CallOnTrial) -> None:
        self.network = network
        self.links = network.links
        self.call = call
        self._browser = browser
        self._impairments: list[Impairment] = []

    def impair(self, link: Link) -> Impairment:
        made = Impairment(link, (link.address, RELAY_PORT))
        self._impairments.append(made)
        return made

    async def person(self, name: str, link: Link, path: Impairment | None = None) -> Person:
        """Opens a page; it is not in the call yet. ``path``: an impaired one to the relay."""
        page = await self._browser.new_page()
        await page.goto(f"http://{link.address}:{HTTP_PORT}/index.html")
        await page.wait_for_function("() => window.lab !== undefined")
        direct = f"{link.address}:{RELAY_PORT}"
        return Person(name, page, link, path.address if path else direct)

    def close(self) -> None:
        for each in self._impairments:
            each.close()


@pytest.fixture
async def trial(built_page: Path, tmp_path: Path) -> AsyncIterator[Trial]:
    with network(LINKS) as made:
        async with (
            _serving(made, built_page),
            _relay(made, tmp_path) as client,
            _browser(made, tmp_path) as browser,
        ):
            call = CallOnTrial(client, tmp_path)
            await call.media.open()
            opened = Trial(made, browser, call)
            try:
                yield opened
            finally:
                opened.close()


@asynccontextmanager
async def _serving(made: Network, folder: Path) -> AsyncIterator[None]:
    """The page, and the bytes of stills, on every link."""
    runner = web.AppRunner(page_app(folder), access_log=None)
    await runner.setup()
    listening = inside(made.far, lambda: socket.create_server(("0.0.0.0", HTTP_PORT)))  # noqa: S104 - in the test's own namespace
    listening.setblocking(False)
    try:
        await web.SockSite(runner, listening).start()
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _relay(made: Network, folder: Path) -> AsyncIterator[RelayClient]:
    path = folder / "relay"
    addresses = [link.address for link in made.links]
    with _process(
        "ip", "netns", "exec", made.far, sys.executable, "-m", "tests.media.relay_process",
        "--socket", str(path), "--port", str(RELAY_PORT), *addresses,
    ):  # fmt: skip
        client = RelayClient(path)
        async with asyncio.TaskGroup() as children:
            running = children.create_task(client.run(_Silent()))
            try:
                async with asyncio.timeout(START_S):
                    await _there(client)
                yield client
            finally:
                running.cancel()


async def _there(client: RelayClient) -> None:
    while True:
        with contextlib.suppress(Unavailable):
            assert client.ready.addresses
            return
        await asyncio.sleep(0.02)


@contextlib.contextmanager
def _process(*command: str) -> Iterator[None]:
    with subprocess.Popen(
        command, cwd=ROOT, env={**__import__("os").environ, "PYTHONPATH": str(ROOT)}
    ) as process:
        try:
            yield
        finally:
            process.terminate()


@asynccontextmanager
async def _browser(made: Network, folder: Path) -> AsyncIterator[Browser]:
    """One Chromium in the near namespace; started there by a script, since pipes must pass."""
    script = folder / "chromium"
    script.write_text(
        f'#!/bin/sh\nexec ip netns exec {made.near} {shutil.which("chromium")} "$@"\n'
    )
    script.chmod(0o700)
    # Hashes of stills need a secure context.
    secure = ",".join(f"http://{link.address}:{HTTP_PORT}" for link in made.links)
    arguments = [
        "--no-sandbox",
        "--autoplay-policy=no-user-gesture-required",
        f"--unsafely-treat-insecure-origin-as-secure={secure}",
    ]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=script, args=arguments)
        try:
            yield browser
        finally:
            await browser.close()
