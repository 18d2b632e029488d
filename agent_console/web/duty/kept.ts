import type { FinishedCall, SettledCases } from "./facts";

/** What a reload must not lose: the call that still has to be written up; for this tab only. */
const FINISHED = "shipinban.console.finished";
const SETTLED = "shipinban.console.settled";

export function keepFinished(finished: FinishedCall | null): void {
  // Case facts stay on the server: only what names them is kept here.
  const kept = finished && { ...finished, cases: [], notes: "" };
  keep(FINISHED, kept);
}

export function keptFinished(): FinishedCall | null {
  return kept<FinishedCall>(FINISHED);
}

export function keepSettled(settled: SettledCases): void {
  keep(SETTLED, settled);
}

export function keptSettled(): SettledCases {
  return kept<SettledCases>(SETTLED) ?? { callId: "", caseIds: [] };
}

function keep(key: string, value: unknown): void {
  if (value === null) sessionStorage.removeItem(key);
  else sessionStorage.setItem(key, JSON.stringify(value));
}

function kept<T>(key: string): T | null {
  return JSON.parse(sessionStorage.getItem(key) ?? "null") as T | null;
}
