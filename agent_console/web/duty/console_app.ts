import { inject, reactive, shallowRef } from "vue";
import type { InjectionKey, ShallowRef } from "vue";

import { Api, ApiError } from "@shared/api";
import { ServerClock } from "@shared/clock";
import type {
  AwayReason,
  CallView,
  CaseView,
  Config,
  ConsoleState,
  Me,
  OfferView,
  OutcomesGiven,
  RoomAddress,
  SignInRequest,
} from "@shared/generated/wire";
import type { Locale } from "@shared/i18n";
import { LocalMedia } from "@shared/rtc/local_media";
import { unlockSound } from "@shared/rtc/sound";
import { dutySocket } from "@shared/sockets";
import type { DutySocket } from "@shared/sockets";
import { AgentRoom } from "../call/agent_room";
import { warmUp } from "../call/warm_up";
import { noFacts } from "./facts";
import type { ConsoleFacts } from "./facts";
import { keepFinished, keepSettled, keptFinished, keptSettled } from "./kept";

/** The console's one owner of sockets, devices and facts. Components read and ask. */
export class ConsoleApp {
  readonly facts: ConsoleFacts = reactive(noFacts());
  readonly api: Api;
  readonly clock = new ServerClock();
  readonly media: LocalMedia;
  readonly room: ShallowRef<AgentRoom | null> = shallowRef(null);
  private duty: DutySocket | null = null;
  private accepting = false;
  /** The ticket that the agent has just picked: taken is taken, nothing rings. */
  private picked: string | null = null;
  /** This page went on duty: after a broken line it does so again by itself. */
  private onDutyHere = false;

  constructor(readonly language: () => Locale) {
    this.api = new Api(language);
    this.media = new LocalMedia(["camera", "microphone"], () => this.facts.config?.demo ?? false);
  }

  async start(): Promise<void> {
    this.facts.config = await this.api.get<Config>("/api/config");
    try {
      await this.enter(await this.api.get<Me>("/api/console/me"));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      this.facts.me = null;
    }
  }

  async signIn(request: SignInRequest): Promise<void> {
    await this.enter(await this.api.post<Me>("/api/console/sign-in", request));
  }

  async signOut(): Promise<void> {
    await this.api.post("/api/console/sign-out");
    this.leave();
  }

  /** A newer page took over; this one takes its place again, and the newer one rests. */
  takeBack(): void {
    this.connect();
  }

  async goOnDuty(): Promise<void> {
    await this.prepare();
    await this.duties().request<"agent.on_duty">({ type: "agent.on_duty" });
    this.onDutyHere = true;
    await this.media.look();
    this.restDevices();
  }

  /** From a click: unlocks sound, so that ringing is heard, and warms up what answering needs. */
  async prepare(): Promise<void> {
    await unlockSound();
    this.facts.soundUnlocked = true;
    if ("Notification" in window && Notification.permission === "default") {
      void Notification.requestPermission();
    }
    void warmUp();
  }

  async goOffDuty(): Promise<void> {
    await this.duties().request<"agent.off_duty">({ type: "agent.off_duty" });
    this.onDutyHere = false;
  }

  async goAway(reason: AwayReason): Promise<void> {
    await this.duties().request<"agent.away">({ type: "agent.away", reason });
  }

  /** Back from away, or done with the wrap-up. */
  async becomeAvailable(): Promise<void> {
    await this.duties().request<"agent.available">({ type: "agent.available" });
    this.dropFinished();
  }

  async accept(): Promise<void> {
    const { offer } = this.facts;
    if (offer === null || this.accepting) return;
    await this.acceptOffer(offer);
  }

  private async acceptOffer(offer: OfferView): Promise<void> {
    performance.mark("offer.accept");
    this.accepting = true;
    try {
      const wish = { type: "offer.accept", offer_id: offer.id } as const;
      const { call, room } = await this.duties().request<"offer.accept">(wish);
      this.facts.offer = null;
      this.begin(call, room);
    } finally {
      this.accepting = false;
    }
  }

  async decline(): Promise<void> {
    const { offer } = this.facts;
    if (offer === null) return;
    this.facts.offer = null;
    await this.duties().request<"offer.decline">({ type: "offer.decline", offer_id: offer.id });
  }

  async pick(ticketId: string): Promise<void> {
    this.picked = ticketId;
    try {
      await this.duties().request<"ticket.pick">({ type: "ticket.pick", ticket_id: ticketId });
    } catch (error) {
      this.picked = null;
      throw error;
    }
  }

  async startCallBack(callBackId: string): Promise<void> {
    const wish = { type: "call_back.start", call_back_id: callBackId } as const;
    await this.duties().request<"call_back.start">(wish);
    // It rings at the window now; when the helper answers the call is there at once.
    void this.media.look();
  }

  async reassignCallBack(callBackId: string, staffId: string): Promise<void> {
    const wish = {
      type: "call_back.reassign",
      call_back_id: callBackId,
      staff_id: staffId,
    } as const;
    await this.duties().request<"call_back.reassign">(wish);
  }

  async giveOutcomes(callId: string, given: OutcomesGiven): Promise<void> {
    await this.api.post(`/api/console/calls/${callId}/outcomes`, given);
    const { settled } = this.facts;
    const before = settled.callId === callId ? settled.caseIds : [];
    const caseIds = [...before, ...given.outcomes.map(({ case_id }) => case_id)];
    this.facts.settled = { callId, caseIds };
    keepSettled(this.facts.settled);
  }

  dropFinished(): void {
    this.facts.finished = null;
    keepFinished(null);
  }

  private async enter(me: Me): Promise<void> {
    const { config, soundUnlocked } = this.facts;
    Object.assign(this.facts, noFacts(), { config, soundUnlocked, me, settled: keptSettled() });
    await this.restoreFinished();
    this.connect();
  }

  private connect(): void {
    this.duty?.stop();
    const duty = dutySocket("console", this.api, this.language);
    this.duty = duty;
    Object.assign(this.facts, { link: "connecting", linkClosed: null, synced: false });
    duty.onState((state) => {
      if (duty !== this.duty) return;
      this.facts.link = state;
      this.facts.linkClosed = state === "closed" ? duty.closeCode : null;
      if (state === "closed") this.rest();
    });
    this.listen(duty);
    duty.start();
  }

  private leave(): void {
    const { duty } = this;
    this.duty = null;
    duty?.stop();
    this.rest();
    this.dropFinished();
    Object.assign(this.facts, noFacts(), { config: this.facts.config, me: null });
  }

  /** Another page or nobody is in charge now: no sound, no devices, no room here. */
  private rest(): void {
    this.onDutyHere = false;
    this.leaveRoom();
    Object.assign(this.facts, { offer: null, call: null });
    this.media.close();
  }

  private listen(duty: DutySocket): void {
    const { facts } = this;
    duty.on({
      welcome: ({ server_ms }) => this.clock.sync(server_ms),
      heartbeat: ({ server_ms }) => this.clock.sync(server_ms),
      "console.state": (state) => this.restore(state),
      "agent.changed": ({ agent }) => {
        facts.agent = agent;
        if (agent.state === "available") this.restDevices();
      },
      "queue.changed": ({ queue }) => {
        facts.queue = queue;
      },
      "offer.ringing": ({ offer }) => this.ringing(offer),
      "offer.over": ({ offer_id }) => {
        if (facts.offer?.id === offer_id && !this.accepting) facts.offer = null;
      },
      "call.assigned": ({ call }) => {
        // The answer to our own accept brings the address along.
        if (!this.accepting) this.begin(call);
      },
      "call.over": ({ call_id, reason }) => this.callOver(call_id, reason),
      "call_backs.changed": ({ call_backs }) => {
        facts.callBacks = call_backs;
      },
    });
  }

  private ringing(offer: OfferView): void {
    void this.media.look();
    const picked = offer.ticket_id === this.picked;
    this.picked = null;
    if (!picked || this.accepting) {
      this.facts.offer = offer;
      return;
    }
    // Should it fail it rings like any other, and says what is wrong when it is accepted by hand.
    this.acceptOffer(offer).catch(() => {
      this.facts.offer = offer;
    });
  }

  /** The server's picture replaces ours: after each connect, and after a reload. */
  private restore({ agent, queue, offer, call, call_backs }: ConsoleState): void {
    Object.assign(this.facts, { agent, queue, offer, callBacks: call_backs, synced: true });
    if (offer !== null) void this.media.look();
    if (call !== null) this.begin(call);
    else if (this.facts.call !== null) this.callOver(this.facts.call.id, "");
    const lost = agent === null || agent.state === "offline";
    if (this.onDutyHere && lost) {
      this.duties()
        .request<"agent.on_duty">({ type: "agent.on_duty" })
        .catch(() => undefined);
    }
  }

  private begin(call: CallView, address?: RoomAddress): void {
    if (this.facts.call?.id !== call.id) this.dropFinished();
    this.facts.call = call;
    if (this.room.value?.ticketId === call.ticket_id) return;
    this.leaveRoom();
    const room = new AgentRoom(call.ticket_id, this.duties(), this.media, this.language);
    this.room.value = room;
    if (address !== undefined) room.enter(address);
    room.start();
    void this.media.look();
  }

  private callOver(callId: string, reason: string): void {
    const { call } = this.facts;
    if (call?.id !== callId) return;
    const known = this.room.value?.facts;
    const { cases = [], notes = "" } = known ?? {};
    const finished = { call, cases, notes, reason: known?.ended ?? reason };
    this.facts.finished = finished;
    keepFinished(finished);
    this.facts.call = null;
    this.leaveRoom();
    this.restDevices();
  }

  private leaveRoom(): void {
    this.room.value?.close();
    this.room.value = null;
  }

  private restDevices(): void {
    if (this.facts.offer === null && this.facts.call === null) this.media.close();
  }

  private async restoreFinished(): Promise<void> {
    const finished = keptFinished();
    if (finished === null) return;
    const wanted = finished.call.case_ids.map((id) =>
      this.api.get<CaseView>(`/api/console/cases/${id}`),
    );
    try {
      this.facts.finished = { ...finished, cases: await Promise.all(wanted) };
    } catch (error) {
      if (!(error instanceof ApiError) || error.isNetwork) throw error;
      keepFinished(null);
    }
  }

  private duties(): DutySocket {
    if (this.duty === null) throw new Error("nobody is signed in");
    return this.duty;
  }
}

export const CONSOLE_APP: InjectionKey<ConsoleApp> = Symbol("console app");

export function useConsoleApp(): ConsoleApp {
  const app = inject(CONSOLE_APP);
  if (app === undefined) throw new Error("outside of the console page");
  return app;
}
