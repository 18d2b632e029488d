/** What a reload must not lose before the queue knows the case; kept for this tab only. */
const CASE = "shipinban.window.case";
const CHECKED = "shipinban.window.checked";
const CHECK_LASTS_MS = 12 * 3600 * 1000;

export function keepCase(caseId: string | null): void {
  if (caseId === null) sessionStorage.removeItem(CASE);
  else sessionStorage.setItem(CASE, caseId);
}

export function keptCase(): string | null {
  return sessionStorage.getItem(CASE);
}

/** The devices were checked on this machine; once a working day is enough. */
export function keepChecked(): void {
  localStorage.setItem(CHECKED, String(Date.now()));
}

export function recentlyChecked(): boolean {
  return Date.now() - Number(localStorage.getItem(CHECKED) ?? 0) < CHECK_LASTS_MS;
}
