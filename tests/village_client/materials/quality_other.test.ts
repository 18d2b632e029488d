import { expect, test } from "vitest";

import { judgeAll, judgementOf, shown, writeJudgement } from "./judged";
import { otherPageSet } from "./other_page_set";
import { thirdPageSet } from "./third_page_set";

const PROVING = process.env.SHIPINBAN_PROVE === "1";

const second = judgeAll(otherPageSet(PROVING ? 200 : 40));
const third = judgeAll(thirdPageSet(PROVING ? 200 : 80));

test("the second set, which the limits were chosen by, too, stays within them", () => {
  const { missed, blamed, found, alarms } = judgementOf(second);
  expect({ missed: missed.map(shown), blamed: blamed.map(shown) }).toSatisfy(
    () => found >= 0.95 && alarms <= 0.05,
  );
});

// No limit is chosen by these pages, or they would prove nothing any more.
test("of pages that no limit was chosen by, 95 % of faults are found, 5 % of good ones blamed", () => {
  writeJudgement("page-quality-third", third);
  const { missed, blamed, found, alarms } = judgementOf(third);
  expect({ missed: missed.map(shown), blamed: blamed.map(shown) }).toSatisfy(
    () => found >= 0.95 && alarms <= 0.05,
  );
});
