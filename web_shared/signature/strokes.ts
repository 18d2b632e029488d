import type { SignatureDrawn } from "../generated/wire";

/** x and y in 10,000ths of the pad's width, ms since the first point, pressure from 0 to 1,000. */
export type Point = [number, number, number, number];
export type Stroke = Point[];

/** The pad is three times as wide as high. */
export const WIDTH = 10_000;
export const HEIGHT = 3_333;
const POINTS = 2_000;
const STROKES = 80;
const LONGEST_MS = 600_000;
/** Closer points tell nothing; a long signature is drawn coarser, so that it always fits. */
const NEAR = 25;
const COARSE = 120;

/** The strokes of one signature as they are drawn; never more than the server takes. */
export class Ink {
  strokes: Stroke[] = [];
  private count = 0;
  private startedMs: number | null = null;

  get empty(): boolean {
    return this.count === 0;
  }

  begin(x: number, y: number, pressure: number, atMs: number): void {
    if (this.strokes.length >= STROKES || this.count >= POINTS) return;
    this.startedMs ??= atMs;
    this.strokes.push([]);
    this.add(x, y, pressure, atMs);
  }

  /** @returns whether the point was kept. */
  extend(x: number, y: number, pressure: number, atMs: number): boolean {
    const stroke = this.strokes[this.strokes.length - 1];
    const before = stroke?.[stroke.length - 1];
    if (before === undefined || this.count >= POINTS) return false;
    const step = Math.hypot(x - before[0], y - before[1]);
    if (step < (this.count < POINTS * 0.7 ? NEAR : COARSE)) return false;
    this.add(x, y, pressure, atMs);
    return true;
  }

  clear(): void {
    this.strokes = [];
    this.count = 0;
    this.startedMs = null;
  }

  private add(x: number, y: number, pressure: number, atMs: number): void {
    const stroke = this.strokes[this.strokes.length - 1];
    const elapsed = Math.round(atMs - (this.startedMs ?? atMs));
    stroke?.push([
      within(x, WIDTH),
      within(y, WIDTH),
      within(elapsed, LONGEST_MS),
      within(pressure * 1000, 1000),
    ]);
    this.count += 1;
  }
}

/** Strokes with what came since: whatever else was there stays as it is. */
export function drawnOn(
  strokes: readonly Stroke[],
  { afresh, pieces }: Pick<SignatureDrawn, "afresh" | "pieces">,
): Stroke[] {
  const drawn = afresh ? [] : [...strokes];
  for (const { stroke, start, points } of pieces) {
    while (drawn.length <= stroke) drawn.push([]);
    drawn[stroke] = [...(drawn[stroke] ?? []).slice(0, start), ...points];
  }
  return drawn;
}

function within(value: number, most: number): number {
  return Math.min(most, Math.max(0, Math.round(value)));
}

/** SVG path data; a stroke of one point is a dot. */
export function pathOf(stroke: Stroke): string {
  const [first, ...rest] = stroke;
  if (first === undefined) return "";
  const lines = rest.length > 0 ? rest : [first];
  return `M${first[0]} ${first[1]}${lines.map(([x, y]) => `L${x} ${y}`).join("")}`;
}
