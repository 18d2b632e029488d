import type { PageFault } from "@shared/generated/wire";

/** Grey levels of a page as it lies under the camera, one byte a pixel. */
export interface Grey {
  width: number;
  height: number;
  levels: Uint8Array;
}

/** What was measured; each against its limit in {@link LIMITS}. */
export interface Measures {
  /** How steep the edges of letters are: 1 is a step; `null` without letters to look at. */
  sharpness: number | null;
  /** The part of the paper that is blown out. */
  glare: number;
  /** The longest part of a side of the picture that is paper: the page goes on beyond it. */
  cut: number;
  /** How far the paper is turned, in degrees. */
  skew: number;
}

export const LIMITS = { sharpness: 0.65, glare: 0.012, cut: 0.1, skew: 6 } as const;
const CELL = 4;
/**
 * The part of the places looked at that counts as edges of letters. A certificate has few letters:
 * with a larger part the bare paper beside them would count, and make a sharp page look blurred.
 */
const STEEPEST = 0.004;
/** Less contrast than this is a blank page, of which nobody can say whether it is sharp. */
const LEAST_CONTRAST = 16;
const LEAST_PAPER = 0.1;
/** How far from the paper's edge letters are looked for, in cells. */
const EDGE = 3;

/** Blur, glare, cut edges and skew; nothing is said of a picture without a paper. */
export function judge(page: Grey): PageFault[] {
  return faultsOf(measure(page));
}

export function faultsOf(measures: Measures | null): PageFault[] {
  if (measures === null) return [];
  const faults: PageFault[] = [];
  const { sharpness, glare, cut, skew } = measures;
  if (sharpness !== null && sharpness < LIMITS.sharpness) faults.push("blur");
  if (glare > LIMITS.glare) faults.push("glare");
  if (cut > LIMITS.cut) faults.push("cut_edge");
  if (skew > LIMITS.skew) faults.push("skew");
  return faults;
}

/** @returns `null` when no paper stands out from what it lies on. */
export function measure(page: Grey): Measures | null {
  const cells = averaged(page);
  const paper = paperOf(cells);
  if (paper === null) return null;
  return {
    sharpness: sharpnessOf(page, paper),
    glare: glareOf(cells, paper),
    cut: cutOf(paper),
    skew: skewOf(paper),
  };
}

/** Means of {@link CELL} by {@link CELL} pixels: letters and noise are gone, the paper stays. */
function averaged({ width, height, levels }: Grey): Grey {
  const across = Math.floor(width / CELL);
  const down = Math.floor(height / CELL);
  const means = new Uint8Array(across * down);
  for (let y = 0; y < down; y += 1) {
    for (let x = 0; x < across; x += 1) {
      let sum = 0;
      for (let row = 0; row < CELL; row += 1) {
        const start = (y * CELL + row) * width + x * CELL;
        for (let column = 0; column < CELL; column += 1) sum += levels[start + column] ?? 0;
      }
      means[y * across + x] = sum / (CELL * CELL);
    }
  }
  return { width: across, height: down, levels: means };
}

interface Mask {
  width: number;
  height: number;
  on: Uint8Array;
  count: number;
}

/** What is brighter than the best threshold between two kinds (Otsu 1979). */
function paperOf({ width, height, levels }: Grey): Mask | null {
  const limit = otsu(levels);
  const on = Uint8Array.from(levels, (level) => (level > limit ? 1 : 0));
  const count = on.reduce((sum, one) => sum + one, 0);
  return count < on.length * LEAST_PAPER ? null : { width, height, on, count };
}

function otsu(levels: Uint8Array): number {
  const counts = new Array<number>(256).fill(0);
  for (const level of levels) counts[level] = (counts[level] ?? 0) + 1;
  const sum = counts.reduce((total, count, level) => total + count * level, 0);
  let [below, sumBelow, best, limit] = [0, 0, -1, 127];
  counts.forEach((count, level) => {
    below += count;
    sumBelow += count * level;
    const above = levels.length - below;
    if (below === 0 || above === 0) return;
    const between = below * above * (sumBelow / below - (sum - sumBelow) / above) ** 2;
    if (between > best) [best, limit] = [between, level];
  });
  return limit;
}

/** The steepest edges over one pixel against the same over three: blur makes them alike. */
function sharpnessOf({ width, height, levels }: Grey, paper: Mask): number | null {
  const near = new Array<number>(256).fill(0);
  const far = new Array<number>(256).fill(0);
  const inner = innerCells(paper);
  let seen = 0;
  for (let y = 2; y < height - 2; y += 2) {
    const row = Math.floor(y / CELL) * paper.width;
    for (let x = 4; x < width - 4; x += 1) {
      if (inner[row + Math.floor(x / CELL)] !== 1) continue;
      const at = y * width + x;
      const steep = Math.abs((levels[at + 1] ?? 0) - (levels[at - 1] ?? 0));
      const wide = Math.abs((levels[at + 3] ?? 0) - (levels[at - 3] ?? 0));
      near[steep] = (near[steep] ?? 0) + 1;
      far[wide] = (far[wide] ?? 0) + 1;
      seen += 1;
    }
  }
  const contrast = topMean(far, seen * STEEPEST);
  return contrast < LEAST_CONTRAST ? null : topMean(near, seen * STEEPEST) / contrast;
}

/** Cells not at the paper's own edge, which is as sharp as any letter. */
function innerCells({ width, height, on }: Mask): Uint8Array {
  const inner = new Uint8Array(on.length);
  for (let y = EDGE; y < height - EDGE; y += 1) {
    for (let x = EDGE; x < width - EDGE; x += 1) {
      const at = y * width + x;
      const around = [at - EDGE, at + EDGE, at - EDGE * width, at + EDGE * width];
      if (on[at] === 1 && around.every((cell) => on[cell] === 1)) inner[at] = 1;
    }
  }
  return inner;
}

function topMean(counts: number[], many: number): number {
  let [left, sum] = [Math.max(1, many), 0];
  for (let level = 255; level >= 0 && left > 0; level -= 1) {
    const taken = Math.min(left, counts[level] ?? 0);
    sum += taken * level;
    left -= taken;
  }
  return sum / Math.max(1, many);
}

/** Cells as white as the camera can tell: nothing that stands there can be read. */
function glareOf({ levels }: Grey, { on, count }: Mask): number {
  let blown = 0;
  for (let at = 0; at < levels.length; at += 1) {
    if (on[at] === 1 && (levels[at] ?? 0) >= 251) blown += 1;
  }
  return blown / count;
}

function cutOf({ width, height, on }: Mask): number {
  const at = (x: number, y: number) => on[y * width + x] ?? 0;
  const sides = [
    range(width).map((x) => at(x, 0)),
    range(width).map((x) => at(x, height - 1)),
    range(height).map((y) => at(0, y)),
    range(height).map((y) => at(width - 1, y)),
  ];
  return Math.max(...sides.map((side) => side.reduce((sum, one) => sum + one, 0) / side.length));
}

/** The median slope of the paper's left and right edge, over rows that both have. */
function skewOf({ width, height, on }: Mask): number {
  const edges = range(height).map((y) => {
    const row = on.subarray(y * width, (y + 1) * width);
    const [first, last] = [firstRun(row), lastRun(row)];
    return first >= 0 && last - first > width / 6 ? { y, first, last } : null;
  });
  const rows = edges.filter((edge): edge is NonNullable<typeof edge> => edge !== null);
  const middle = rows.slice(Math.floor(rows.length * 0.25), Math.ceil(rows.length * 0.75));
  const step = Math.max(2, Math.floor(middle.length / 3));
  const slopes: number[] = [];
  middle.forEach((edge, index) => {
    const later = middle[index + step];
    if (later === undefined) return;
    const rise = later.y - edge.y;
    if (edge.first > 0 && later.first > 0) slopes.push((later.first - edge.first) / rise);
    if (edge.last < width - 1 && later.last < width - 1)
      slopes.push((later.last - edge.last) / rise);
  });
  if (slopes.length === 0) return 0;
  slopes.sort((one, other) => one - other);
  const median = slopes[Math.floor(slopes.length / 2)] ?? 0;
  return (Math.abs(Math.atan(median)) * 180) / Math.PI;
}

/** Where three bright cells stand in a row; -1: nowhere. */
function firstRun(row: Uint8Array): number {
  for (let x = 0; x + 2 < row.length; x += 1) {
    if (row[x] === 1 && row[x + 1] === 1 && row[x + 2] === 1) return x;
  }
  return -1;
}

function lastRun(row: Uint8Array): number {
  for (let x = row.length - 1; x >= 2; x -= 1) {
    if (row[x] === 1 && row[x - 1] === 1 && row[x - 2] === 1) return x;
  }
  return -1;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Grey levels of RGBA pixels (ITU-R BT.601). */
export function greyOf(width: number, height: number, rgba: Uint8ClampedArray): Grey {
  const levels = new Uint8Array(width * height);
  for (let at = 0; at < levels.length; at += 1) {
    const [red, green, blue] = [rgba[at * 4] ?? 0, rgba[at * 4 + 1] ?? 0, rgba[at * 4 + 2] ?? 0];
    levels[at] = (red * 299 + green * 587 + blue * 114) / 1000;
  }
  return { width, height, levels };
}
