import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import { expect, test } from "vitest";

import type { PageFault } from "@shared/generated/wire";
import { LIMITS, faultsOf, measure } from "../../../village_client/web/materials/quality";
import type { Measures } from "../../../village_client/web/materials/quality";
import { pageSet } from "./page_set";

const PAGES = 200;
const OUT = path.join(import.meta.dirname, "../../../test-output");
const MEASURE_OF = { blur: "sharpness", glare: "glare", cut_edge: "cut", skew: "skew" } as const;

interface Judged {
  fault: PageFault | null;
  strength: number;
  measures: Measures | null;
}

const judged: Judged[] = [...pageSet(PAGES)].map(({ fault, strength, page }) => ({
  fault,
  strength,
  measures: measure(page),
}));
const faulty = judged.filter(({ fault }) => fault !== null);
const good = judged.filter(({ fault }) => fault === null);

test("of pages with a known fault at least 95 % are found, of good ones at most 5 % blamed", () => {
  const missed = faulty.filter(({ fault, measures }) =>
    fault === null ? false : !faultsOf(measures).includes(fault),
  );
  const blamed = good.filter(({ measures }) => faultsOf(measures).length > 0);
  const found = 1 - missed.length / faulty.length;
  const alarms = blamed.length / good.length;
  mkdirSync(OUT, { recursive: true });
  const curve = (Object.keys(MEASURE_OF) as PageFault[]).flatMap(curveOf);
  const summary = { pages: PAGES, found, alarms, limits: LIMITS, curve };
  writeFileSync(path.join(OUT, "page-quality.json"), JSON.stringify(summary, null, 1));
  expect({ missed: missed.map(shown), blamed: blamed.map(shown) }).toSatisfy(
    () => found >= 0.95 && alarms <= 0.05,
  );
});

/** At other limits: what would be found and what blamed. */
function curveOf(fault: PageFault) {
  const key = MEASURE_OF[fault];
  return [0.5, 0.7, 0.85, 1, 1.15, 1.3, 1.5].map((factor) => {
    const limit = LIMITS[key] * factor;
    const over = ({ measures }: Judged) => {
      const value = measures?.[key] ?? null;
      if (value === null) return false;
      return key === "sharpness" ? value < limit : value > limit;
    };
    const with_it = faulty.filter((one) => one.fault === fault);
    return {
      fault,
      limit: Number(limit.toFixed(4)),
      found: with_it.filter(over).length / with_it.length,
      alarms: good.filter(over).length / good.length,
    };
  });
}

function shown({ fault, strength, measures }: Judged) {
  return JSON.stringify({ fault, strength, measures });
}

test("a page without letters is not called blurred, and a desk without a page is not judged", () => {
  const blank = { width: 400, height: 300, levels: new Uint8Array(120_000).fill(60) };
  for (let y = 40; y < 260; y += 1) blank.levels.fill(220, y * 400 + 120, y * 400 + 280);
  expect(measure(blank)?.sharpness).toBeNull();
  expect(faultsOf(measure(blank))).toEqual([]);
  const dark = { width: 400, height: 300, levels: new Uint8Array(120_000).fill(60) };
  dark.levels.fill(200, 0, 500);
  expect(faultsOf(measure(dark))).toEqual([]);
});
