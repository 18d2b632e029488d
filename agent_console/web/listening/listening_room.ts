import { computed, reactive, ref, watch } from "vue";
import type { ComputedRef, Ref } from "vue";

import type { ListeningMode, ListeningOpened } from "@shared/generated/wire";
import type { Locale } from "@shared/i18n";
import { followRoom, noRoomFacts } from "@shared/room_facts";
import type { RoomFacts } from "@shared/room_facts";
import { NO_TRACKS } from "@shared/rtc/lines";
import type { LocalMedia } from "@shared/rtc/local_media";
import { RoomMedia } from "@shared/rtc/room_media";
import type { SeenParticipant } from "@shared/rtc/room_media";
import { NoMoreSocket } from "@shared/socket";
import { roomSocket } from "@shared/sockets";
import type { RoomSocket } from "@shared/sockets";

/**
 * A supervisor's side of a running call. It lasts as long as its socket: who loses that has left,
 * and opens the call again with a reason.
 */
export class ListeningRoom {
  readonly facts: RoomFacts = reactive(noRoomFacts());
  /** What the room has confirmed. */
  readonly mode: ComputedRef<ListeningMode>;
  readonly window: ComputedRef<SeenParticipant | null>;
  readonly agent: ComputedRef<SeenParticipant | null>;
  readonly over: Ref<boolean> = ref(false);
  private readonly socket: RoomSocket;
  private readonly media: RoomMedia;
  private readonly stopWatching: () => void;
  private used = false;

  constructor(
    private readonly opened: ListeningOpened,
    private readonly local: LocalMedia,
    language: () => Locale,
  ) {
    this.socket = roomSocket(() => this.address(), language);
    this.media = new RoomMedia(
      this.socket,
      (state) => {
        this.facts.media = state;
      },
      undefined,
      false,
    );
    followRoom(this.socket, this.facts, "window");
    this.socket.onState((state) => {
      if (state === "closed") this.finish();
    });
    this.mode = computed(() => this.me()?.mode ?? "listen");
    this.window = computed(() => this.seen("window"));
    this.agent = computed(() => this.seen("agent"));
    this.stopWatching = watch(
      () => local.tracks.value.audio,
      (audio) => this.media.setTracks({ ...NO_TRACKS, audio }),
    );
  }

  start(): void {
    this.socket.start();
  }

  /** Silent first, then the room's word, then the voice: nobody hears what is not for them. */
  async change(mode: ListeningMode): Promise<void> {
    this.media.setSpeaking(false);
    const before = this.mode.value;
    let now = before;
    try {
      if (mode !== "listen") await this.local.look();
      await this.socket.request<"listening.set">({ type: "listening.set", mode });
      now = mode;
    } finally {
      if (now === "listen") this.local.close();
      else if (!this.over.value) this.media.setSpeaking(true);
    }
  }

  close(): void {
    this.stopWatching();
    this.media.close();
    this.socket.stop();
    this.local.close();
  }

  private finish(): void {
    if (this.over.value) return;
    this.over.value = true;
    this.close();
  }

  /** A token lets in once; there is no second way in. */
  private address(): Promise<ListeningOpened["room"]> {
    if (this.used) return Promise.reject(new NoMoreSocket(4410));
    this.used = true;
    return Promise.resolve(this.opened.room);
  }

  private me() {
    const { listener_id } = this.opened;
    return this.facts.listeners.find(({ participant_id }) => participant_id === listener_id);
  }

  private seen(wanted: "window" | "agent"): SeenParticipant | null {
    const who = this.facts.participants.find(({ kind }) => kind === wanted);
    const { seen } = this.facts.media;
    return seen.find(({ participantId }) => participantId === who?.id) ?? null;
  }
}
