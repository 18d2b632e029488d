import { expect, test } from "vitest";

import { flashing, readMark, writeMark } from "@shared/rtc/test_clock";

test("a mark reads back as it was written", () => {
  const mark = { source: "D", frame: 123, ms: 24_600 } as const;
  expect(writeMark(mark)).toBe("D123T24600");
  expect(readMark("D123T24600")).toEqual(mark);
});

test("any other text is no mark", () => {
  expect(readMark("https://example.org")).toBeNull();
  expect(readMark("X1T2")).toBeNull();
});

test("the flash marks each whole second for a tenth of it", () => {
  expect([0, 99, 100, 999, 1_000, 1_099, 1_100].map(flashing)).toEqual([
    true,
    true,
    false,
    false,
    true,
    true,
    false,
  ]);
});
