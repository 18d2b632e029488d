import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import type { PageFault } from "@shared/generated/wire";
import { LIMITS, faultsOf, measure } from "../../../village_client/web/materials/quality";
import type { Measures } from "../../../village_client/web/materials/quality";
import type { DrawnPage } from "./page_set";

const OUT = path.join(import.meta.dirname, "../../../test-output");
const MEASURE_OF = { blur: "sharpness", glare: "glare", cut_edge: "cut", skew: "skew" } as const;
const FACTORS = [0.5, 0.7, 0.85, 1, 1.15, 1.3, 1.5];

export interface Judged {
  fault: PageFault | null;
  strength: number;
  measures: Measures | null;
}

export interface Judgement {
  missed: Judged[];
  /** Good pages of which a fault was told. */
  blamed: Judged[];
  found: number;
  alarms: number;
}

export function judgeAll(pages: Iterable<DrawnPage>): Judged[] {
  return Array.from(pages, ({ fault, strength, page }) => ({
    fault,
    strength,
    measures: measure(page),
  }));
}

export function judgementOf(judged: Judged[]): Judgement {
  const faulty = judged.filter(({ fault }) => fault !== null);
  const good = judged.filter(({ fault }) => fault === null);
  const missed = faulty.filter(
    ({ fault, measures }) => fault !== null && !faultsOf(measures).includes(fault),
  );
  const blamed = good.filter(({ measures }) => faultsOf(measures).length > 0);
  return {
    missed,
    blamed,
    found: 1 - missed.length / faulty.length,
    alarms: blamed.length / good.length,
  };
}

/** Leaves figures in `test-output/NAME.json`: in all, by fault, and at other limits. */
export function writeJudgement(name: string, judged: Judged[]): void {
  const { found, alarms } = judgementOf(judged);
  const kinds = Object.keys(MEASURE_OF) as PageFault[];
  const curve = kinds.flatMap((fault) => FACTORS.map((factor) => pointOf(judged, fault, factor)));
  const summary = { pages: judged.length, found, alarms, limits: LIMITS, curve };
  mkdirSync(OUT, { recursive: true });
  writeFileSync(path.join(OUT, `${name}.json`), JSON.stringify(summary, null, 1));
}

/** With the limit of one fault at `factor`: what of it would be found, and what blamed. */
function pointOf(judged: Judged[], fault: PageFault, factor: number) {
  const key = MEASURE_OF[fault];
  const limit = LIMITS[key] * factor;
  const over = ({ measures }: Judged) => {
    const value = measures?.[key] ?? null;
    if (value === null) return false;
    return key === "sharpness" ? value < limit : value > limit;
  };
  const faulty = judged.filter((one) => one.fault === fault);
  const good = judged.filter((one) => one.fault === null);
  return {
    fault,
    factor,
    limit: Number(limit.toFixed(4)),
    faulty: faulty.length,
    found: faulty.filter(over).length,
    good: good.length,
    blamed: good.filter(over).length,
  };
}

export function shown({ fault, strength, measures }: Judged): string {
  return JSON.stringify({ fault, strength, measures });
}
