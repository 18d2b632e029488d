/** What to do about a connection, told once at each step of its silence. */
export type LivenessStep = "silent" | "restart" | "renew" | "alive";

export interface LivenessLimits {
  silentMs: number;
  restartMs: number;
  renewMs: number;
}

/** The banner is due 1.5 s after the last packet; packets are counted every quarter second. */
export const LIMITS: LivenessLimits = { silentMs: 1_200, restartMs: 3_000, renewMs: 8_000 };

/**
 * Judges a connection by the packets that arrive, not by its ICE state, which takes 5 s to notice.
 * While nothing is expected (hold, every track paused) the clock stands still.
 */
export class Liveness {
  private packets = 0;
  private lastPacketMs: number;
  private told: LivenessStep;

  /** `silent`: this connection replaces one that fell silent; it must first prove to be better. */
  constructor(
    startedMs: number,
    silent = false,
    private readonly limits: LivenessLimits = LIMITS,
  ) {
    this.lastPacketMs = startedMs;
    this.told = silent ? "silent" : "alive";
  }

  get silent(): boolean {
    return this.told !== "alive";
  }

  /** @returns the step that is due now, or `null` when nothing changed. */
  observe(packets: number, expected: boolean, nowMs: number): LivenessStep | null {
    if (packets !== this.packets || !expected) {
      this.packets = packets;
      this.lastPacketMs = nowMs;
      return this.tell("alive");
    }
    const quiet = nowMs - this.lastPacketMs;
    if (quiet >= this.limits.renewMs) return this.tell("renew");
    if (quiet >= this.limits.restartMs) return this.tell("restart");
    if (quiet >= this.limits.silentMs) return this.tell("silent");
    return null;
  }

  private tell(step: LivenessStep): LivenessStep | null {
    if (this.told === step) return null;
    this.told = step;
    return step;
  }
}
