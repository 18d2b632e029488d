import { inject, reactive, shallowRef } from "vue";
import type { InjectionKey } from "vue";

import { Api, ApiError } from "@shared/api";
import { ServerClock } from "@shared/clock";
import type {
  CallOver,
  CaseDraft,
  CaseView,
  Config,
  ConsentGiven,
  ItemView,
  Me,
  SignInRequest,
  TicketView,
  WindowState,
} from "@shared/generated/wire";
import type { Locale } from "@shared/i18n";
import { LocalMedia } from "@shared/rtc/local_media";
import { dutySocket } from "@shared/sockets";
import type { DutySocket } from "@shared/sockets";
import { WindowRoom } from "../call/window_room";
import { keepCase, keepChecked, keptCase, recentlyChecked } from "./drafts";
import { noFacts } from "./facts";
import type { WindowFacts } from "./facts";

/** The window page's one owner of sockets, devices and facts. Components read and ask. */
export class WindowApp {
  readonly facts: WindowFacts = reactive(noFacts());
  readonly api: Api;
  readonly clock = new ServerClock();
  readonly media: LocalMedia;
  readonly room = shallowRef<WindowRoom | null>(null);
  private duty: DutySocket | null = null;

  constructor(readonly language: () => Locale) {
    this.api = new Api(language);
    this.media = new LocalMedia(
      ["camera", "document", "microphone"],
      () => this.facts.config?.demo ?? false,
    );
  }

  async start(): Promise<void> {
    this.facts.config = await this.api.get<Config>("/api/config");
    this.facts.checked = recentlyChecked();
    try {
      await this.enter(await this.api.get<Me>("/api/window/me"));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      this.facts.me = null;
    }
  }

  async signIn(request: SignInRequest): Promise<void> {
    await this.enter(await this.api.post<Me>("/api/window/sign-in", request));
  }

  async signOut(): Promise<void> {
    await this.api.post("/api/window/sign-out");
    this.leave();
  }

  pickItem(item: ItemView | null): void {
    this.facts.item = item;
  }

  async saveDraft(draft: CaseDraft): Promise<void> {
    this.keep(await this.api.post<CaseView>("/api/window/cases", draft));
  }

  async giveConsent(consent: ConsentGiven): Promise<CaseView> {
    const path = `/api/window/cases/${this.caseId()}/consent`;
    const answered = await this.api.post<CaseView>(path, consent);
    this.facts.current = answered;
    return answered;
  }

  async takeTicket(): Promise<void> {
    const command = { type: "ticket.take", case_id: this.caseId() } as const;
    const { ticket, call_back } = await this.duties().request<"ticket.take">(command);
    this.facts.ticket = ticket ?? null;
    this.facts.promised = call_back ?? null;
    if (ticket === undefined) keepCase(null);
  }

  async cancelTicket(): Promise<void> {
    const ticketId = this.facts.ticket?.id;
    if (ticketId === undefined) return;
    await this.duties().request<"ticket.cancel">({ type: "ticket.cancel", ticket_id: ticketId });
    this.next();
  }

  async answerCallBack(accept: boolean): Promise<void> {
    const { ringing } = this.facts;
    if (ringing === null) return;
    const { id } = ringing.ticket;
    const answer = { type: "call_back.answer", ticket_id: id, accept } as const;
    await this.duties().request<"call_back.answer">(answer);
    this.facts.ringing = null;
  }

  /** Between residents the screen is cleared and the cameras are off. */
  next(): void {
    keepCase(null);
    this.leaveRoom();
    this.media.close();
    const nothing = { item: null, current: null, ticket: null, call: null };
    Object.assign(this.facts, nothing, { promised: null, finished: null, unrated: false });
  }

  setChecked(checked: boolean): void {
    this.facts.checked = checked;
    if (!checked) return;
    keepChecked();
    this.media.close();
  }

  /** The cases of the call that is over, the first of which is the one at hand. */
  async endedCases(): Promise<CaseView[]> {
    const first = this.caseId();
    const ofCall = this.facts.lastCall?.case_ids ?? [];
    // Until the server has told of the call that just ended, it tells of an earlier one.
    const others = ofCall.includes(first) ? ofCall.filter((id) => id !== first) : [];
    const wanted = [first, ...others].map((id) => {
      return this.api.get<CaseView>(`/api/window/cases/${id}`);
    });
    const cases = await Promise.all(wanted);
    if (this.facts.current?.id === first) this.facts.current = cases[0] ?? null;
    return cases;
  }

  private async enter(me: Me): Promise<void> {
    Object.assign(this.facts, noFacts(), { config: this.facts.config, me });
    this.facts.checked = recentlyChecked();
    await this.restoreDraft();
    const duty = dutySocket("window", this.api, this.language);
    this.duty = duty;
    duty.onState((state) => {
      this.facts.link = state;
      this.facts.linkClosed = state === "closed" ? duty.closeCode : null;
    });
    this.listen(duty);
    duty.start();
  }

  private leave(): void {
    this.duty?.stop();
    this.duty = null;
    this.next();
    Object.assign(this.facts, noFacts(), { config: this.facts.config, me: null });
  }

  private listen(duty: DutySocket): void {
    duty.on({
      welcome: ({ server_ms }) => this.clock.sync(server_ms),
      heartbeat: ({ server_ms }) => this.clock.sync(server_ms),
      "window.state": (state) => this.restore(state),
      "ticket.changed": ({ ticket }) => this.ticketChanged(ticket),
      "room.assigned": ({ ticket_id, room }) => this.openRoom(ticket_id, room),
      "call.assigned": ({ call }) => {
        this.facts.call = call;
      },
      "call.over": (event) => this.callOver(event),
      "last_call.changed": ({ last_call }) => {
        this.facts.lastCall = last_call;
      },
      "call_back.ringing": ({ ticket, call_back, agent_name }) => {
        this.facts.ringing = { ticket, call_back, agent_name };
      },
      "call_backs.changed": ({ call_backs }) => {
        this.facts.callBacks = call_backs;
      },
    });
  }

  /** The server's picture replaces ours: after each connect, and after a reload. */
  private restore({ ticket, call, call_backs, last_call }: WindowState): void {
    const shown = { ticket, call, callBacks: call_backs, lastCall: last_call, synced: true };
    Object.assign(this.facts, shown);
    if (ticket === null) {
      this.leaveRoom();
      return;
    }
    void this.loadCase(ticket.case_id);
    if (ticket.state === "offered" || ticket.state === "serving") this.openRoom(ticket.id);
  }

  private ticketChanged(ticket: TicketView): void {
    this.facts.ticket = ticket;
    if (this.facts.current?.id !== ticket.case_id) void this.loadCase(ticket.case_id);
    if (this.facts.ringing?.ticket.id === ticket.id && ticket.state !== "offered") {
      this.facts.ringing = null;
    }
    if (ticket.state === "waiting" || ticket.state === "cancelled") this.leaveRoom();
  }

  private callOver({ call_id }: CallOver): void {
    if (this.facts.call?.id !== call_id) return;
    this.facts.finished = this.facts.call;
    this.facts.call = null;
    this.leaveRoom();
  }

  private openRoom(ticketId: string, address?: Parameters<WindowRoom["enter"]>[0]): void {
    if (this.room.value?.ticketId === ticketId) {
      if (address !== undefined) this.room.value.enter(address);
      return;
    }
    this.leaveRoom();
    const room = new WindowRoom(ticketId, this.duties(), this.api, this.media, this.language);
    this.room.value = room;
    if (address !== undefined) room.enter(address);
    room.start();
  }

  private leaveRoom(): void {
    this.room.value?.close();
    this.room.value = null;
  }

  private async restoreDraft(): Promise<void> {
    const caseId = keptCase();
    if (caseId === null) return;
    try {
      await this.loadCase(caseId);
    } catch (error) {
      if (!(error instanceof ApiError) || error.isNetwork) throw error;
      keepCase(null);
    }
  }

  private async loadCase(caseId: string): Promise<void> {
    if (this.facts.current?.id === caseId) return;
    this.keep(await this.api.get<CaseView>(`/api/window/cases/${caseId}`));
  }

  private keep(current: CaseView): void {
    this.facts.current = current;
    this.facts.item = current.item;
    keepCase(current.id);
  }

  private caseId(): string {
    if (this.facts.current === null) throw new Error("no case at hand");
    return this.facts.current.id;
  }

  private duties(): DutySocket {
    if (this.duty === null) throw new Error("nobody is signed in");
    return this.duty;
  }
}

export const WINDOW_APP: InjectionKey<WindowApp> = Symbol("window app");

export function useWindowApp(): WindowApp {
  const app = inject(WINDOW_APP);
  if (app === undefined) throw new Error("outside of the window page");
  return app;
}
