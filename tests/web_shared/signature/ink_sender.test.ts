import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { InkSender } from "@shared/signature/ink_sender";
import type { DrawnInk, Signed } from "@shared/signature/ink_sender";
import { drawnOn } from "@shared/signature/strokes";
import type { Stroke } from "@shared/signature/strokes";

const UNDER: Signed = { case_id: "case", purpose: "form", signed_id: "form" };

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function line(points: number): Stroke {
  return Array.from({ length: points }, (_, at) => [at, at, at, 500]);
}

/** What the agent's page shows after these messages. */
function seen(messages: DrawnInk[]): Stroke[] {
  return messages.reduce<Stroke[]>((strokes, { afresh = false, pieces }) => {
    return drawnOn(strokes, { afresh, pieces });
  }, []);
}

test("what is drawn is seen whole, in at most ten messages a second", () => {
  const sent: DrawnInk[] = [];
  const ink = new InkSender((drawn) => Promise.resolve(sent.push(drawn)));
  for (let points = 1; points <= 300; points += 1) {
    ink.drawn(UNDER, [line(40), line(points)]);
    vi.advanceTimersByTime(10);
  }
  vi.advanceTimersByTime(1000);
  expect(sent.length).toBeLessThanOrEqual(31);
  expect(seen(sent)).toEqual([line(40), line(300)]);
  expect(Math.max(...sent.flatMap(({ pieces }) => pieces.map((one) => one.points.length)))).toBe(
    40,
  );
});

test("a signature that is begun again takes the first one back", () => {
  const sent: DrawnInk[] = [];
  const ink = new InkSender((drawn) => Promise.resolve(sent.push(drawn)));
  ink.drawn(UNDER, [line(500)]);
  vi.advanceTimersByTime(1000);
  expect(seen(sent)).toEqual([line(500)]);
  ink.drawn(UNDER, []);
  vi.advanceTimersByTime(200);
  expect(seen(sent)).toEqual([]);
  ink.drawn(UNDER, [line(3)]);
  vi.advanceTimersByTime(200);
  expect(seen(sent)).toEqual([line(3)]);
});

test("what could not be told is told anew", async () => {
  const sent: DrawnInk[] = [];
  let broken = true;
  const ink = new InkSender((drawn) => {
    if (broken) return Promise.reject(new Error("gone"));
    return Promise.resolve(sent.push(drawn));
  });
  ink.drawn(UNDER, [line(5)]);
  await vi.advanceTimersByTimeAsync(200);
  broken = false;
  ink.drawn(UNDER, [line(9)]);
  await vi.advanceTimersByTimeAsync(200);
  expect(seen(sent)).toEqual([line(9)]);
});
