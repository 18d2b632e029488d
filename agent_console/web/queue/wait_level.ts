/** How long is too long: told by a word as well as by a colour. */
export type WaitLevel = "short" | "long" | "too_long";

const LONG_MS = 3 * 60_000;
const TOO_LONG_MS = 8 * 60_000;

export function waitLevel(waitedMs: number): WaitLevel {
  if (waitedMs >= TOO_LONG_MS) return "too_long";
  return waitedMs >= LONG_MS ? "long" : "short";
}
