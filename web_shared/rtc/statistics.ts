import { LINES } from "./lines";
import type { Line } from "./lines";

export type Direction = "up" | "down";

/** One line since the last reading; rates are per second. */
export interface LineNumbers {
  packets: number;
  bitrateBps: number;
  framesPerS: number;
  lostFraction: number;
  /** Of the voice: the share of played sound that the browser had to invent. */
  concealedFraction: number;
  width: number;
  height: number;
}

export interface ConnectionNumbers {
  lines: Record<Line, LineNumbers>;
  bitrateBps: number;
  lostFraction: number;
  roundTripMs: number | null;
  /** The browser's estimate of the uplink; of an up connection only. */
  availableBps: number | null;
}

/** The members of the browser's reports that are read here; all may be missing. */
interface Report {
  type: string;
  ssrc?: number;
  packetsSent?: number;
  packetsReceived?: number;
  packetsLost?: number;
  bytesSent?: number;
  bytesReceived?: number;
  framesEncoded?: number;
  framesDecoded?: number;
  frameWidth?: number;
  frameHeight?: number;
  fractionLost?: number;
  roundTripTime?: number;
  currentRoundTripTime?: number;
  concealedSamples?: number;
  silentConcealedSamples?: number;
  totalSamplesReceived?: number;
  availableOutgoingBitrate?: number;
  nominated?: boolean;
  state?: string;
}

interface Counts {
  packets: number;
  bytes: number;
  frames: number;
  lost: number;
  concealed: number;
  samples: number;
}

const NO_COUNTS: Counts = { packets: 0, bytes: 0, frames: 0, lost: 0, concealed: 0, samples: 0 };

/** Turns the running totals of `getStats` into rates between two readings. */
export class StatisticsReader {
  private readonly before = new Map<Line, Counts>();
  private beforeMs: number | null = null;

  constructor(private readonly direction: Direction) {}

  /** `sdp` is the sender's description: it says which SSRC is which line. */
  read(reports: Iterable<unknown>, sdp: string, nowMs: number): ConnectionNumbers {
    const seconds = Math.max(0.001, (nowMs - (this.beforeMs ?? nowMs - 1000)) / 1000);
    this.beforeMs = nowMs;
    const all = [...reports] as Report[];
    const lineOf = linesBySsrc(sdp);
    const lines = Object.fromEntries(
      LINES.map((line) => [line, this.line(line, ofLine(all, lineOf, line), seconds)]),
    ) as Record<Line, LineNumbers>;
    return { lines, ...this.totals(all, lines) };
  }

  private line(line: Line, reports: Report[], seconds: number): LineNumbers {
    const type = this.direction === "up" ? "outbound-rtp" : "inbound-rtp";
    const rtp = reports.find((report) => report.type === type);
    const told = reports.find((report) => report.type === "remote-inbound-rtp");
    const now = counts(rtp);
    const before = this.before.get(line) ?? NO_COUNTS;
    this.before.set(line, now);
    const packets = Math.max(0, now.packets - before.packets);
    const lost = Math.max(0, now.lost - before.lost);
    return {
      packets,
      bitrateBps: (Math.max(0, now.bytes - before.bytes) * 8) / seconds,
      framesPerS: Math.max(0, now.frames - before.frames) / seconds,
      lostFraction: told?.fractionLost ?? share(lost, packets + lost),
      concealedFraction: share(now.concealed - before.concealed, now.samples - before.samples),
      width: rtp?.frameWidth ?? 0,
      height: rtp?.frameHeight ?? 0,
    };
  }

  private totals(all: Report[], lines: Record<Line, LineNumbers>) {
    const pair = livePair(all);
    const told = all.find((report) => report.type === "remote-inbound-rtp");
    // End to end where receiver reports tell it; the pair only knows the hop to the relay.
    const roundTrip = told?.roundTripTime ?? pair?.currentRoundTripTime;
    return {
      bitrateBps: LINES.reduce((sum, line) => sum + lines[line].bitrateBps, 0),
      lostFraction: Math.max(...LINES.map((line) => lines[line].lostFraction)),
      roundTripMs: roundTrip === undefined ? null : roundTrip * 1000,
      availableBps: this.direction === "up" ? (pair?.availableOutgoingBitrate ?? null) : null,
    };
  }
}

/**
 * What liveness counts: media that came (down), or the feedback and checks that answer ours (up).
 */
export function packetsReceived(reports: Iterable<unknown>, direction: Direction): number {
  const all = [...reports] as Report[];
  if (direction === "up") {
    const transport = all.find((report) => report.type === "transport");
    return transport?.packetsReceived ?? livePair(all)?.bytesReceived ?? 0;
  }
  return all
    .filter((report) => report.type === "inbound-rtp")
    .reduce((sum, report) => sum + (report.packetsReceived ?? 0), 0);
}

function livePair(all: Report[]): Report | undefined {
  const pairs = all.filter((report) => report.type === "candidate-pair");
  return (
    pairs.find(({ nominated }) => nominated) ?? pairs.find(({ state }) => state === "succeeded")
  );
}

/** The main SSRC of each section, first in its `ssrc` lines; retransmissions come second. */
export function linesBySsrc(sdp: string): Map<number, Line> {
  const found = new Map<number, Line>();
  const sections = sdp.split(/^m=/m).slice(1);
  LINES.forEach((line, index) => {
    const ssrc = /^a=ssrc:(\d+) /m.exec(sections[index] ?? "")?.[1];
    if (ssrc !== undefined) found.set(Number(ssrc), line);
  });
  return found;
}

function ofLine(all: Report[], lineOf: Map<number, Line>, line: Line): Report[] {
  return all.filter((report) => report.ssrc !== undefined && lineOf.get(report.ssrc) === line);
}

function counts(rtp: Report | undefined): Counts {
  if (rtp === undefined) return NO_COUNTS;
  return {
    packets: rtp.packetsSent ?? rtp.packetsReceived ?? 0,
    bytes: rtp.bytesSent ?? rtp.bytesReceived ?? 0,
    frames: rtp.framesEncoded ?? rtp.framesDecoded ?? 0,
    lost: rtp.packetsLost ?? 0,
    concealed: (rtp.concealedSamples ?? 0) - (rtp.silentConcealedSamples ?? 0),
    samples: rtp.totalSamplesReceived ?? 0,
  };
}

function share(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
}
