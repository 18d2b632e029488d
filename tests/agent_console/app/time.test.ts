import { expect, test } from "vitest";

import { clockTime, dateTime, minutes } from "../../../agent_console/web/app/time";
import { dayStartMs, noFilters, queryOf } from "../../../agent_console/web/review/filters";
import { waitLevel } from "../../../agent_console/web/queue/wait_level";

test.each([
  [0, "0:00"],
  [-5_000, "0:00"],
  [65_900, "1:05"],
  [3_600_000, "1:00:00"],
  [3_905_000, "1:05:05"],
])("%d ms is %s", (ms, text) => {
  expect(minutes(ms)).toBe(text);
});

test("clocks show the county's time, wherever the browser is", () => {
  const noon = Date.parse("2026-11-22T04:05:00Z");
  expect(clockTime(noon, "zh-CN")).toBe("12:05");
  expect(dateTime(noon, "en")).toContain("22/11/2026");
});

test("a wait becomes long after three minutes and too long after eight", () => {
  expect([0, 179_999, 180_000, 479_999, 480_000].map(waitLevel)).toEqual([
    "short",
    "short",
    "long",
    "long",
    "too_long",
  ]);
});

test("a range of days begins and ends at the county's midnight, the last day included", () => {
  expect(dayStartMs("2026-11-22")).toBe(Date.parse("2026-11-21T16:00:00Z"));
  const query = queryOf({ ...noFilters(), days: ["2026-11-22", "2026-11-22"] }, 3);
  expect(Number(query.to_ms) - Number(query.from_ms)).toBe(24 * 3_600_000);
  expect(query.page).toBe(3);
});
