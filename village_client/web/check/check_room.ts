import type { Api } from "@shared/api";
import type { DeviceStep, RoomAddress } from "@shared/generated/wire";
import type { Locale } from "@shared/i18n";
import type { LocalTracks } from "@shared/rtc/lines";
import { NO_MEDIA, RoomMedia } from "@shared/rtc/room_media";
import type { MediaState } from "@shared/rtc/room_media";
import { roomSocket } from "@shared/sockets";

/** The steps of the network's check, in the order in which they are passed. */
export const NETWORK_STEPS = ["server", "ice", "dtls", "echo", "uplink"] as const;
export type NetworkStep = (typeof NETWORK_STEPS)[number];

export interface NetworkCheck {
  steps: DeviceStep[];
  uplinkBps: number | null;
}

const CONNECT_DEADLINE_MS = 12_000;
const MEASURE_MS = 3_000;
const LOOK_MS = 100;

/**
 * A real connection to a check room that sends our media back: the same way a call takes, for
 * three seconds. `tell` follows along; nothing is thrown, a failure is a failed step.
 */
export async function checkNetwork(
  api: Api,
  tracks: LocalTracks,
  language: () => Locale,
  tell: (step: DeviceStep) => void,
): Promise<NetworkCheck> {
  let media: MediaState = NO_MEDIA;
  const steps: DeviceStep[] = [];
  const passed = (name: NetworkStep, detail = "") => report(name, "passed", detail);
  const report = (name: NetworkStep, result: string, detail: string) => {
    steps.push({ name, result, detail });
    tell({ name, result, detail });
  };
  const socket = roomSocket(() => api.post<RoomAddress>("/api/window/check-room"), language);
  const room = new RoomMedia(socket, (state) => {
    media = state;
  });
  room.setTracks(tracks);
  socket.start();
  try {
    await until(() => socket.state === "open", CONNECT_DEADLINE_MS);
    passed("server");
    await until(() => room.progress.reached, CONNECT_DEADLINE_MS);
    passed("ice");
    await until(() => room.progress.connected, CONNECT_DEADLINE_MS);
    passed("dtls");
    await until(() => echoed(media), CONNECT_DEADLINE_MS);
    passed("echo");
    await pause(MEASURE_MS);
    const uplinkBps = Math.round(media.up?.availableBps ?? 0) || null;
    const words = uplinkBps === null ? "" : `${Math.round(uplinkBps / 1000)} kbit/s`;
    report("uplink", uplinkBps === null ? "skipped" : "passed", words);
    return { steps, uplinkBps };
  } catch {
    const failed = NETWORK_STEPS[steps.length];
    if (failed !== undefined) report(failed, "failed", "");
    for (const name of NETWORK_STEPS.slice(steps.length)) report(name, "skipped", "");
    return { steps, uplinkBps: null };
  } finally {
    room.close();
    socket.stop();
  }
}

function echoed(media: MediaState): boolean {
  return media.seen.some(({ numbers }) => (numbers?.bitrateBps ?? 0) > 0);
}

async function until(reached: () => boolean, deadlineMs: number): Promise<void> {
  const end = Date.now() + deadlineMs;
  while (!reached()) {
    if (Date.now() > end) throw new Error("deadline");
    await pause(LOOK_MS);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
