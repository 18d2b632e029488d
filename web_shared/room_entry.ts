import { ApiError } from "./api";
import type { RoomAddress } from "./generated/wire";
import { CommandError, NoMoreSocket } from "./socket";
import type { DutySocket } from "./sockets";

const GONE = new Set(["ticket.not_found", "ticket.over", "room.not_found", "not_found"]);

/**
 * Where the room of a ticket is, asked anew for each try: a token lets in once. An address that was
 * given along (with an assignment, or an accepted offer) is used first, without asking.
 */
export class RoomEntry {
  /** The path used last. */
  path = "";
  private given: RoomAddress | null = null;

  constructor(
    private readonly duty: DutySocket,
    private readonly ticketId: string,
  ) {}

  give(address: RoomAddress): void {
    this.given = address;
  }

  /** @throws {NoMoreSocket} when there is no such room any more. */
  async next(): Promise<RoomAddress> {
    const address = this.given ?? (await this.ask());
    this.given = null;
    this.path = address.path;
    return address;
  }

  private async ask(): Promise<RoomAddress> {
    try {
      const wish = { type: "room.enter", ticket_id: this.ticketId } as const;
      return (await this.duty.request<"room.enter">(wish)).room;
    } catch (error) {
      const code = error instanceof CommandError || error instanceof ApiError ? error.code : "";
      if (GONE.has(code)) throw new NoMoreSocket(4410);
      throw error;
    }
  }
}
