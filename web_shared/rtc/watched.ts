import { Liveness } from "./liveness";
import type { LivenessStep } from "./liveness";
import { StatisticsReader, packetsReceived } from "./statistics";
import type { ConnectionNumbers, Direction } from "./statistics";

/** A connection together with what watches over it: is it alive, and how well does it do. */
export class Watched<C extends { pc: RTCPeerConnection }> {
  numbers: ConnectionNumbers | null = null;
  private readonly liveness: Liveness;
  private readonly statistics: StatisticsReader;
  private everConnected = false;
  private everReceived = false;

  constructor(
    readonly connection: C,
    private readonly direction: Direction,
    private readonly now: () => number,
    silent = false,
  ) {
    this.liveness = new Liveness(now(), silent);
    this.statistics = new StatisticsReader(direction);
  }

  get silent(): boolean {
    return this.liveness.silent;
  }

  get connected(): boolean {
    return this.everConnected;
  }

  /** Silence means something while it comes up, and once something came; not with no devices. */
  get worthWatching(): boolean {
    return !this.everConnected || this.everReceived;
  }

  /**
   * `expected`: whether packets should be coming at all; `meter`: also take the numbers.
   *
   * @returns the step that is due. A connection that never came up is not restarted, only renewed.
   */
  async look(expected: boolean, meter: boolean): Promise<LivenessStep | null> {
    const { pc } = this.connection;
    if (pc.signalingState === "closed") return null;
    const reports: unknown[] = [];
    (await pc.getStats()).forEach((report: unknown) => reports.push(report));
    this.everConnected ||= pc.connectionState === "connected";
    if (meter) this.numbers = this.statistics.read(reports, this.senderSdp(), this.now());
    const packets = packetsReceived(reports, this.direction);
    this.everReceived ||= packets > 0;
    const step = this.liveness.observe(packets, expected, this.now());
    return step === "restart" && !this.everConnected ? null : step;
  }

  private senderSdp(): string {
    const { localDescription, remoteDescription } = this.connection.pc;
    return (this.direction === "up" ? localDescription : remoteDescription)?.sdp ?? "";
  }
}
