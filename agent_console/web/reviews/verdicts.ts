import type { ReviewState, SheetLineView, Verdict } from "@shared/generated/wire";

export const VERDICTS: readonly Verdict[] = ["proper", "flawed", "improper"];
export const VERDICT_COLOURS: Record<Verdict, string> = {
  proper: "green",
  flawed: "amber",
  improper: "red",
};
export const STATE_COLOURS: Record<ReviewState, string> = {
  open: "blue",
  agreed: "green",
  disagreed: "red",
  resolved: "grey",
};

/** A sheet while it is filled in: lines that nobody has looked at yet are missing. */
export interface Sheet {
  scores: Record<string, boolean | number>;
  verdict: Verdict | null;
  comment: string;
}

/** What still keeps a sheet from being given, as the name of a sentence; `null` when nothing does. */
export function lacks(lines: readonly SheetLineView[], sheet: Sheet): string | null {
  if (lines.some(({ key }) => sheet.scores[key] === undefined)) return "lines";
  if (sheet.verdict === null) return "verdict";
  const broken = lines.some(({ key, kind }) => kind === "dont" && sheet.scores[key] === false);
  if (broken && sheet.verdict === "proper") return "broken_but_proper";
  if (sheet.verdict !== "proper" && sheet.comment.trim() === "") return "comment";
  return null;
}

/** Of 100, of what has been scored so far. */
export function pointsOf(lines: readonly SheetLineView[], sheet: Sheet): number {
  const most = lines.reduce((sum, { points }) => sum + points, 0);
  const got = lines.reduce(
    (sum, { key, kind }) => sum + (kind === "points" ? Number(sheet.scores[key] ?? 0) : 0),
    0,
  );
  return most === 0 ? 100 : Math.round((100 * got) / most);
}
