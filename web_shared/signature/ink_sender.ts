import type { InkPiece, SignatureDraw } from "../generated/wire";
import type { Stroke } from "./strokes";

/** What a signature is set under. */
export type Signed = Pick<SignatureDraw, "case_id" | "purpose" | "signed_id">;
/** One message of what is being drawn. */
export type DrawnInk = Omit<SignatureDraw, "type" | "request_id">;

/** Eight a second: the server takes ten. */
const PAUSE_MS = 125;
const POINTS_A_PIECE = 200;
const PIECES = 20;

/** Tells the agent's page what is drawn, as it is drawn, in small messages. */
export class InkSender {
  private strokes: readonly Stroke[] = [];
  /** Of each stroke, how many points have been told. */
  private told: number[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;
  private under: Signed | null = null;

  constructor(private readonly send: (ink: DrawnInk) => Promise<unknown>) {}

  /** `strokes`: all that is drawn by now. */
  drawn(under: Signed, strokes: readonly Stroke[]): void {
    if (under.signed_id !== this.under?.signed_id) this.told = [];
    this.under = under;
    this.strokes = strokes;
    this.timer ??= setTimeout(() => this.tell(), PAUSE_MS);
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private tell(): void {
    this.timer = null;
    if (this.under === null) return;
    const fewer = this.told.some((count, at) => count > (this.strokes[at]?.length ?? 0));
    const afresh = fewer || this.told.length === 0;
    if (afresh) this.told = [];
    const pieces = this.nextPieces();
    if (pieces.length === 0 && !afresh) return;
    // Whatever is lost is told anew with the next stroke.
    this.send({ ...this.under, afresh, pieces }).catch(() => {
      this.told = [];
    });
    const more = this.strokes.some((stroke, at) => stroke.length > (this.told[at] ?? 0));
    if (more) this.timer = setTimeout(() => this.tell(), PAUSE_MS);
  }

  private nextPieces(): InkPiece[] {
    const pieces: InkPiece[] = [];
    this.strokes.forEach((points, stroke) => {
      const start = this.told[stroke] ?? 0;
      if (points.length === start || pieces.length >= PIECES) return;
      const next = points.slice(start, start + POINTS_A_PIECE);
      pieces.push({ stroke, start, points: next });
      this.told[stroke] = start + next.length;
    });
    return pieces;
  }
}
