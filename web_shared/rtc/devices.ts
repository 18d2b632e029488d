import { supportProblem } from "./support";
import type { SupportProblem } from "./support";

export type DeviceRole = "camera" | "document" | "microphone" | "speaker";
/** In plain words on the page: what is wrong, and what to do next (`device.problem.*`). */
export type DeviceProblem = SupportProblem | "missing" | "refused" | "in_use" | "unknown";

export interface Device {
  deviceId: string;
  groupId: string;
  label: string;
}

export interface DeviceLists {
  cameras: Device[];
  microphones: Device[];
  speakers: Device[];
}

export class DeviceError extends Error {
  constructor(readonly problem: DeviceProblem) {
    super(problem);
    this.name = "DeviceError";
  }
}

const PROBLEMS: Record<string, DeviceProblem> = {
  NotFoundError: "missing",
  DevicesNotFoundError: "missing",
  // The remembered device is gone; its message is empty.
  OverconstrainedError: "missing",
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotReadableError: "in_use",
  TrackStartError: "in_use",
  AbortError: "in_use",
};

export function problemOf(error: unknown): DeviceProblem {
  if (error instanceof DeviceError) return error.problem;
  return PROBLEMS[(error as { name?: string } | null)?.name ?? ""] ?? "unknown";
}

/** Names appear once the page may use one of them; before that every label is empty. */
export async function listDevices(): Promise<DeviceLists> {
  mustBeSupported();
  const all = (await navigator.mediaDevices.enumerateDevices()).filter((one) => one.deviceId);
  const of = (kind: MediaDeviceKind) => all.filter((one) => one.kind === kind).map(plain);
  return { cameras: of("videoinput"), microphones: of("audioinput"), speakers: of("audiooutput") };
}

function plain({ deviceId, groupId, label }: MediaDeviceInfo): Device {
  return { deviceId, groupId, label };
}

/** Asks for cameras and microphone once, so that names are told; keeps nothing open. */
export async function askPermission(): Promise<void> {
  mustBeSupported();
  const problems: DeviceProblem[] = [];
  for (const wish of [{ audio: true }, { video: true }]) {
    try {
      const stream = await navigator.mediaDevices.getUserMedia(wish);
      // A camera stays locked to the size of whoever opened it first: let go at once.
      for (const track of stream.getTracks()) track.stop();
    } catch (error) {
      problems.push(problemOf(error));
    }
  }
  const refused = problems.find((problem) => problem !== "missing");
  if (refused !== undefined) throw new DeviceError(refused);
}

export function openMicrophone(device: Device | null): Promise<MediaStreamTrack> {
  const chosen = device ? { deviceId: { exact: device.deviceId } } : {};
  const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  return open({ audio: { ...chosen, ...wanted } });
}

export function openCamera(device: Device): Promise<MediaStreamTrack> {
  return openVideo(device, 1280, 720, 15);
}

/** At its best: what is sent is scaled down, a page is taken from the full picture. */
export function openDocumentCamera(device: Device): Promise<MediaStreamTrack> {
  return openVideo(device, 3840, 2160, 10);
}

function openVideo(device: Device, width: number, height: number, frames: number) {
  return open({
    video: {
      deviceId: { exact: device.deviceId },
      width: { ideal: width },
      height: { ideal: height },
      frameRate: { ideal: frames },
    },
  });
}

async function open(wish: MediaStreamConstraints): Promise<MediaStreamTrack> {
  mustBeSupported();
  try {
    const stream = await navigator.mediaDevices.getUserMedia(wish);
    const [track] = stream.getTracks();
    if (track === undefined) throw new DeviceError("missing");
    return track;
  } catch (error) {
    throw new DeviceError(problemOf(error));
  }
}

function mustBeSupported(): void {
  const problem = supportProblem();
  if (problem !== null) throw new DeviceError(problem);
}

const REMEMBERED = "shipinban.device.";

/** Ids change when permissions are cleared, so name and group are kept beside them. */
export function rememberDevice(role: DeviceRole, device: Device): void {
  localStorage.setItem(REMEMBERED + role, JSON.stringify(device));
}

/** The device chosen last for this role: by id, else by name and group, else by name. */
export function recallDevice(role: DeviceRole, devices: readonly Device[]): Device | null {
  const kept = JSON.parse(localStorage.getItem(REMEMBERED + role) ?? "null") as Device | null;
  if (kept === null) return null;
  const { deviceId, groupId, label } = kept;
  return (
    devices.find((device) => device.deviceId === deviceId) ??
    devices.find((device) => device.label === label && device.groupId === groupId) ??
    devices.find((device) => device.label === label) ??
    null
  );
}
