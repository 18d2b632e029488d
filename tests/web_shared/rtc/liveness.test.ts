import { expect, test } from "vitest";

import { Liveness } from "@shared/rtc/liveness";

/** Looks every 250 ms from `fromMs` to `toMs`; the packets stand still. */
function quiet(liveness: Liveness, packets: number, fromMs: number, toMs: number) {
  const steps: [number, string][] = [];
  for (let ms = fromMs; ms <= toMs; ms += 250) {
    const step = liveness.observe(packets, true, ms);
    if (step !== null) steps.push([ms, step]);
  }
  return steps;
}

test("silence is told within 1.5 s, a restart at 3 s, a new connection at 8 s, each once", () => {
  const liveness = new Liveness(0);
  liveness.observe(10, true, 0);
  expect(quiet(liveness, 10, 250, 20_000)).toEqual([
    [1_250, "silent"],
    [3_000, "restart"],
    [8_000, "renew"],
  ]);
});

test("the first packet after a silence ends it", () => {
  const liveness = new Liveness(0);
  quiet(liveness, 0, 0, 4_000);
  expect(liveness.silent).toBe(true);
  expect(liveness.observe(1, true, 4_250)).toBe("alive");
  expect(liveness.silent).toBe(false);
});

test("while nothing is expected the clock stands still", () => {
  const liveness = new Liveness(0);
  liveness.observe(5, true, 0);
  for (let ms = 250; ms <= 60_000; ms += 250) {
    expect(liveness.observe(5, false, ms)).toBeNull();
  }
  expect(liveness.observe(5, true, 61_000)).toBeNull();
  expect(liveness.observe(5, true, 61_250)).toBe("silent");
});

test("a connection that takes over from a silent one stays silent until something comes", () => {
  const liveness = new Liveness(0, true);
  expect(liveness.silent).toBe(true);
  expect(quiet(liveness, 0, 0, 2_000)).toEqual([]);
  expect(liveness.observe(1, true, 2_250)).toBe("alive");
});
