import { reactive } from "vue";

import type { RecordingView, StreamView } from "@shared/generated/wire";
import { MediaClock, correction, fileTime } from "./clock";

/** The members of a video element that are used here. */
export type Player = Pick<
  HTMLVideoElement,
  "currentTime" | "playbackRate" | "paused" | "readyState" | "seeking" | "play" | "pause"
>;

export interface PlayerFacts {
  positionMs: number;
  playing: boolean;
  /** A file has to catch up: all stand still until it has. */
  waiting: boolean;
  rate: number;
  /** Stretches in which nobody speaks are jumped over. */
  skipping: boolean;
}

/** From and to on the call's clock, in order. */
export type Stretch = readonly [number, number];

/** Behind its beginning a picture is surely shown, however times are rounded. */
const WITHIN_MS = 1;
export const RATES = [0.5, 1, 1.5, 2, 4] as const;
const FOLLOW_MS = 100;
/** For less the jump costs more than it saves. */
const LEAST_SKIP_MS = 500;
/** `HAVE_FUTURE_DATA`: enough to go on. */
const ENOUGH = 3;

/** Devices take a moment after the call's start: a film that opens there opens on nothing. */
const SOON_MS = 5_000;

/** When all that is there from the beginning is there. */
export function firstPicture({ streams }: RecordingView): number {
  return Math.max(0, ...streams.map((one) => one.start_offset_ms).filter((ms) => ms < SOON_MS));
}

/** All files of a recording as one film. */
export class RecordingPlayer {
  readonly facts: PlayerFacts = reactive({
    positionMs: 0,
    playing: false,
    waiting: false,
    rate: 1,
    skipping: false,
  });
  readonly durationMs: number;
  private readonly clock: MediaClock;
  private readonly players = new Map<StreamView, Player>();
  /** What the user asked for; a wait in between does not change it. */
  private wanted = false;
  private quiet: readonly Stretch[] = [];
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(recording: RecordingView, now?: () => number) {
    const ends = recording.streams.map((one) => one.start_offset_ms + one.duration_ms);
    this.durationMs = Math.max(recording.duration_ms ?? 0, ...ends);
    this.clock = new MediaClock(this.durationMs, now);
    this.timer = setInterval(() => this.follow(), FOLLOW_MS);
  }

  /** @returns what is called when the element goes. */
  add(stream: StreamView, player: Player): () => void {
    this.players.set(stream, player);
    return () => this.players.delete(stream);
  }

  close(): void {
    clearInterval(this.timer);
    for (const player of this.players.values()) player.pause();
    this.players.clear();
  }

  toggle(): void {
    if (this.wanted) this.pause();
    else this.play();
  }

  play(): void {
    this.wanted = true;
    this.clock.play();
    this.follow();
  }

  pause(): void {
    this.wanted = false;
    this.clock.pause();
    this.follow();
  }

  seek(ms: number): void {
    this.clock.seek(ms);
    this.align();
    this.tell();
  }

  step(ms: number): void {
    this.seek(this.clock.positionMs + ms);
  }

  /** Standing still, to the next or the last picture of those; where none is known, about as far. */
  frame(direction: 1 | -1, framesMs: readonly number[] = []): void {
    this.pause();
    const now = this.clock.positionMs;
    const found =
      direction === 1
        ? framesMs.find((ms) => ms > now)
        : [...framesMs].reverse().find((ms) => ms < now - WITHIN_MS);
    if (found === undefined) this.step((direction * 1000) / 15);
    else this.seek(found + WITHIN_MS);
  }

  setRate(rate: number): void {
    this.clock.setRate(rate);
    this.follow();
  }

  faster(direction: 1 | -1): void {
    const at = RATES.findIndex((rate) => rate === this.clock.rate) + direction;
    this.setRate(RATES[Math.min(RATES.length - 1, Math.max(0, at))] ?? 1);
  }

  /** Where there is nothing to hear; what is to be seen there is jumped over, too. */
  setQuiet(quiet: readonly Stretch[]): void {
    this.quiet = quiet;
  }

  setSkipping(on: boolean): void {
    this.facts.skipping = on;
    this.follow();
  }

  /** Brings every file to where the clock wants it; called ten times a second. */
  follow(): void {
    this.skip();
    if (this.wanted && this.clock.ended) this.wanted = false;
    const waiting = this.wanted && this.someoneWaits();
    if (waiting || !this.wanted) {
      if (this.clock.playing) this.clock.pause();
    } else if (!this.clock.playing) this.clock.play();
    for (const [stream, player] of this.players) this.lead(stream, player);
    this.facts.waiting = waiting;
    this.tell();
  }

  /** While it plays only: who goes to a quiet moment by hand wants to see it. */
  private skip(): void {
    if (!this.facts.skipping || !this.clock.playing) return;
    const now = this.clock.positionMs;
    const within = this.quiet.find(([from, to]) => now >= from && now < to - LEAST_SKIP_MS);
    if (within === undefined) return;
    this.clock.seek(within[1]);
    this.align();
  }

  private lead(stream: StreamView, player: Player): void {
    const wanted = fileTime(this.clock.positionMs, stream);
    if (wanted === null || !this.clock.playing) {
      if (!player.paused) player.pause();
      if (wanted !== null && !player.seeking) this.settle(player, wanted);
      return;
    }
    const { seekToS, playbackRate } = correction(
      player.currentTime * 1000,
      wanted,
      this.clock.rate,
    );
    if (seekToS !== null && !player.seeking) player.currentTime = seekToS;
    if (player.playbackRate !== playbackRate) player.playbackRate = playbackRate;
    // A pause that comes right after cancels the promise; that is no error.
    if (player.paused) void player.play().catch(() => undefined);
  }

  /** Standing still there is no catching up: a file that is off is put right. */
  private settle(player: Player, wantedMs: number): void {
    if (Math.abs(player.currentTime * 1000 - wantedMs) > 40) player.currentTime = wantedMs / 1000;
  }

  private align(): void {
    for (const [stream, player] of this.players) {
      const wanted = fileTime(this.clock.positionMs, stream);
      if (wanted !== null) player.currentTime = wanted / 1000;
    }
  }

  private someoneWaits(): boolean {
    for (const [stream, player] of this.players) {
      const wanted = fileTime(this.clock.positionMs, stream);
      // At its very end a file has no future to load.
      const last = wanted !== null && stream.duration_ms - wanted < 500;
      if (wanted !== null && !last && (player.seeking || player.readyState < ENOUGH)) return true;
    }
    return false;
  }

  private tell(): void {
    this.facts.positionMs = this.clock.positionMs;
    this.facts.playing = this.wanted;
    this.facts.rate = this.clock.rate;
  }
}
