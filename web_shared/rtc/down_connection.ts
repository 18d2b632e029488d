import type { IceServer } from "../generated/wire";
import { LINES } from "./lines";
import type { Line } from "./lines";

/**
 * What another participant sends, on its way here: the server offers, mirroring the source's three
 * lines, and we answer. Voice and face are one stream, the papers another.
 */
export class DownConnection {
  readonly pc: RTCPeerConnection;
  readonly person = new MediaStream();
  readonly papers = new MediaStream();
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly id: string,
    readonly participantId: string,
    iceServers: IceServer[],
  ) {
    this.pc = new RTCPeerConnection({ iceServers, bundlePolicy: "max-bundle" });
  }

  /** Takes the server's offer, the first one or that of an ICE restart. @returns our answer's SDP */
  answer(sdp: string): Promise<string> {
    const run = this.last.then(async () => {
      await this.pc.setRemoteDescription({ type: "offer", sdp });
      this.collect();
      await this.pc.setLocalDescription(await this.pc.createAnswer());
      return this.pc.localDescription?.sdp ?? "";
    });
    this.last = run.catch(() => undefined);
    return run;
  }

  track(line: Line): MediaStreamTrack | null {
    return this.pc.getTransceivers()[LINES.indexOf(line)]?.receiver.track ?? null;
  }

  close(): void {
    this.pc.close();
  }

  private collect(): void {
    for (const line of LINES) {
      const track = this.track(line);
      const stream = line === "document" ? this.papers : this.person;
      if (track !== null && !stream.getTracks().includes(track)) stream.addTrack(track);
    }
  }
}
