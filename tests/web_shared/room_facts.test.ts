import { describe, expect, it } from "vitest";

import type { RoomWelcome } from "@shared/generated/wire";
import { followRoom, noRoomFacts } from "@shared/room_facts";
import type { RoomSocket } from "@shared/sockets";

type Heard = (event: unknown) => void;

/** Facts, and what makes the room tell its member something. */
function following(): { facts: ReturnType<typeof noRoomFacts>; tell: (event: object) => void } {
  const heard: Record<string, Heard> = {};
  const socket = {
    onState: () => undefined,
    on: (handlers: Record<string, Heard>) => Object.assign(heard, handlers),
  } as unknown as RoomSocket;
  const facts = noRoomFacts();
  followRoom(socket, facts, "agent");
  const tell = (event: object): void => {
    const { type } = event as { type: string };
    heard[type]?.(event);
  };
  return { facts, tell };
}

function welcome(recording: RoomWelcome["recording"]): object {
  const call = { recorded: true };
  const rest = { cases: [], participants: [], held_by: null, voice_and_pages: false };
  return { type: "welcome", call, recording, prompt: "", notes: "", ...rest };
}

describe("what a page knows of its room", () => {
  it.each(["recording", "stopped", "failed", null] as const)(
    "takes the recording's state as the room tells it: %s",
    (state) => {
      const { facts, tell } = following();
      tell(welcome(state));
      expect(facts.recording).toBe(state);
    },
  );

  it("follows the link of the one it waits for only", () => {
    const { facts, tell } = following();
    const agent = { id: "a", kind: "agent" };
    tell({ type: "participant.joined", participant: agent });
    tell({ type: "participant.joined", participant: { id: "b", kind: "supervisor" } });
    const lost = { type: "participant.connection", state: "lost", until_ms: 5 };
    tell({ ...lost, participant_id: "b" });
    expect(facts.peer.state).toBe("connected");
    tell({ ...lost, participant_id: "a" });
    expect(facts.peer).toEqual({ state: "lost", untilMs: 5 });
    tell({ type: "participant.joined", participant: agent });
    expect(facts.peer.state).toBe("connected");
    expect(facts.participants.map(({ id }) => id)).toEqual(["b", "a"]);
  });
});
