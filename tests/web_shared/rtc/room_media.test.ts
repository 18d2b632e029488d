import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { AnyRoomEvent } from "@shared/generated/wire";
import { RoomMedia } from "@shared/rtc/room_media";
import type { RoomSocket } from "@shared/sockets";
import { CommandError } from "@shared/socket";
import type { Reactions } from "@shared/socket";

/** Stands in for the browser's connection: packets come while `alive`. */
class FakeConnection {
  static readonly made: FakeConnection[] = [];
  static alive = true;
  signalingState = "stable";
  connectionState = "connected";
  iceConnectionState = "connected";
  localDescription = { sdp: "offer" };
  remoteDescription = { sdp: "" };
  readonly parameters = [1, 2, 3].map(() => ({ encodings: [{ active: true }] }));
  readonly restarts: boolean[] = [];
  private packets = 0;
  private lines = 0;

  constructor() {
    FakeConnection.made.push(this);
  }

  addTransceiver() {
    const parameters = this.parameters[this.lines++];
    const track = { getSettings: () => ({}) };
    const sender = { track, getParameters: () => parameters, setParameters: () => undefined };
    return { sender };
  }

  createOffer({ iceRestart = false }: RTCOfferOptions) {
    this.restarts.push(iceRestart);
    return {};
  }

  setLocalDescription() {}
  setRemoteDescription() {}

  getStats() {
    if (FakeConnection.alive) this.packets += 10;
    return new Map([["t", { type: "transport", packetsReceived: this.packets }]]);
  }

  close() {
    this.signalingState = "closed";
  }
}

let reactions: Reactions<AnyRoomEvent>;
let offers: { connection_id: string | null }[];
let refuseRestart: boolean;
let media: RoomMedia;
let silent: boolean;

const socket = {
  state: "open",
  on: (given: Reactions<AnyRoomEvent>) => {
    reactions = given;
    return () => undefined;
  },
  request: (command: { type: string; connection_id: string | null }) => {
    if (command.type !== "up.offer") return Promise.resolve({});
    offers.push(command);
    if (command.connection_id !== null && refuseRestart) {
      return Promise.reject(new CommandError("connection.unknown", ""));
    }
    return Promise.resolve({ connection_id: `c${offers.length}`, sdp: "" });
  },
};

function welcome(held_by: "agent" | null = null): void {
  const event = { ice_servers: [], held_by, voice_and_pages: false };
  reactions.welcome?.(event as unknown as Extract<AnyRoomEvent, { type: "welcome" }>);
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("RTCPeerConnection", FakeConnection);
  vi.spyOn(console, "warn").mockReturnValue();
  FakeConnection.made.length = 0;
  FakeConnection.alive = true;
  offers = [];
  refuseRestart = false;
  silent = false;
  media = new RoomMedia(
    socket as unknown as RoomSocket,
    (state) => {
      silent = state.silent;
    },
    () => Date.now(),
  );
});

afterEach(() => {
  media.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a link that falls silent is told within 1.5 s, restarted at 3 s, renewed at 8 s", async () => {
  welcome();
  await vi.advanceTimersByTimeAsync(2_000);
  FakeConnection.alive = false;
  await vi.advanceTimersByTimeAsync(1_500);
  expect(silent).toBe(true);
  expect(FakeConnection.made[0]?.restarts).toEqual([false]);
  await vi.advanceTimersByTimeAsync(1_750);
  expect(FakeConnection.made[0]?.restarts).toEqual([false, true]);
  expect(FakeConnection.made).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(FakeConnection.made).toHaveLength(2);
  expect(offers.map(({ connection_id }) => connection_id)).toEqual([null, "c1", null]);
  FakeConnection.alive = true;
  await vi.advanceTimersByTimeAsync(500);
  expect(silent).toBe(false);
});

test("a server that does not know the connection gets a new one at once", async () => {
  refuseRestart = true;
  welcome();
  await vi.advanceTimersByTimeAsync(2_000);
  FakeConnection.alive = false;
  await vi.advanceTimersByTimeAsync(3_500);
  expect(FakeConnection.made).toHaveLength(2);
});

test("a socket that comes back keeps the connection that lives", async () => {
  welcome();
  await vi.advanceTimersByTimeAsync(2_000);
  welcome();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(FakeConnection.made).toHaveLength(1);
});

test("hold stops every line, and its silence is no fault", async () => {
  welcome("agent");
  await vi.advanceTimersByTimeAsync(1_000);
  FakeConnection.alive = false;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(silent).toBe(false);
  const [connection] = FakeConnection.made;
  expect(connection?.parameters.map(({ encodings }) => encodings[0]?.active)).toEqual([
    false,
    false,
    false,
  ]);
});
