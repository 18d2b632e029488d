import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { RecordingView, StreamView } from "@shared/generated/wire";
import { RecordingPlayer } from "../../../agent_console/web/review/player";

/** A video element that plays on by the test's clock. */
class FakePlayer {
  currentTime = 0;
  playbackRate = 1;
  paused = true;
  seeking = false;
  readyState = 4;

  play(): Promise<void> {
    this.paused = false;
    return Promise.resolve();
  }

  pause(): void {
    this.paused = true;
  }

  run(ms: number): void {
    if (!this.paused) this.currentTime += (ms / 1000) * this.playbackRate;
  }
}

function stream(id: string, start_offset_ms: number, duration_ms = 20_000): StreamView {
  return {
    id,
    participant_kind: "window",
    participant_name: "陈帮办",
    participant_name_en: "Chen Bangban",
    kind: "audio_camera",
    media_type: "video/webm",
    start_offset_ms,
    duration_ms,
    size_bytes: 1,
    gaps: [],
  };
}

const person = stream("person", 0);
const papers = stream("papers", 700);
const recording: RecordingView = {
  id: "recording",
  state: "verified",
  state_reason: "",
  duration_ms: 20_700,
  streams: [person, papers],
};

let nowMs: number;
let player: RecordingPlayer;
let first: FakePlayer;
let second: FakePlayer;

beforeEach(() => {
  vi.useFakeTimers();
  nowMs = 0;
  player = new RecordingPlayer(recording, () => nowMs);
  first = new FakePlayer();
  second = new FakePlayer();
  player.add(person, first);
  player.add(papers, second);
});

afterEach(() => {
  player.close();
  vi.useRealTimers();
});

/** Time goes on for the clock, the files and the timer alike. */
function run(ms: number, stepMs = 50): void {
  for (let gone = 0; gone < ms; gone += stepMs) {
    nowMs += stepMs;
    first.run(stepMs);
    second.run(stepMs);
    vi.advanceTimersByTime(stepMs);
  }
}

test("files that begin at different times play at the same time", () => {
  player.play();
  run(5_000);
  expect(first.currentTime).toBeCloseTo(5, 1);
  expect(second.currentTime).toBeCloseTo(4.3, 1);
  expect(Math.abs(first.currentTime - second.currentTime - 0.7)).toBeLessThan(0.08);
});

test("a file that has not begun stands still", () => {
  player.play();
  run(500);
  expect([first.paused, second.paused]).toEqual([false, true]);
});

test("a file that drifts is led back without a jump", () => {
  player.play();
  run(3_000);
  second.currentTime -= 0.2;
  run(100);
  expect(second.playbackRate).toBeCloseTo(1.08);
  run(4_000);
  expect(Math.abs(first.currentTime - second.currentTime - 0.7)).toBeLessThan(0.08);
  expect(second.playbackRate).toBe(1);
});

test("while one waits all wait, and then go on together", () => {
  player.play();
  run(3_000);
  second.readyState = 2;
  run(2_000);
  expect([first.paused, second.paused, player.facts.waiting]).toEqual([true, true, true]);
  expect(player.facts.positionMs).toBeLessThan(3_200);
  expect(player.facts.playing).toBe(true);
  second.readyState = 4;
  run(1_000);
  expect([first.paused, second.paused, player.facts.waiting]).toEqual([false, false, false]);
  expect(player.facts.positionMs).toBeGreaterThan(3_800);
});

test("seeking moves every file to its own time", () => {
  player.seek(10_000);
  expect([first.currentTime, second.currentTime]).toEqual([10, 9.3]);
  expect(player.facts.positionMs).toBe(10_000);
});

test("a step goes to the picture that is next, however far it is", () => {
  player.seek(2_000);
  const pictures = [1_400, 1_733, 2_000, 2_133, 2_900];
  player.frame(1, pictures);
  expect(player.facts.positionMs).toBe(2_134);
  player.frame(1, pictures);
  expect(player.facts.positionMs).toBe(2_901);
  player.frame(-1, pictures);
  player.frame(-1, pictures);
  player.frame(-1, pictures);
  expect(player.facts.positionMs).toBe(1_734);
});

test("a frame back stands still and moves every file", () => {
  player.play();
  run(2_000);
  player.frame(-1);
  run(200);
  expect(first.paused).toBe(true);
  expect(player.facts.positionMs).toBeCloseTo(2_000 - 1000 / 15, 0);
  expect(Math.abs(first.currentTime * 1000 - player.facts.positionMs)).toBeLessThanOrEqual(40);
});

test("speeds go up and down in steps, and stop at the ends", () => {
  player.faster(1);
  expect(player.facts.rate).toBe(1.5);
  for (let times = 0; times < 5; times += 1) player.faster(1);
  expect(player.facts.rate).toBe(4);
  for (let times = 0; times < 9; times += 1) player.faster(-1);
  expect(player.facts.rate).toBe(0.5);
});

test("at the end it stands still, and play begins anew", () => {
  player.seek(20_600);
  player.play();
  run(1_000);
  expect([player.facts.playing, player.facts.positionMs]).toEqual([false, 20_700]);
  player.play();
  run(1_000);
  expect(player.facts.positionMs).toBeLessThan(1_100);
});

test("what nobody speaks in is jumped over while it plays, when that is wanted", () => {
  player.setQuiet([[2_000, 9_000]]);
  player.play();
  run(3_000);
  expect(player.facts.positionMs).toBeCloseTo(3_000, -2);
  player.seek(0);
  player.setSkipping(true);
  run(2_500);
  expect(player.facts.positionMs).toBeGreaterThanOrEqual(9_000);
  expect(player.facts.positionMs).toBeLessThan(9_600);
  player.pause();
  player.seek(4_000);
  run(500);
  expect(player.facts.positionMs).toBe(4_000);
});
