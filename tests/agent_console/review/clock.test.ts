import { expect, test } from "vitest";

import { MediaClock, correction, fileTime } from "../../../agent_console/web/review/clock";

let now = 0;

function clock(durationMs = 60_000): MediaClock {
  now = 1_000;
  return new MediaClock(durationMs, () => now);
}

test("it runs while playing, and stands still otherwise", () => {
  const one = clock();
  now += 500;
  expect(one.positionMs).toBe(0);
  one.play();
  now += 2_000;
  expect(one.positionMs).toBe(2_000);
  one.pause();
  now += 2_000;
  expect(one.positionMs).toBe(2_000);
});

test("a change of speed counts from now on", () => {
  const one = clock();
  one.play();
  now += 1_000;
  one.setRate(4);
  now += 1_000;
  expect(one.positionMs).toBe(5_000);
});

test("it never leaves the call, and begins anew after its end", () => {
  const one = clock(3_000);
  one.play();
  now += 10_000;
  expect([one.positionMs, one.ended]).toEqual([3_000, true]);
  one.seek(-50);
  expect(one.positionMs).toBe(0);
  one.seek(99_000);
  one.play();
  expect(one.positionMs).toBe(0);
});

test.each([
  ["in step", 10_020, null, 1],
  ["a little ahead", 10_100, null, 0.92],
  ["a little behind", 9_900, null, 1.08],
  ["far ahead", 10_400, 10, 1],
  ["far behind", 9_000, 10, 1],
])("a file that is %s", (_, fileMs, seekToS, playbackRate) => {
  expect(correction(fileMs, 10_000, 1)).toEqual({ seekToS, playbackRate });
});

test("the correction keeps the speed asked for", () => {
  expect(correction(10_100, 10_000, 2).playbackRate).toBeCloseTo(1.84);
});

test("a file that begins later stands at its own time", () => {
  const file = { start_offset_ms: 700, duration_ms: 5_000 };
  expect(fileTime(600, file)).toBeNull();
  expect(fileTime(700, file)).toBe(0);
  expect(fileTime(5_699, file)).toBe(4_999);
  expect(fileTime(5_700, file)).toBeNull();
});
