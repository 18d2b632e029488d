import { DeviceError } from "./devices";

/** A picture of a page, ready to be sent. */
export interface Still {
  blob: Blob;
  width: number;
  height: number;
  /** Of the bytes, in lower-case hex. */
  sha256: string;
}

const ORIGINAL_QUALITY = 0.92;
const LARGEST_ORIGINAL_BYTES = 8 * 1024 * 1024;
/** A readable version: letters of an A4 page can be read at 1,600 px, 300 KB pass a thin uplink. */
export const READABLE_LONG_SIDE = 1600;
export const READABLE_BYTES = 300_000;
const READABLE_QUALITIES = [0.8, 0.65, 0.5, 0.4, 0.3, 0.2];
/** A plain PC that is busy takes its time to open a camera at full size. */
const FRAME_DEADLINE_MS = 8_000;

/** One full frame of a track, at the size at which the camera was opened. */
export async function grabFrame(track: MediaStreamTrack): Promise<HTMLCanvasElement> {
  if (track.readyState !== "live") throw new DeviceError("missing");
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  try {
    await video.play();
    await frameOf(video);
    return drawn(video, video.videoWidth, video.videoHeight);
  } finally {
    video.srcObject = null;
  }
}

/** The picture as the camera gave it. */
export async function originalStill(frame: HTMLCanvasElement): Promise<Still> {
  const blob = await jpeg(frame, ORIGINAL_QUALITY);
  if (blob.size <= LARGEST_ORIGINAL_BYTES) return still(frame, blob);
  return still(frame, await jpeg(frame, 0.8));
}

/** Smaller, for a thin uplink; sent first and marked as such, the original follows. */
export async function readableStill(frame: HTMLCanvasElement): Promise<Still> {
  const scale = Math.min(1, READABLE_LONG_SIDE / Math.max(frame.width, frame.height));
  const small = drawn(frame, Math.round(frame.width * scale), Math.round(frame.height * scale));
  let blob = await jpeg(small, READABLE_QUALITIES[0]);
  for (const quality of READABLE_QUALITIES.slice(1)) {
    if (blob.size <= READABLE_BYTES) break;
    blob = await jpeg(small, quality);
  }
  return still(small, blob);
}

export async function sha256Hex(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function still(frame: HTMLCanvasElement, blob: Blob): Promise<Still> {
  const sha256 = await sha256Hex(await blob.arrayBuffer());
  return { blob, width: frame.width, height: frame.height, sha256 };
}

function drawn(source: CanvasImageSource, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) throw new DeviceError("unknown");
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, width, height);
  return canvas;
}

function jpeg(canvas: HTMLCanvasElement, quality: number | undefined): Promise<Blob> {
  return new Promise((resolve, reject) => {
    const done = (blob: Blob | null) =>
      blob === null ? reject(new DeviceError("unknown")) : resolve(blob);
    canvas.toBlob(done, "image/jpeg", quality);
  });
}

function frameOf(video: HTMLVideoElement): Promise<void> {
  if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DeviceError("in_use")), FRAME_DEADLINE_MS);
    video.onloadeddata = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
