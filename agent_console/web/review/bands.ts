import type { CallEventView, StreamView } from "@shared/generated/wire";

/** Something that was not as it should be, over a while. */
export interface Band {
  kind: "gap" | "quality";
  /** The gap's reason, or `fair` or `poor`. */
  what: string;
  /** Whose stream: its id, or nothing when it is the link of the whole call. */
  streamId: string | null;
  fromMs: number;
  toMs: number;
}

interface Measured {
  lost_fraction?: number;
  concealed_fraction?: number;
  round_trip_ms?: number;
}

/** Measurements are gathered for at most so long; see `signaling/rooms/quality.py`. */
const GATHERED_MS = 30_000;

/** As the console's bars told it during the call (`web_shared/rtc/quality.ts`). */
function rate({ lost_fraction = 0, concealed_fraction = 0, round_trip_ms = 0 }: Measured): string {
  if (concealed_fraction > 0.1 || lost_fraction > 0.08 || round_trip_ms > 800) return "poor";
  if (concealed_fraction > 0.03 || lost_fraction > 0.02 || round_trip_ms > 300) return "fair";
  return "good";
}

function worst(connections: unknown): string {
  const rates = Array.isArray(connections) ? (connections as Measured[]).map(rate) : [];
  return rates.includes("poor") ? "poor" : rates.includes("fair") ? "fair" : "good";
}

/** Each measurement stands for the time since the one before it; alike neighbours are one band. */
export function qualityBands(events: readonly CallEventView[]): Band[] {
  const bands: Band[] = [];
  let before = 0;
  for (const { kind, position_ms, body } of events) {
    if (kind !== "quality") continue;
    const what = worst(body.connections);
    const fromMs = Math.max(before, position_ms - GATHERED_MS, 0);
    before = position_ms;
    if (what === "good") continue;
    const last = bands[bands.length - 1];
    if (last !== undefined && last.what === what && last.toMs === fromMs) last.toMs = position_ms;
    else bands.push({ kind: "quality", what, streamId: null, fromMs, toMs: position_ms });
  }
  return bands;
}

export function gapBands(streams: readonly StreamView[]): Band[] {
  return streams.flatMap(({ id, gaps }) =>
    gaps.map(([from, to, reason]): Band => {
      return {
        kind: "gap",
        what: String(reason),
        streamId: id,
        fromMs: Number(from),
        toMs: Number(to),
      };
    }),
  );
}
