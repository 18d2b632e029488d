import type { IceServer, RoomWelcome } from "../generated/wire";
import { CommandError } from "../socket";
import type { RoomSocket } from "../sockets";
import { DownConnection } from "./down_connection";
import { LINES, NO_TRACKS } from "./lines";
import type { Line, LocalTracks } from "./lines";
import type { LivenessStep } from "./liveness";
import type { ConnectionNumbers } from "./statistics";
import { UpConnection } from "./up_connection";
import { Watched } from "./watched";

/** A participant that is seen here. */
export interface SeenParticipant {
  participantId: string;
  /** Voice and face. */
  person: MediaStream;
  papers: MediaStream;
  silent: boolean;
  numbers: ConnectionNumbers | null;
}

/** What a page draws of the media; a new object at each change. */
export interface MediaState {
  /** Nothing has come back on our own connection for 1.5 s: the banner shows. */
  silent: boolean;
  connected: boolean;
  up: ConnectionNumbers | null;
  seen: SeenParticipant[];
}

export const NO_MEDIA: MediaState = { silent: false, connected: false, up: null, seen: [] };

const LOOK_MS = 250;
/** Rates over a quarter second jump about; a meter that people read moves once a second. */
const METER_EVERY = 4;
const REPORT_EVERY = 20;
const VIDEO: readonly Line[] = ["camera", "document"];

/**
 * All media of one participant in one room: the own connection up, one down for each other
 * participant, their liveness and their repair. It owns them; the page hands in tracks and wishes.
 */
export class RoomMedia {
  private up: Watched<UpConnection> | null = null;
  private readonly downs = new Map<string, Watched<DownConnection>>();
  private iceServers: IceServer[] = [];
  private tracks: LocalTracks = NO_TRACKS;
  private readonly paused: Record<"held" | "voiceAndPages" | "still", readonly Line[]> = {
    held: [],
    voiceAndPages: [],
    still: [],
  };
  private readonly unreachable = new Set<string>();
  private looks = 0;
  private looking = false;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly stopListening: () => void;

  constructor(
    private readonly socket: RoomSocket,
    private readonly onChange: (state: MediaState) => void,
    private readonly now: () => number = () => performance.now(),
    /** A listener has no connection up until it speaks. */
    private speaking = true,
  ) {
    this.stopListening = this.listen();
    this.timer = setInterval(() => void this.look(), LOOK_MS);
  }

  get upNumbers(): ConnectionNumbers | null {
    return this.up?.numbers ?? null;
  }

  /** How far our own connection has come: a path was found; keys were agreed. */
  get progress(): { reached: boolean; connected: boolean } {
    const pc = this.up?.connection.pc;
    const ice = pc?.iceConnectionState;
    return {
      reached: ice === "connected" || ice === "completed",
      connected: pc?.connectionState === "connected",
    };
  }

  /** The mirrors that still stand: a socket that comes back is offered only the others. */
  get downIds(): string[] {
    return [...this.downs.keys()];
  }

  setTracks(tracks: LocalTracks): void {
    const before = this.tracks;
    this.tracks = tracks;
    for (const line of LINES) {
      if (tracks[line] === before[line]) continue;
      void attempt(this.up?.connection.replace(line, tracks[line]));
    }
  }

  /** Ends the connection up, or makes one: the room says who hears it. */
  setSpeaking(on: boolean): void {
    this.speaking = on;
    this.up?.connection.close();
    this.up = null;
    if (on) void this.connectUp();
  }

  /** A still goes first: the picture waits while a thin uplink carries it. */
  setStillOnItsWay(on: boolean): void {
    this.pause("still", on ? VIDEO : []);
  }

  close(): void {
    clearInterval(this.timer);
    this.stopListening();
    this.up?.connection.close();
    for (const { connection } of this.downs.values()) connection.close();
    this.downs.clear();
  }

  private listen(): () => void {
    return this.socket.on({
      welcome: (event) => this.welcome(event),
      "up.closed": ({ connection_id }) => {
        if (this.up?.connection.id === connection_id) void this.connectUp();
      },
      "down.offered": (event) =>
        void this.offered(event.connection_id, event.participant_id, event.sdp),
      "down.closed": (event) => this.closeDown(event.connection_id),
      "participant.connection": ({ participant_id, state }) => {
        if (state === "connected") this.unreachable.delete(participant_id);
        else this.unreachable.add(participant_id);
      },
      "hold.changed": ({ on }) => this.pause("held", on ? LINES : []),
      "voice_and_pages.changed": ({ on }) => this.pause("voiceAndPages", on ? VIDEO : []),
    });
  }

  private welcome(event: RoomWelcome): void {
    this.iceServers = event.ice_servers;
    this.pause("held", event.held_by === null ? [] : LINES);
    this.pause("voiceAndPages", event.voice_and_pages ? VIDEO : []);
    // The socket may come and go without the media: a connection that lives is kept.
    if (this.speaking && (this.up === null || this.up.silent)) void this.connectUp();
  }

  private pause(why: keyof RoomMedia["paused"], lines: readonly Line[]): void {
    this.paused[why] = lines;
    void attempt(this.up?.connection.setPaused(this.pausedLines()));
  }

  private pausedLines(): Line[] {
    const reasons = Object.values(this.paused);
    return LINES.filter((line) => reasons.some((lines) => lines.includes(line)));
  }

  private async connectUp(): Promise<void> {
    const before = this.up;
    before?.connection.close();
    const connection = new UpConnection({
      iceServers: this.iceServers,
      tracks: this.tracks,
      offer: (sdp, connectionId) =>
        this.socket.request<"up.offer">({ type: "up.offer", sdp, connection_id: connectionId }),
    });
    this.up = new Watched(connection, "up", this.now, before?.silent);
    void attempt(connection.setPaused(this.pausedLines()));
    await attempt(connection.connect());
  }

  /** A server that no longer knows the connection says so: then there is nothing to wait for. */
  private async restartUp(): Promise<void> {
    try {
      await this.up?.connection.restart();
    } catch (error) {
      console.warn("media:", error);
      const unknown = error instanceof CommandError && !error.code.startsWith("network.");
      if (unknown && this.up?.silent) await this.connectUp();
    }
  }

  private async offered(id: string, participantId: string, sdp: string): Promise<void> {
    const { connection } = this.downs.get(id) ?? this.newDown(id, participantId);
    await attempt(this.answerDown(connection, sdp));
    this.tell();
  }

  private newDown(id: string, participantId: string): Watched<DownConnection> {
    // A new connection of someone already seen takes the old one's place.
    let silent = false;
    for (const [oldId, old] of this.downs) {
      if (old.connection.participantId !== participantId) continue;
      silent ||= old.silent;
      this.closeDown(oldId);
    }
    const connection = new DownConnection(id, participantId, this.iceServers);
    const watched = new Watched(connection, "down", this.now, silent);
    this.downs.set(id, watched);
    return watched;
  }

  private async answerDown(connection: DownConnection, sdp: string): Promise<void> {
    const answer = await connection.answer(sdp);
    const answered = { type: "down.answer", connection_id: connection.id, sdp: answer } as const;
    await this.socket.request<"down.answer">(answered);
  }

  private closeDown(id: string): void {
    this.downs.get(id)?.connection.close();
    this.downs.delete(id);
    this.tell();
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    this.looks += 1;
    const meter = this.looks % METER_EVERY === 0;
    const { up } = this;
    if (up !== null) this.repairUp(await up.look(up.connection.sending, meter));
    for (const down of [...this.downs.values()]) {
      this.repairDown(down, await down.look(this.expected(down), meter));
    }
    if (meter) this.tell();
    if (this.looks % REPORT_EVERY === 0) this.report();
    this.looking = false;
  }

  /** A participant whose own link is down sends nothing; that is not ours to repair. */
  private expected(down: Watched<DownConnection>): boolean {
    const held = this.paused.held.length > 0;
    return !held && !this.unreachable.has(down.connection.participantId) && down.worthWatching;
  }

  private repairUp(step: LivenessStep | null): void {
    if (step === null) return;
    this.tell();
    if (step === "restart") void this.restartUp();
    if (step === "renew") void this.connectUp();
  }

  private repairDown(down: Watched<DownConnection>, step: LivenessStep | null): void {
    if (step === null) return;
    this.tell();
    if (step !== "restart" && step !== "renew") return;
    const { id } = down.connection;
    const fresh = step === "renew";
    const wish = { type: "down.restart", connection_id: id, fresh } as const;
    void attempt(this.socket.request<"down.restart">(wish));
  }

  private report(): void {
    const all = [this.up, ...this.downs.values()];
    for (const watched of all) {
      const id = watched?.connection.id;
      if (!watched?.numbers || !id || this.socket.state !== "open") continue;
      void attempt(this.socket.request<"quality.report">(qualityReport(id, watched.numbers)));
    }
  }

  private tell(): void {
    const downs = [...this.downs.values()];
    this.onChange({
      silent: this.up?.silent ?? false,
      connected: this.up?.connected ?? false,
      up: this.upNumbers,
      seen: downs.map(({ connection, silent, numbers }) => ({
        participantId: connection.participantId,
        person: connection.person,
        papers: connection.papers,
        silent,
        numbers,
      })),
    });
  }
}

function qualityReport(id: string, numbers: ConnectionNumbers) {
  const { lines } = numbers;
  return {
    type: "quality.report",
    connection_id: id,
    bitrate_bps: Math.round(numbers.bitrateBps),
    lost_fraction: numbers.lostFraction,
    round_trip_ms: Math.min(60_000, numbers.roundTripMs ?? 0),
    frames_per_s: Math.min(240, lines.camera.framesPerS),
    concealed_fraction: lines.audio.concealedFraction,
    available_bps: numbers.availableBps === null ? null : Math.round(numbers.availableBps),
  } as const;
}

/** A repair that fails is not the end: liveness orders the next one. */
async function attempt(step: Promise<unknown> | undefined): Promise<void> {
  try {
    await step;
  } catch (error) {
    console.warn("media:", error);
  }
}
