import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median

import pytest
from aiohttp import web
from playwright.async_api import Page, async_playwright

from recording.archive import stream_label
from recording.chunk_file import Damaged
from recording.control import Outcome, StreamReport
from recording.log_writer import LogTap
from recording.playback import PIECE_BYTES, Playback, Player
from signaling.relay.control import TrackKind
from tests.figures import count, write_figures
from tests.recording.conftest import Place
from tests.recording.following import follow, open_stream
from tests.recording.senders import Network, Sender, beeping_opus_packets, flashing_vp8_frames

AUDIO, CAMERA, DOCUMENT = TrackKind
SECOND = 1_000_000


@pytest.fixture
def recorded(place: Place) -> Outcome:
    """A minute with a hold of 30 s, 5 % loss, and a document."""
    tap = LogTap(place.order())
    sender = Sender(tap, Network(loss=0.05))
    hold = (10 * SECOND, 40 * SECOND)
    sender.declare(AUDIO, CAMERA, DOCUMENT)
    sender.audio(0, 60 * SECOND, hold)
    sender.video(CAMERA, 0, 60 * SECOND, 15, hold)
    sender.video(DOCUMENT, 0, 60 * SECOND, 5, hold)
    for kind in (AUDIO, CAMERA, DOCUMENT):
        sender.reports(kind, 500_000, 60 * SECOND, SECOND)
    sender.flush()
    tap.close()
    tap.flush()
    tap.file.close()
    return follow(place)


@pytest.fixture
async def player(place: Place) -> AsyncIterator[Player]:
    player = Player(place.archive)
    yield player
    player.close()


async def open_playback(player: Player, place: Place, stream: StreamReport) -> Playback:
    label = stream_label(stream.participant_id, stream.kind)
    return await player.open(place.folder, stream.file_name, place.key, place.recording_id, label)


async def test_ranges_are_those_of_the_file(
    player: Player, place: Place, recorded: Outcome
) -> None:
    opened = open_stream(place, recorded)
    async with await open_playback(player, place, opened.report) as playback:
        size = playback.size
        assert size == opened.report.size_bytes
        for start, end in [(0, 1), (5, 90_000), (size - 7, size + 9), (size, size + 1), (9, 9)]:
            assert await playback.read(start, end) == opened.raw[start:end]
        pieces = [piece async for piece in playback.pieces(1_000, size)]
        assert b"".join(pieces) == opened.raw[1_000:]
        assert max(map(len, pieces)) <= PIECE_BYTES


async def test_viewers_do_not_disturb_each_other(
    player: Player, place: Place, recorded: Outcome
) -> None:
    opened = open_stream(place, recorded)

    async def watch(start: int) -> bool:
        async with await open_playback(player, place, opened.report) as playback:
            pieces = [piece async for piece in playback.pieces(start, playback.size)]
        return b"".join(pieces) == opened.raw[start:]

    assert all(await asyncio.gather(*(watch(start) for start in range(0, 100_000, 10_000))))


async def test_a_file_is_not_played_with_another_key_or_as_another_stream(
    player: Player, place: Place, recorded: Outcome
) -> None:
    camera, document = sorted(recorded.streams, key=lambda stream: stream.kind)
    label = stream_label(camera.participant_id, camera.kind)
    with pytest.raises(Damaged):
        await player.open(place.folder, document.file_name, place.key, place.recording_id, label)
    with pytest.raises(Damaged):
        await player.open(place.folder, camera.file_name, bytes(32), place.recording_id, label)
    with pytest.raises(FileNotFoundError):
        await player.open(place.folder, "0" * 32, place.key, place.recording_id, label)


WATCH = """
async (name) => {
  const video = document.createElement("video");
  video.muted = true;
  video.src = "/" + name;
  document.body.append(video);
  const happened = (event) => new Promise((resolve, reject) => {
    video.addEventListener(event, resolve, { once: true });
    video.addEventListener("error", () => reject(new Error(video.error.message)), { once: true });
  });
  await happened("loadedmetadata");
  const seen = { duration: video.duration, width: video.videoWidth, seeks: [] };
  for (const target of [45, 5, 55.5, 25]) {
    const before = performance.now();
    const seeked = happened("seeked");
    video.currentTime = target;
    await seeked;
    seen.seeks.push([target, video.currentTime, performance.now() - before]);
  }
  video.currentTime = 8;
  await happened("seeked");
  video.playbackRate = 4;
  await video.play();
  await new Promise((resolve) => {
    const look = () => video.currentTime > 44 ? resolve() : requestAnimationFrame(look);
    look();
  });
  video.pause();
  const quality = video.getVideoPlaybackQuality();
  seen.frames = quality.totalVideoFrames;
  seen.readyState = video.readyState;
  return seen;
}
"""


LISTEN = """
async ([name, from, to]) => {
  const video = document.createElement("video");
  video.src = "/" + name;
  document.body.append(video);
  await new Promise((resolve) => video.addEventListener("loadedmetadata", resolve));
  video.currentTime = from;
  await new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
  const context = new AudioContext();
  const code = `registerProcessor("onset", class extends AudioWorkletProcessor {
    constructor() { super(); this.quiet = 0; }
    process([[samples]]) {
      const loud = samples && samples.some((sample) => Math.abs(sample) > 0.05);
      if (loud && this.quiet > 50) this.port.postMessage(currentTime);
      this.quiet = loud ? 0 : this.quiet + 1;
      return true;
    }
  })`;
  await context.audioWorklet.addModule(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  const onset = new AudioWorkletNode(context, "onset");
  context.createMediaElementSource(video).connect(onset).connect(context.destination);
  const beeps = [], flashes = [];
  onset.port.onmessage = ({ data }) => {
    const stamp = context.getOutputTimestamp();
    beeps.push(stamp.performanceTime + (data - stamp.contextTime) * 1000);
  };
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  let dark = true;
  const look = (_now, { expectedDisplayTime }) => {
    canvas.drawImage(video, 0, 0, 1, 1);
    const bright = canvas.getImageData(0, 0, 1, 1).data[0] > 128;
    if (bright && dark) flashes.push(expectedDisplayTime);
    dark = !bright;
    video.requestVideoFrameCallback(look);
  };
  video.requestVideoFrameCallback(look);
  await context.resume();
  await video.play();
  await new Promise((resolve) => {
    const wait = () => video.currentTime > to ? resolve() : setTimeout(wait, 50);
    wait();
  });
  return { beeps, flashes };
}
"""


@asynccontextmanager
async def browser_page(
    player: Player, place: Place, streams: list[StreamReport]
) -> AsyncIterator[tuple[Page, list[str | None]]]:
    """A page of Chromium beside which the streams are served, and the ranges that it asks for."""
    files = {stream.file_name: stream for stream in streams}
    ranges: list[str | None] = []

    async def serve(request: web.Request) -> web.StreamResponse:
        ranges.append(request.headers.get("Range"))
        name = request.match_info["name"]
        async with await open_playback(player, place, files[name]) as playback:
            wanted = request.http_range
            start, stop = wanted.start or 0, wanted.stop or playback.size
            response = web.StreamResponse(status=206)
            response.content_type = files[name].media_type
            response.content_length = stop - start
            response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{playback.size}"
            await response.prepare(request)
            async for piece in playback.pieces(start, stop):
                await response.write(piece)
            return response

    async def empty(_request: web.Request) -> web.Response:
        page = '<!doctype html><link rel="icon" href="data:,"><title>.</title>'
        return web.Response(text=page, content_type="text/html")

    app = web.Application()
    app.add_routes([web.get("/", empty), web.get("/{name}", serve)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
        )
        page = await browser.new_page()
        await page.goto("http://{}:{}".format(*runner.addresses[0]))
        yield page, ranges
        await browser.close()
    await runner.cleanup()


@pytest.mark.browser
async def test_chromium_plays_and_seeks_it_by_plain_source_and_range(
    player: Player, place: Place, recorded: Outcome
) -> None:
    async with browser_page(player, place, recorded.streams) as (page, ranges):
        for stream in recorded.streams:
            seen = await page.evaluate(WATCH, stream.file_name)
            assert abs(seen["duration"] * 1_000 - stream.duration_ms) <= 50
            assert seen["width"] == 128
            assert seen["readyState"] >= 2
            assert seen["frames"] >= 20
            for target, reached, took_ms in seen["seeks"]:
                assert abs(reached - target) < 0.1
                assert took_ms < 5 * 300
    assert any(wanted not in (None, "bytes=0-") for wanted in ranges), "seeks ask for ranges"


@pytest.mark.browser
@pytest.mark.proof
async def test_after_loss_and_a_hold_chromium_plays_sound_and_picture_together(
    player: Player, place: Place
) -> None:
    """Beep and flash begin each second; the hold is a third as long unless proving. What the
    page's own sound output adds is the same before and after."""
    hold = (6 * SECOND, count(36, 16) * SECOND)
    end_us = hold[1] + 10 * SECOND
    tap = LogTap(place.order())
    voice = Sender(tap, Network(loss=0.05), sound=beeping_opus_packets)
    voice.declare(AUDIO, CAMERA)
    voice.audio(0, end_us, hold)
    voice.reports(AUDIO, 500_000, end_us, 2 * SECOND)
    face = Sender(tap, Network(), pictures=flashing_vp8_frames)
    face.video(CAMERA, 0, end_us, 15, hold)
    face.reports(CAMERA, 500_000, end_us, SECOND)
    voice.flush(face)
    tap.close()
    tap.flush()
    tap.file.close()
    outcome = follow(place)
    async with browser_page(player, place, outcome.streams) as (page, _ranges):
        name = outcome.streams[0].file_name
        seen = await page.evaluate(LISTEN, [name, 0.5, end_us / SECOND - 1])
    apart = [
        min(seen["beeps"], key=lambda beep: abs(beep - flash)) - flash for flash in seen["flashes"]
    ]
    before, after = apart[:4], apart[-8:]
    assert len(before) + len(after) == 12
    write_figures(
        "recording_sync",
        "Recording in Chromium: sound after picture, 5 % audio loss, around a hold",
        ["hold s", "before ms", "after ms", "goal ms"],
        [[(hold[1] - hold[0]) // SECOND, round(median(before)), round(median(after)), 80]],
        note="Both include the latency of the page's own sound output.",
    )
    assert abs(median(after)) <= count(80, 5 * 80), apart
