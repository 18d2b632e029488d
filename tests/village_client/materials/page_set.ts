import type { PageFault } from "@shared/generated/wire";
import type { Grey } from "../../../village_client/web/materials/quality";

/** A page under a camera, drawn from a number: the same number is the same page. */
export interface DrawnPage {
  fault: PageFault | null;
  /** How bad the fault is, in its own measure. */
  strength: number;
  page: Grey;
}

const WIDTH = 800;
const HEIGHT = 600;
export const SHEET_WIDTH = 420;
export const SHEET_HEIGHT = 594;
const FAULTS: readonly PageFault[] = ["blur", "glare", "cut_edge", "skew"];

/** What pages look like: ranges are from the least to the most. */
export interface Manner {
  draw: (random: () => number) => Uint8Array;
  scale: Range;
  desk: Range;
  paper: Range;
  /** By how many levels the light differs from left to right, at most. */
  slope: number;
  grain: Range;
  /** Around 0, of the size of 1. */
  noise: (random: () => number) => number;
}

type Range = readonly [number, number];

const MANNER: Manner = {
  draw: drawSheet,
  scale: [0.7, 0.82],
  desk: [40, 100],
  paper: [205, 230],
  slope: 24,
  grain: [1, 4],
  noise: (random) => (random() - 0.5) * 2,
};

/** `count` pages: a quarter good, the rest with one known fault each. */
export function* pageSet(count: number): Generator<DrawnPage> {
  for (let index = 0; index < count; index += 1) yield drawPage(index + 1, faultOf(index), MANNER);
}

export function faultOf(index: number): PageFault | null {
  return index % 4 === 3 ? null : (FAULTS[(index - Math.floor(index / 4)) % 4] ?? null);
}

export function drawPage(seed: number, fault: PageFault | null, manner: Manner): DrawnPage {
  const random = generator(seed);
  const between = (least: number, most: number) => least + (most - least) * random();
  const skew = fault === "skew" ? between(8, 22) * (random() < 0.5 ? -1 : 1) : between(-3, 3);
  const blur = fault === "blur" ? between(1.9, 4) : between(0.3, 0.7);
  const sheet = manner.draw(random);
  const scale = between(...manner.scale);
  const out = fault === "cut_edge" ? between(0.1, 0.3) : 0;
  const placed = place(sheet, { skew, scale, out }, manner, random);
  const page = { width: WIDTH, height: HEIGHT, levels: placed };
  const radius = fault === "glare" ? between(30, 80) : 0;
  if (radius > 0) shine(page, radius, between);
  blurred(page, blur);
  const strength = between(...manner.grain);
  grain(page, () => manner.noise(random) * strength);
  const strengths = { blur, glare: radius, cut_edge: out, skew: Math.abs(skew) };
  return { fault, strength: fault === null ? 0 : strengths[fault], page };
}

/** mulberry32: small, and the same everywhere. */
function generator(seed: number): () => number {
  let state = seed * 0x9e3779b1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Lines of strokes as large as characters, as a printed form has them. */
function drawSheet(random: () => number): Uint8Array {
  const sheet = new Uint8Array(SHEET_WIDTH * SHEET_HEIGHT).fill(255);
  for (let y = 40; y < SHEET_HEIGHT - 40; y += 20) {
    const end = SHEET_WIDTH - 40 - random() * 160;
    for (let x = 40; x < end; x += 13) {
      if (random() < 0.12) continue;
      for (let stroke = 0; stroke < 4; stroke += 1) {
        const upright = random() < 0.5;
        const [left, top] = [x + random() * 8, y + random() * 9];
        const [across, down] = upright ? [2, 4 + random() * 6] : [4 + random() * 6, 2];
        for (let row = 0; row < down; row += 1) {
          for (let column = 0; column < across; column += 1) {
            sheet[Math.floor(top + row) * SHEET_WIDTH + Math.floor(left + column)] = 30;
          }
        }
      }
    }
  }
  return sheet;
}

/** The sheet on a dark desk, under light that falls from one side. */
function place(
  sheet: Uint8Array,
  { skew, scale, out }: { skew: number; scale: number; out: number },
  manner: Manner,
  random: () => number,
): Uint8Array {
  const levels = new Uint8Array(WIDTH * HEIGHT);
  const turn = (skew * Math.PI) / 180;
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
  const between = ([least, most]: Range) => least + (most - least) * random();
  const [desk, paper] = [between(manner.desk), between(manner.paper)];
  const slope = (random() - 0.5) * manner.slope;
  const centreX = WIDTH / 2 + (random() - 0.5) * 80;
  // Beyond the lower or upper side, by a part of the sheet's own height.
  const half = (SHEET_HEIGHT * scale) / 2;
  const beyond = HEIGHT - half + out * 2 * half;
  const centreY = out > 0 ? (random() < 0.5 ? beyond : HEIGHT - beyond) : HEIGHT / 2;
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const [dx, dy] = [(x - centreX) / scale, (y - centreY) / scale];
      const u = Math.floor(dx * cosine + dy * sine + SHEET_WIDTH / 2);
      const v = Math.floor(dy * cosine - dx * sine + SHEET_HEIGHT / 2);
      const inside = u >= 0 && v >= 0 && u < SHEET_WIDTH && v < SHEET_HEIGHT;
      const light = slope * (x / WIDTH - 0.5);
      const ink = inside ? (sheet[v * SHEET_WIDTH + u] ?? 255) / 255 : 0;
      levels[y * WIDTH + x] = Math.max(0, (inside ? paper * ink : desk) + light);
    }
  }
  return levels;
}

function shine(page: Grey, radius: number, between: (least: number, most: number) => number): void {
  const [centreX, centreY] = [WIDTH / 2 + between(-70, 70), HEIGHT / 2 + between(-100, 100)];
  const flat = between(0.7, 1);
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      const away = Math.hypot(x - centreX, (y - centreY) / flat) / radius;
      if (away > 2) continue;
      const at = y * WIDTH + x;
      const added = away < 1 ? 255 : 255 * (2 - away) ** 2;
      page.levels[at] = Math.min(255, (page.levels[at] ?? 0) + added);
    }
  }
}

/** Gauss, one direction after the other. */
function blurred({ width, height, levels }: Grey, sigma: number): void {
  const reach = Math.ceil(sigma * 3);
  const weights = Array.from({ length: reach * 2 + 1 }, (_, index) =>
    Math.exp(-((index - reach) ** 2) / (2 * sigma * sigma)),
  );
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const across = (step: number, length: number, starts: number, apart: number) => {
    const line = new Float32Array(length);
    for (let start = 0; start < starts; start += 1) {
      for (let at = 0; at < length; at += 1) {
        let sum = 0;
        for (let tap = 0; tap < weights.length; tap += 1) {
          const from = Math.min(length - 1, Math.max(0, at + tap - reach));
          sum += (weights[tap] ?? 0) * (levels[start * apart + from * step] ?? 0);
        }
        line[at] = sum / whole;
      }
      for (let at = 0; at < length; at += 1) levels[start * apart + at * step] = line[at] ?? 0;
    }
  };
  across(1, width, height, width);
  across(width, height, width, 1);
}

function grain({ levels }: Grey, noise: () => number): void {
  for (let at = 0; at < levels.length; at += 1) {
    const level = (levels[at] ?? 0) + noise();
    levels[at] = Math.min(255, Math.max(0, level));
  }
}
