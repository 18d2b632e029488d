import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { AnyDutyCommand, AnyDutyEvent } from "@shared/generated/wire";
import type { DutyResults } from "@shared/results";
import { CommandError, LiveSocket, NoMoreSocket } from "@shared/socket";
import type { Seen } from "@shared/socket";

/** Stands in for the browser's WebSocket: the test is the server. */
class FakeSocket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: { type: string; request_id: number; resume?: unknown }[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as FakeSocket["sent"][number]);
  }

  close(): void {
    this.closed = true;
  }

  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
}

let made: FakeSocket[];
let live: LiveSocket<AnyDutyCommand, AnyDutyEvent, DutyResults>;
let seenAtOpen: (Seen | null)[];
let refuseWith: number | null;

beforeEach(() => {
  vi.useFakeTimers();
  made = [];
  seenAtOpen = [];
  refuseWith = null;
  live = new LiveSocket<AnyDutyCommand, AnyDutyEvent, DutyResults>({
    open: (seen) => {
      seenAtOpen.push(seen && { ...seen });
      if (refuseWith !== null) return Promise.reject(new NoMoreSocket(refuseWith));
      return Promise.resolve({ path: "/duty", hello: { type: "hello", protocol: 1 } });
    },
    connect: () => {
      made.push(new FakeSocket());
      return made.at(-1) as unknown as WebSocket;
    },
    random: () => 1,
  });
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

async function opened(): Promise<FakeSocket> {
  if (made.length === 0) live.start();
  await vi.advanceTimersByTimeAsync(0);
  const socket = made.at(-1);
  if (socket === undefined) throw new Error("nothing was dialled");
  socket.onopen?.();
  socket.say({ type: "welcome", socket_id: "s", seq: 1 });
  return socket;
}

test("the first message is a numbered hello, and welcome opens", async () => {
  const socket = await opened();
  expect(socket.sent[0]).toMatchObject({ type: "hello", protocol: 1, request_id: 1 });
  expect(live.state).toBe("open");
});

test("a command is answered by the message with its number", async () => {
  const socket = await opened();
  const entered = live.request<"room.enter">({ type: "room.enter", ticket_id: "t" });
  const sent = socket.sent[1];
  socket.say({ type: "done", request_id: 999, result: { room: "not this one" } });
  socket.say({ type: "done", request_id: sent?.request_id, result: { room: "this one" } });
  await expect(entered).resolves.toEqual({ room: "this one" });
});

test("a refusal carries the server's code", async () => {
  const socket = await opened();
  const taken = live.request<"ticket.take">({ type: "ticket.take", case_id: "c" });
  socket.say({ type: "refused", request_id: 2, code: "case.not_draft", text: "…", details: {} });
  await expect(taken).rejects.toMatchObject({ code: "case.not_draft" });
});

test("an unanswered command ends at its deadline", async () => {
  await opened();
  const taken = live.request<"ticket.take">({ type: "ticket.take", case_id: "c" }, 2_000);
  const outcome = expect(taken).rejects.toMatchObject({ code: "network.timeout" });
  await vi.advanceTimersByTimeAsync(2_000);
  await outcome;
});

test("a lost connection fails what waits and comes back with what was seen", async () => {
  const socket = await opened();
  socket.say({ type: "ticket.changed", seq: 7 });
  const taken = live.request<"ticket.take">({ type: "ticket.take", case_id: "c" });
  const outcome = expect(taken).rejects.toBeInstanceOf(CommandError);
  socket.onclose?.({ code: 1006 });
  await outcome;
  expect(live.state).toBe("connecting");
  await vi.advanceTimersByTimeAsync(400);
  expect(made).toHaveLength(2);
  expect(seenAtOpen[1]).toEqual({ socketId: "s", lastSeq: 7 });
});

test("the close table says when not to come back", async () => {
  const socket = await opened();
  socket.onclose?.({ code: 4409 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(live).toMatchObject({ state: "closed", closeCode: 4409 });
  expect(made).toHaveLength(1);
});

test("waits between tries grow, up to eight seconds", async () => {
  live.start();
  const delays: number[] = [];
  for (let round = 0; round < 8; round += 1) {
    await vi.advanceTimersByTimeAsync(0);
    made.at(-1)?.onclose?.({ code: 1006 });
    const before = Date.now();
    await vi.advanceTimersToNextTimerAsync();
    while (made.length === round + 1) await vi.advanceTimersToNextTimerAsync();
    delays.push(Date.now() - before);
  }
  expect(delays.slice(0, 4)).toEqual([400, 800, 1600, 3200]);
  expect(Math.max(...delays)).toBe(8_000);
});

test("a socket on which nothing comes for 25 s is replaced", async () => {
  const socket = await opened();
  await vi.advanceTimersByTimeAsync(20_000);
  socket.say({ type: "heartbeat", seq: 2, server_ms: 0 });
  await vi.advanceTimersByTimeAsync(24_000);
  expect(live.state).toBe("open");
  await vi.advanceTimersByTimeAsync(3_000);
  expect(socket.closed).toBe(true);
  expect(made).toHaveLength(2);
});

test("no more tries when the address says so", async () => {
  const socket = await opened();
  refuseWith = 4401;
  socket.onclose?.({ code: 1006 });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(live).toMatchObject({ state: "closed", closeCode: 4401 });
});

test("coming online cuts the wait short", async () => {
  const socket = await opened();
  socket.onclose?.({ code: 1006 });
  window.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(0);
  expect(made).toHaveLength(2);
});

test("an event of a type that this page does not know is passed over", async () => {
  const socket = await opened();
  const changed = vi.fn();
  live.on({ "ticket.changed": changed });
  socket.say({ type: "moon.rises", seq: 2 });
  socket.say({ type: "ticket.changed", seq: 3, ticket: { id: "t" } });
  expect(changed).toHaveBeenCalledOnce();
});
