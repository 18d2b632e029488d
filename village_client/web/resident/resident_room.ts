import { ref } from "vue";
import type { Ref } from "vue";

import type { FormView, ListenerView, NoticeView, RoomAddress } from "@shared/generated/wire";
import type { Locale } from "@shared/i18n";
import { roomSocket } from "@shared/sockets";
import type { RoomSocket } from "@shared/sockets";

const ADDRESS_WAIT_MS = 10_000;

/**
 * The resident's own way into the room: what the agent shows arrives here directly, and at the end
 * the right to rate, which the helper's page never sees.
 */
export class ResidentRoom {
  readonly ratingToken: Ref<string | null> = ref(null);
  /** The right to one could-not report; like the rating it never reaches the helper's page. */
  readonly reportToken: Ref<string | null> = ref(null);
  readonly prompt: Ref<string> = ref("");
  /** What the agent fills, or asks to confirm; of several cases the one that changed last. */
  readonly form: Ref<FormView | null> = ref(null);
  readonly notice: Ref<NoticeView | null> = ref(null);
  /** Supervisors in the call; told by the room itself, past the helper's page. */
  readonly listeners: Ref<ListenerView[]> = ref([]);
  private socket: RoomSocket | null = null;
  private pending: ((address: RoomAddress) => void) | null = null;
  private unused: RoomAddress | null = null;
  private lastToken = "";

  constructor(
    private readonly askForAddress: () => void,
    private readonly language: () => Locale,
  ) {}

  /** The window page handed over an address; each lets in once. */
  offer(address: RoomAddress): void {
    if (address.token === this.lastToken) return;
    this.lastToken = address.token;
    if (this.pending !== null) {
      this.pending(address);
      return;
    }
    this.unused = address;
    if (this.socket === null || this.socket.state === "closed") this.open();
  }

  close(): void {
    this.socket?.stop();
    this.socket = null;
    this.unused = null;
  }

  private open(): void {
    this.ratingToken.value = null;
    this.prompt.value = "";
    this.form.value = null;
    this.notice.value = null;
    this.listeners.value = [];
    const socket = roomSocket(() => this.nextAddress(), this.language);
    this.socket = socket;
    socket.on({
      welcome: ({ listeners }) => {
        this.listeners.value = listeners;
      },
      "listeners.changed": ({ listeners }) => {
        this.listeners.value = listeners;
      },
      "prompt.shown": ({ text }) => {
        this.prompt.value = text;
      },
      "report.allowed": ({ token }) => {
        this.reportToken.value = token;
      },
      "form.changed": ({ form }) => {
        this.form.value = form.state === "withdrawn" ? null : form;
      },
      "materials.changed": ({ materials }) => {
        this.notice.value = materials.notice;
      },
      "call.ended": ({ rating_token }) => {
        this.ratingToken.value = rating_token;
      },
    });
    socket.start();
  }

  private nextAddress(): Promise<RoomAddress> {
    const { unused } = this;
    this.unused = null;
    if (unused !== null) return Promise.resolve(unused);
    this.askForAddress();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("no address")), ADDRESS_WAIT_MS);
      this.pending = (address) => {
        clearTimeout(timer);
        this.pending = null;
        resolve(address);
      };
    });
  }
}
