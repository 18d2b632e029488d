import { reactive, watch } from "vue";

import { ApiError } from "@shared/api";
import type { Api } from "@shared/api";
import type { RoomAddress, RoomWelcome } from "@shared/generated/wire";
import type { Locale } from "@shared/i18n";
import { followRoom, noRoomFacts } from "@shared/room_facts";
import type { RoomFacts as SharedFacts } from "@shared/room_facts";
import { RoomMedia } from "@shared/rtc/room_media";
import { CommandError, NoMoreSocket } from "@shared/socket";
import { InkSender } from "@shared/signature/ink_sender";
import type { DrawnInk } from "@shared/signature/ink_sender";
import { roomSocket } from "@shared/sockets";
import type { DutySocket, RoomSocket } from "@shared/sockets";
import type { LocalMedia } from "@shared/rtc/local_media";
import { PageTaker } from "./page_taker";

export interface RoomFacts extends SharedFacts {
  /** For the resident's own screen; each lets one socket in, once. */
  residentAddress: RoomAddress | null;
}

/** Linked from the start: the first way in is no interruption. */
function noFacts(): RoomFacts {
  return { ...noRoomFacts(), linked: true, residentAddress: null };
}

const GONE = new Set(["ticket.not_found", "ticket.over"]);

/** The window's side of one room, from the first ring to the end of the call. */
export class WindowRoom {
  readonly facts: RoomFacts = reactive(noFacts());
  readonly pages: PageTaker;
  readonly ink: InkSender;
  private readonly socket: RoomSocket;
  private readonly media: RoomMedia;
  private readonly stopWatching: () => void;
  private address: RoomAddress | null = null;
  private lastPath = "";

  constructor(
    readonly ticketId: string,
    private readonly duty: DutySocket,
    api: Api,
    local: LocalMedia,
    language: () => Locale,
  ) {
    this.socket = roomSocket(
      () => this.nextAddress(),
      language,
      () => this.media.downIds,
    );
    this.media = new RoomMedia(this.socket, (state) => {
      this.facts.media = state;
    });
    this.pages = new PageTaker(api, this.socket, this.media, () => local.tracks.value.document);
    this.ink = new InkSender((drawn) => this.passOn(drawn));
    const tracks = () => local.tracks.value;
    this.stopWatching = watch(tracks, (now) => this.media.setTracks(now), { immediate: true });
    this.listen();
  }

  start(): void {
    this.socket.start();
  }

  /** A fresh address from the server, used at the next try. */
  enter(address: RoomAddress): void {
    this.address = address;
  }

  close(): void {
    this.stopWatching();
    this.pages.close();
    this.ink.close();
    this.media.close();
    this.socket.stop();
  }

  hold(on: boolean): Promise<unknown> {
    return this.socket.request<"hold.set">({ type: "hold.set", on });
  }

  setVoiceAndPages(on: boolean): Promise<unknown> {
    return this.socket.request<"voice_and_pages.set">({ type: "voice_and_pages.set", on });
  }

  withdrawConsent(): Promise<unknown> {
    return this.socket.request<"consent.withdraw">({ type: "consent.withdraw" });
  }

  /** What is drawn here, or on the resident's screen, for the agent to see. */
  passOn(drawn: DrawnInk): Promise<unknown> {
    return this.socket.request<"signature.draw">({ type: "signature.draw", ...drawn });
  }

  end(): Promise<unknown> {
    return this.socket.request<"call.end">({ type: "call.end" });
  }

  private async nextAddress(): Promise<RoomAddress> {
    const given = this.address;
    this.address = null;
    const address = given ?? (await this.askForAddress());
    this.lastPath = address.path;
    return address;
  }

  private async askForAddress(): Promise<RoomAddress> {
    try {
      const wish = { type: "room.enter", ticket_id: this.ticketId } as const;
      return (await this.duty.request<"room.enter">(wish)).room;
    } catch (error) {
      const code = error instanceof CommandError || error instanceof ApiError ? error.code : "";
      if (GONE.has(code)) throw new NoMoreSocket(4410);
      throw error;
    }
  }

  private listen(): void {
    followRoom(this.socket, this.facts, "agent");
    this.socket.on({
      welcome: ({ resident_token }) => this.offerResidentScreen(resident_token),
      "page.requested": ({ request, case_id, material_id }) =>
        void this.pages.take({ request, caseId: case_id, materialId: material_id }),
    });
  }

  private offerResidentScreen(token: RoomWelcome["resident_token"]): void {
    if (token === null) return;
    const node = this.lastPath.split("/")[2] ?? "";
    this.facts.residentAddress = { path: this.lastPath, token, node_id: node };
  }
}
