import { RoomMedia } from "../../../web_shared/rtc/room_media";
import type { MediaState } from "../../../web_shared/rtc/room_media";
import { NO_TRACKS } from "../../../web_shared/rtc/lines";
import type { LocalTracks } from "../../../web_shared/rtc/lines";
import { audioContext } from "../../../web_shared/rtc/sound";
import type { RoomSocket } from "../../../web_shared/sockets";
import { readPeer } from "./peers";
import type { PeerNumbers } from "./peers";
import { busyCamera, busyPapers } from "./pictures";
import { uploadStill } from "./upload";
import type { Uploaded } from "./upload";

/** The product's own media code, with the test in the place of the server. */
declare global {
  interface Window {
    askServer: (message: unknown) => Promise<unknown>;
    lab: Lab;
  }
}

interface Event {
  type: string;
}

const peers: RTCPeerConnection[] = [];
let policy: RTCIceTransportPolicy = "all";
const Original = RTCPeerConnection;
window.RTCPeerConnection = class extends Original {
  constructor(configuration: RTCConfiguration = {}) {
    super({ ...configuration, iceTransportPolicy: policy });
    peers.push(this);
  }
};

class Lab {
  silences: { atMs: number; silent: boolean }[] = [];
  private readonly handlers = new Map<string, (event: Event) => void>();
  private readonly media: RoomMedia;
  private readonly shown = new Map<MediaStream, HTMLVideoElement>();
  private papers: MediaStreamTrack | null = null;

  constructor() {
    this.media = new RoomMedia(this.socket(), (state) => this.show(state));
  }

  /** Opens the test devices. A steady tone, not the beep: what is concealed in silence is silent. */
  bring(): void {
    this.papers = busyPapers();
    this.setTracks({ audio: steadyTone(), camera: busyCamera(), document: this.papers });
  }

  setTracks(tracks: LocalTracks = NO_TRACKS): void {
    this.media.setTracks(tracks);
  }

  onlyThroughTurn(): void {
    policy = "relay";
  }

  tell(event: Event): void {
    this.handlers.get(event.type)?.(event);
  }

  async numbers(): Promise<PeerNumbers[]> {
    const live = peers.filter(({ signalingState }) => signalingState !== "closed");
    return Promise.all(live.map(readPeer));
  }

  /** Asks itself each 20 ms until both pictures of the newest down connection were decoded. */
  async firstPictures(): Promise<Record<string, number>> {
    const startMs = performance.now();
    const found: Record<string, number> = {};
    while (performance.now() - startMs < 20_000) {
      const downs = (await this.numbers()).filter(({ direction }) => direction === "down");
      const lines = downs[downs.length - 1]?.lines ?? {};
      for (const name of ["camera", "document"]) {
        const frames = lines[name]?.["framesDecoded"] ?? 0;
        if (typeof frames === "number" && frames > 0) found[name] ??= performance.now() - startMs;
      }
      if (Object.keys(found).length === 2) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return found;
  }

  sendStill(): Promise<Uploaded> {
    if (this.papers === null) throw new Error("no document camera");
    return uploadStill(this.media, this.papers);
  }

  private socket(): RoomSocket {
    const socket = {
      state: "open",
      on: (handlers: Record<string, (event: Event) => void>) => {
        for (const [type, handler] of Object.entries(handlers)) this.handlers.set(type, handler);
        return () => this.handlers.clear();
      },
      request: (message: unknown) => window.askServer(message),
    };
    return socket as unknown as RoomSocket;
  }

  private show({ seen, silent }: MediaState): void {
    const now = silent || seen.some((each) => each.silent);
    if (now !== (this.silences[this.silences.length - 1]?.silent ?? false)) {
      this.silences.push({ atMs: Date.now(), silent: now });
    }
    for (const stream of seen.flatMap(({ person, papers }) => [person, papers])) {
      if (this.shown.has(stream)) continue;
      const video = Object.assign(document.createElement("video"), { muted: true, autoplay: true });
      video.srcObject = stream;
      document.body.append(video);
      this.shown.set(stream, video);
    }
  }
}

function steadyTone(): MediaStreamTrack {
  const destination = audioContext().createMediaStreamDestination();
  const tone = new OscillatorNode(audioContext(), { frequency: 440 });
  tone.connect(destination);
  tone.start();
  const [track] = destination.stream.getAudioTracks();
  if (track === undefined) throw new Error("a tone without a track");
  return track;
}

window.lab = new Lab();
