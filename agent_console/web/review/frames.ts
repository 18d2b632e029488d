import type { FramesView, StreamView } from "@shared/generated/wire";
import type { RecordingPlayer } from "./player";
import type { SupervisionApp } from "./supervision_app";

const MARGIN_MS = 500;

/** Steps by the pictures that a stream really has; what was asked for once serves many steps. */
export class FrameSteps {
  private streamId = "";
  private known: number[] = [];
  private asking = false;

  constructor(
    private readonly app: SupervisionApp,
    private readonly player: RecordingPlayer,
    private readonly viewId: string,
  ) {}

  async step(direction: 1 | -1, stream: StreamView): Promise<void> {
    if (this.asking) return;
    this.player.pause();
    const now = this.player.facts.positionMs;
    if (!this.covers(stream.id, now)) await this.ask(stream.id, now);
    this.player.frame(direction, this.known);
  }

  private covers(streamId: string, ms: number): boolean {
    const [first, last] = [this.known[0], this.known[this.known.length - 1]];
    if (streamId !== this.streamId || first === undefined || last === undefined) return false;
    return first < ms - MARGIN_MS && ms + MARGIN_MS < last;
  }

  private async ask(streamId: string, ms: number): Promise<void> {
    const path = `/api/supervision/views/${this.viewId}/streams/${streamId}/frames`;
    this.asking = true;
    this.streamId = streamId;
    try {
      const query = { at_ms: Math.round(ms) };
      this.known = (await this.app.ask((api) => api.get<FramesView>(path, { query }))).frames_ms;
    } catch (error) {
      // About a picture's length is still a step.
      console.warn("frames:", error);
      this.known = [];
    } finally {
      this.asking = false;
    }
  }
}
