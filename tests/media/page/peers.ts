import { LINES } from "../../../web_shared/rtc/lines";

type Report = Record<string, unknown> & { type: string };

/** Running totals of one connection, as `getStats` gives them. */
export interface PeerNumbers {
  direction: "up" | "down";
  state: RTCPeerConnectionState;
  atMs: number;
  lines: Record<string, Report>;
  /** What the other end said of each line in its receiver reports. */
  reported: Record<string, Report>;
  availableBps: number | null;
  roundTripMs: number | null;
  localCandidate: string | null;
}

export async function readPeer(pc: RTCPeerConnection): Promise<PeerNumbers> {
  const reports = new Map<string, Report>();
  (await pc.getStats()).forEach((report: Report & { id: string }) => {
    reports.set(report.id, report);
  });
  const all = [...reports.values()];
  const direction = pc.getTransceivers().some((each) => each.direction === "sendonly")
    ? "up"
    : "down";
  const rtp = all.filter(({ type }) => type === `${direction === "up" ? "out" : "in"}bound-rtp`);
  const transport = all.find(({ type }) => type === "transport");
  const pair = reports.get(String(transport?.["selectedCandidatePairId"]));
  const local = reports.get(String(pair?.["localCandidateId"]));
  return {
    direction,
    state: pc.connectionState,
    atMs: performance.now(),
    lines: byLine(pc, rtp),
    reported: byLine(pc, remote(all, rtp)),
    availableBps: number(pair?.["availableOutgoingBitrate"]),
    roundTripMs: number(pair?.["currentRoundTripTime"], 1_000),
    localCandidate: (local?.["candidateType"] as string | undefined) ?? null,
  };
}

function byLine(pc: RTCPeerConnection, reports: Report[]): Record<string, Report> {
  const found: Record<string, Report> = {};
  LINES.forEach((line, index) => {
    const mid = pc.getTransceivers()[index]?.mid;
    const report = reports.find((each) => each["mid"] === mid);
    if (report !== undefined) found[line] = report;
  });
  return found;
}

function remote(all: Report[], rtp: Report[]): Report[] {
  return all
    .filter(({ type }) => type === "remote-inbound-rtp")
    .map((report) => ({
      ...report,
      mid: rtp.find((each) => each["ssrc"] === report["ssrc"])?.["mid"],
    }));
}

function number(value: unknown, factor = 1): number | null {
  return typeof value === "number" ? value * factor : null;
}
