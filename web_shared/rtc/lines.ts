/** The three fixed lines of every connection, in this order on the wire. */
export const LINES = ["audio", "camera", "document"] as const;
export type Line = (typeof LINES)[number];

/** What a participant sends; `null` is an absent device: its line stays, without a track. */
export type LocalTracks = Record<Line, MediaStreamTrack | null>;

export const NO_TRACKS: LocalTracks = { audio: null, camera: null, document: null };

const CAMERA_HEIGHT = 720;
const DOCUMENT_HEIGHT = 1080;

/** Motion matters in a face, letters matter on paper: the encoder gives up the other one first. */
const HINTS: Record<Line, string> = { audio: "speech", camera: "motion", document: "text" };

const PRIORITIES: Record<Line, RTCPriorityType> = {
  audio: "high",
  camera: "low",
  document: "high",
};

export function kindOf(line: Line): "audio" | "video" {
  return line === "audio" ? "audio" : "video";
}

/** The encoding of a line: size, rate and what goes first on a thin uplink. */
export function encodingOf(line: Line, track: MediaStreamTrack | null): RTCRtpEncodingParameters {
  const priority = PRIORITIES[line];
  if (line === "audio") return { priority, networkPriority: priority, maxBitrate: 40_000 };
  const goal = line === "camera" ? CAMERA_HEIGHT : DOCUMENT_HEIGHT;
  return {
    priority,
    networkPriority: priority,
    maxBitrate: line === "camera" ? 800_000 : 2_500_000,
    maxFramerate: line === "camera" ? 15 : 5,
    scaleResolutionDownBy: Math.max(1, shortSide(track) / goal),
  };
}

function shortSide(track: MediaStreamTrack | null): number {
  const { width = 0, height = 0 } = track?.getSettings() ?? {};
  return Math.min(width, height);
}

export function hint(line: Line, track: MediaStreamTrack | null): void {
  if (track !== null && "contentHint" in track) track.contentHint = HINTS[line];
}
