import { expect, test } from "vitest";

import { faultsOf, measure } from "../../../village_client/web/materials/quality";
import { judgeAll, judgementOf, shown, writeJudgement } from "./judged";
import { pageSet } from "./page_set";

const PROVING = process.env.SHIPINBAN_PROVE === "1";
const judged = judgeAll(pageSet(PROVING ? 200 : 80));

test("of pages with a known fault at least 95 % are found, of good ones at most 5 % blamed", () => {
  writeJudgement("page-quality", judged);
  const { missed, blamed, found, alarms } = judgementOf(judged);
  expect({ missed: missed.map(shown), blamed: blamed.map(shown) }).toSatisfy(
    () => found >= 0.95 && alarms <= 0.05,
  );
});

test("a page without letters is not called blurred, and a desk without a page is not judged", () => {
  const blank = { width: 400, height: 300, levels: new Uint8Array(120_000).fill(60) };
  for (let y = 40; y < 260; y += 1) blank.levels.fill(220, y * 400 + 120, y * 400 + 280);
  expect(measure(blank)?.sharpness).toBeNull();
  expect(faultsOf(measure(blank))).toEqual([]);
  const dark = { width: 400, height: 300, levels: new Uint8Array(120_000).fill(60) };
  dark.levels.fill(200, 0, 500);
  expect(faultsOf(measure(dark))).toEqual([]);
});
