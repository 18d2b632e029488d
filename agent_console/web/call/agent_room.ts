import { computed, reactive, ref, watch } from "vue";
import type { ComputedRef, Ref } from "vue";

import type { FormDesk, RoomAddress } from "@shared/generated/wire";
import type { Locale } from "@shared/i18n";
import { RoomEntry } from "@shared/room_entry";
import { followRoom, noRoomFacts } from "@shared/room_facts";
import type { RoomFacts } from "@shared/room_facts";
import type { LocalMedia } from "@shared/rtc/local_media";
import { RoomMedia } from "@shared/rtc/room_media";
import type { SeenParticipant } from "@shared/rtc/room_media";
import { roomSocket } from "@shared/sockets";
import type { DutySocket, RoomSocket } from "@shared/sockets";
import { PageRequests } from "../pages/page_requests";

/** The agent's side of one room: the call session, from the accept to the end of the call. */
export class AgentRoom {
  readonly facts: RoomFacts = reactive(noRoomFacts());
  readonly pages: PageRequests;
  readonly muted: Ref<boolean> = ref(false);
  readonly cameraOff: Ref<boolean> = ref(false);
  /** The window as it is seen here. */
  readonly window: ComputedRef<SeenParticipant | null>;
  private readonly socket: RoomSocket;
  private readonly media: RoomMedia;
  private readonly entry: RoomEntry;
  private readonly stops: (() => void)[] = [];
  private closed = false;

  constructor(
    readonly ticketId: string,
    duty: DutySocket,
    private readonly local: LocalMedia,
    language: () => Locale,
  ) {
    this.entry = new RoomEntry(duty, ticketId);
    this.socket = roomSocket(
      () => this.entry.next(),
      language,
      () => this.media.downIds,
    );
    this.media = new RoomMedia(this.socket, (state) => {
      this.facts.media = state;
    });
    followRoom(this.socket, this.facts, "window");
    this.pages = new PageRequests(this.socket);
    this.window = computed(() => this.seenWindow());
    this.stops.push(
      watch(
        () => local.tracks.value,
        (tracks) => {
          this.applySwitches();
          this.media.setTracks(tracks);
        },
        { immediate: true },
      ),
      watch([this.muted, this.cameraOff], () => this.applySwitches()),
    );
  }

  start(): void {
    this.socket.start();
  }

  /** An address that came with the accepted offer: no need to ask for one. */
  enter(address: RoomAddress): void {
    this.entry.give(address);
  }

  close(): void {
    this.closed = true;
    for (const stop of this.stops) stop();
    this.media.close();
    this.socket.stop();
  }

  hold(on: boolean): Promise<unknown> {
    return this.socket.request<"hold.set">({ type: "hold.set", on });
  }

  setVoiceAndPages(on: boolean): Promise<unknown> {
    return this.socket.request<"voice_and_pages.set">({ type: "voice_and_pages.set", on });
  }

  mark(caseId: string, materialId: string, checked: boolean): Promise<unknown> {
    return this.socket.request<"checklist.mark">({
      type: "checklist.mark",
      case_id: caseId,
      material_id: materialId,
      checked,
    });
  }

  /** What the agent has filled in so far, for the resident to follow. */
  fillForm(caseId: string, answers: FormDesk["answers"], language: Locale): Promise<unknown> {
    return this.socket.request<"form.fill">({
      type: "form.fill",
      case_id: caseId,
      answers,
      language,
    });
  }

  showForm(caseId: string, version: number): Promise<unknown> {
    return this.socket.request<"form.show">({ type: "form.show", case_id: caseId, version });
  }

  withdrawForm(caseId: string, version: number): Promise<unknown> {
    const type = "form.withdraw" as const;
    return this.socket.request<"form.withdraw">({ type, case_id: caseId, version });
  }

  async prompt(text: string): Promise<void> {
    await this.socket.request<"prompt.show">({ type: "prompt.show", text });
    this.facts.prompt = text;
  }

  async saveNotes(text: string): Promise<void> {
    await this.socket.request<"notes.save">({ type: "notes.save", text });
    this.facts.notes = text;
  }

  switchMicrophone(): void {
    this.muted.value = !this.muted.value;
  }

  switchCamera(): void {
    this.cameraOff.value = !this.cameraOff.value;
  }

  /** The end may overtake its own answer: the room closes with it, by either socket. */
  async end(): Promise<void> {
    try {
      await this.socket.request<"call.end">({ type: "call.end" });
    } catch (error) {
      if (this.facts.ended === null && !this.closed) throw error;
    }
  }

  private seenWindow(): SeenParticipant | null {
    const who = this.facts.participants.find(({ kind }) => kind === "window");
    const { seen } = this.facts.media;
    return seen.find(({ participantId }) => participantId === who?.id) ?? null;
  }

  /** A switched-off line still runs, silent and black: nothing freezes at the other end. */
  private applySwitches(): void {
    const { audio, camera } = this.local.tracks.value;
    if (audio !== null) audio.enabled = !this.muted.value;
    if (camera !== null) camera.enabled = !this.cameraOff.value;
  }
}
