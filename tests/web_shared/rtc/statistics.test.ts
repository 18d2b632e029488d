import { expect, test } from "vitest";

import { qualityOf } from "@shared/rtc/quality";
import { StatisticsReader, linesBySsrc, packetsReceived } from "@shared/rtc/statistics";

const SDP = [
  "v=0",
  "m=audio 9 UDP/TLS/RTP/SAVPF 111",
  "a=ssrc:11 cname:x",
  "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
  "a=ssrc-group:FID 22 23",
  "a=ssrc:22 cname:x",
  "a=ssrc:23 cname:x",
  "m=video 9 UDP/TLS/RTP/SAVPF 96 97",
  "a=ssrc:33 cname:x",
  "",
].join("\r\n");

function inbound(ssrc: number, packets: number, lost = 0, more: object = {}) {
  return {
    type: "inbound-rtp",
    ssrc,
    packetsReceived: packets,
    packetsLost: lost,
    bytesReceived: packets * 1000,
    ...more,
  };
}

test("each line's first SSRC is its main one", () => {
  expect([...linesBySsrc(SDP)]).toEqual([
    [11, "audio"],
    [22, "camera"],
    [33, "document"],
  ]);
});

test("rates are those since the last reading", () => {
  const reader = new StatisticsReader("down");
  reader.read([inbound(22, 100, 0, { framesDecoded: 15 })], SDP, 1_000);
  const after = reader.read([inbound(22, 190, 10, { framesDecoded: 45 })], SDP, 3_000);
  expect(after.lines.camera).toMatchObject({
    packets: 90,
    bitrateBps: 360_000,
    framesPerS: 15,
    lostFraction: 0.1,
  });
  expect(after.lines.document.packets).toBe(0);
});

test("concealed sound is a share of what was played", () => {
  const reader = new StatisticsReader("down");
  reader.read([inbound(11, 50, 0, { concealedSamples: 0, totalSamplesReceived: 48_000 })], SDP, 0);
  const later = { concealedSamples: 4_800, totalSamplesReceived: 96_000 };
  const after = reader.read([inbound(11, 100, 0, later)], SDP, 1_000);
  expect(after.lines.audio.concealedFraction).toBeCloseTo(0.1);
  expect(qualityOf(after)).toBe("fair");
});

test("upward, the far end's reports tell loss and delay, the pair tells the estimate", () => {
  const reader = new StatisticsReader("up");
  const numbers = reader.read(
    [
      { type: "outbound-rtp", ssrc: 22, packetsSent: 100, bytesSent: 125_000, framesEncoded: 15 },
      { type: "remote-inbound-rtp", ssrc: 22, fractionLost: 0.2, roundTripTime: 0.05 },
      { type: "candidate-pair", nominated: true, availableOutgoingBitrate: 900_000 },
    ],
    SDP,
    1_000,
  );
  expect(numbers).toMatchObject({
    bitrateBps: 1_000_000,
    lostFraction: 0.2,
    roundTripMs: 50,
    availableBps: 900_000,
  });
  expect(qualityOf(numbers)).toBe("poor");
});

test("liveness counts media downward and everything that answers upward", () => {
  const reports = [inbound(22, 5), inbound(33, 7), { type: "transport", packetsReceived: 99 }];
  expect(packetsReceived(reports, "down")).toBe(12);
  expect(packetsReceived(reports, "up")).toBe(99);
});

test("without media there is nothing to judge", () => {
  expect(qualityOf(null)).toBe("unknown");
  expect(qualityOf(new StatisticsReader("up").read([], SDP, 0))).toBe("unknown");
});
