/**
 * The one clock of all files of a recording, in milliseconds since the call began. It runs by
 * `performance.now()`; players follow it, none of them leads.
 */
export class MediaClock {
  private anchorMs = 0;
  private anchoredAt = 0;
  private running = false;
  private speed = 1;

  constructor(
    private readonly durationMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get positionMs(): number {
    const since = this.running ? (this.now() - this.anchoredAt) * this.speed : 0;
    return Math.min(this.durationMs, Math.max(0, this.anchorMs + since));
  }

  get playing(): boolean {
    return this.running;
  }

  get rate(): number {
    return this.speed;
  }

  get ended(): boolean {
    return this.positionMs >= this.durationMs;
  }

  play(): void {
    this.anchor(this.ended ? 0 : this.positionMs);
    this.running = true;
  }

  pause(): void {
    this.anchor(this.positionMs);
    this.running = false;
  }

  seek(ms: number): void {
    this.anchor(Math.min(this.durationMs, Math.max(0, ms)));
  }

  setRate(rate: number): void {
    this.anchor(this.positionMs);
    this.speed = rate;
  }

  private anchor(ms: number): void {
    this.anchorMs = ms;
    this.anchoredAt = this.now();
  }
}

/** Over 300 ms a jump, over 30 ms a little faster or slower, below that nothing (measured). */
const JUMP_MS = 300;
const DRIFT_MS = 30;
const NUDGE = 0.08;

export interface Correction {
  /** Set `currentTime` to this, in seconds. */
  seekToS: number | null;
  playbackRate: number;
}

/** How a file at `fileMs` of its own time comes back to where the clock wants it. */
export function correction(fileMs: number, wantedMs: number, rate: number): Correction {
  const error = fileMs - wantedMs;
  if (Math.abs(error) > JUMP_MS) return { seekToS: wantedMs / 1000, playbackRate: rate };
  if (Math.abs(error) <= DRIFT_MS) return { seekToS: null, playbackRate: rate };
  return { seekToS: null, playbackRate: rate * (error > 0 ? 1 - NUDGE : 1 + NUDGE) };
}

/** Where a file stands when the call stands at `positionMs`; `null` before it begins and after it. */
export function fileTime(
  positionMs: number,
  file: { start_offset_ms: number; duration_ms: number },
): number | null {
  const ms = positionMs - file.start_offset_ms;
  return ms < 0 || ms >= file.duration_ms ? null : ms;
}
