import { reactive, watch } from "vue";

import { ApiError } from "@shared/api";
import type { Api } from "@shared/api";
import type {
  CallView,
  CaseView,
  ParticipantKind,
  ParticipantView,
  RoomAddress,
  RoomWelcome,
} from "@shared/generated/wire";
import type { Locale } from "@shared/i18n";
import { NO_MEDIA, RoomMedia } from "@shared/rtc/room_media";
import type { MediaState } from "@shared/rtc/room_media";
import { CommandError, NoMoreSocket } from "@shared/socket";
import { roomSocket } from "@shared/sockets";
import type { DutySocket, RoomSocket } from "@shared/sockets";
import type { LocalMedia } from "@shared/rtc/local_media";
import { PageTaker } from "./page_taker";

/** How the other side's link is, and until when a lost one is waited for. */
export interface PeerLink {
  state: "connected" | "silent" | "lost";
  untilMs: number | null;
}

export interface RoomFacts {
  /** Not broken off; the first way in is no interruption. */
  linked: boolean;
  call: CallView | null;
  cases: CaseView[];
  participants: ParticipantView[];
  heldBy: ParticipantKind | null;
  voiceAndPages: boolean;
  prompt: string;
  recording: "recording" | "stopped" | "failed" | null;
  peer: PeerLink;
  /** For the resident's own screen; each lets one socket in, once. */
  residentAddress: RoomAddress | null;
  media: MediaState;
}

function noFacts(): RoomFacts {
  return {
    linked: true,
    call: null,
    cases: [],
    participants: [],
    heldBy: null,
    voiceAndPages: false,
    prompt: "",
    recording: null,
    peer: { state: "connected", untilMs: null },
    residentAddress: null,
    media: NO_MEDIA,
  };
}

const GONE = new Set(["ticket.not_found", "ticket.over"]);

/** The window's side of one room, from the first ring to the end of the call. */
export class WindowRoom {
  readonly facts: RoomFacts = reactive(noFacts());
  readonly pages: PageTaker;
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
    const { facts } = this;
    this.socket.onState((state) => {
      facts.linked = state === "open";
    });
    this.socket.on({
      welcome: (event) => this.welcome(event),
      "call.started": ({ call, cases }) => Object.assign(facts, { call, cases }),
      "hold.changed": ({ on, by }) => {
        facts.heldBy = on ? by : null;
      },
      "voice_and_pages.changed": ({ on }) => {
        facts.voiceAndPages = on;
      },
      "prompt.shown": ({ text }) => {
        facts.prompt = text;
      },
      "recording.changed": ({ state }) => {
        facts.recording = state;
      },
      "participant.joined": ({ participant }) => this.seen(participant),
      "participant.left": ({ participant_id }) => {
        facts.participants = facts.participants.filter(({ id }) => id !== participant_id);
      },
      "participant.connection": ({ participant_id, state, until_ms }) => {
        const who = facts.participants.find(({ id }) => id === participant_id);
        if (who?.kind === "agent") facts.peer = { state, untilMs: until_ms };
      },
      "checklist.marked": ({ case_id, material_id, checked }) => {
        const of = facts.cases.find(({ id }) => id === case_id);
        const line = of?.item.materials.find(({ id }) => id === material_id);
        if (line !== undefined) line.checked = checked;
      },
      "page.requested": ({ request, case_id, material_id }) =>
        void this.pages.take({ request, caseId: case_id, materialId: material_id }),
    });
  }

  private welcome(event: RoomWelcome): void {
    Object.assign(this.facts, {
      call: event.call,
      cases: event.cases,
      participants: event.participants,
      heldBy: event.held_by,
      voiceAndPages: event.voice_and_pages,
    });
    if (event.call?.recorded) this.facts.recording ??= "recording";
    if (event.resident_token !== null) {
      const node = this.lastPath.split("/")[2] ?? "";
      this.facts.residentAddress = {
        path: this.lastPath,
        token: event.resident_token,
        node_id: node,
      };
    }
  }

  private seen(participant: ParticipantView): void {
    const others = this.facts.participants.filter(({ id }) => id !== participant.id);
    this.facts.participants = [...others, participant];
    if (participant.kind === "agent") this.facts.peer = { state: "connected", untilMs: null };
  }
}
