import type { IceServer } from "../generated/wire";
import type { UpAccepted } from "../results";
import { LINES, encodingOf, hint, kindOf } from "./lines";
import type { Line, LocalTracks } from "./lines";

export interface UpOptions {
  /** From the server, never the browser's default: that would ask strangers. */
  iceServers: IceServer[];
  tracks: LocalTracks;
  /** Sends the offer; `connectionId` is set for an ICE restart of that connection. */
  offer: (sdp: string, connectionId: string | null) => Promise<UpAccepted>;
}

/**
 * A participant's own media on its way to the server: three fixed lines, offered by us. Devices
 * come and go by `replaceTrack`, so that nothing is ever negotiated again.
 */
export class UpConnection {
  readonly pc: RTCPeerConnection;
  id: string | null = null;
  private readonly paused = new Set<Line>();
  private readonly senders = new Map<Line, RTCRtpSender>();
  /** Offers and parameter changes one after the other; the browser refuses them mixed. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: UpOptions) {
    this.pc = new RTCPeerConnection({
      iceServers: options.iceServers,
      bundlePolicy: "max-bundle",
    });
    // Lip sync follows the stream: voice and face are one, the papers another.
    const person = new MediaStream();
    const papers = new MediaStream();
    for (const line of LINES) {
      const track = options.tracks[line];
      hint(line, track);
      const { sender } = this.pc.addTransceiver(track ?? kindOf(line), {
        direction: "sendonly",
        streams: [line === "document" ? papers : person],
        sendEncodings: [encodingOf(line, track)],
      });
      this.senders.set(line, sender);
    }
  }

  /** @throws {CommandError} of the socket, or the browser's own when an answer does not fit. */
  connect(): Promise<void> {
    return this.inTurn(() => this.negotiate({}));
  }

  /** New ICE credentials on the same connection: the path changes, keys and streams stay. */
  restart(): Promise<void> {
    return this.inTurn(() => this.negotiate({ iceRestart: true }));
  }

  replace(line: Line, track: MediaStreamTrack | null): Promise<void> {
    return this.inTurn(async () => {
      hint(line, track);
      await this.sender(line).replaceTrack(track);
      await this.apply(line, track);
    });
  }

  /** A paused line keeps its place and its numbers; nothing is sent on it. */
  setPaused(lines: readonly Line[]): Promise<void> {
    return this.inTurn(async () => {
      this.paused.clear();
      for (const line of lines) this.paused.add(line);
      for (const line of LINES) await this.apply(line, this.sender(line).track);
    });
  }

  /** Whether anything is being sent at all: without it, silence means nothing. */
  get sending(): boolean {
    return LINES.some((line) => this.sender(line).track !== null && !this.paused.has(line));
  }

  close(): void {
    this.pc.close();
  }

  private sender(line: Line): RTCRtpSender {
    const sender = this.senders.get(line);
    if (sender === undefined) throw new Error(`no line ${line}`);
    return sender;
  }

  private async negotiate(options: RTCOfferOptions): Promise<void> {
    const offer = await this.pc.createOffer(options);
    await this.pc.setLocalDescription(offer);
    // Without waiting for candidates: the server learns our address from our first check.
    const accepted = await this.options.offer(this.pc.localDescription?.sdp ?? "", this.id);
    if (this.pc.signalingState === "closed") return;
    await this.pc.setRemoteDescription({ type: "answer", sdp: accepted.sdp });
    this.id = accepted.connection_id;
  }

  private async apply(line: Line, track: MediaStreamTrack | null): Promise<void> {
    const sender = this.sender(line);
    const parameters = sender.getParameters();
    const [encoding] = parameters.encodings;
    if (encoding === undefined) return;
    Object.assign(encoding, encodingOf(line, track), { active: !this.paused.has(line) });
    await sender.setParameters(parameters);
  }

  private inTurn(step: () => Promise<void>): Promise<void> {
    const run = this.last.then(() => (this.pc.signalingState === "closed" ? undefined : step()));
    this.last = run.catch(() => undefined);
    return run;
  }
}
