import type { ConnectionNumbers } from "./statistics";

/** Three bars and a word, as people read it; `unknown` until the first full reading. */
export type Quality = "good" | "fair" | "poor" | "unknown";

/** Judged by what a person notices: voice first, then delay, then lost picture. */
export function qualityOf(numbers: ConnectionNumbers | null): Quality {
  if (numbers === null || numbers.bitrateBps === 0) return "unknown";
  const voice = numbers.lines.audio;
  const delay = numbers.roundTripMs ?? 0;
  if (voice.concealedFraction > 0.1 || numbers.lostFraction > 0.08 || delay > 800) return "poor";
  if (voice.concealedFraction > 0.03 || numbers.lostFraction > 0.02 || delay > 300) return "fair";
  const available = numbers.availableBps;
  if (available !== null && available < 400_000) return available < 150_000 ? "poor" : "fair";
  return "good";
}
