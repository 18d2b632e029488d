import type { PageFault } from "@shared/generated/wire";
import { SHEET_HEIGHT, SHEET_WIDTH, drawPage, faultOf } from "./page_set";
import type { DrawnPage, Manner } from "./page_set";

/**
 * Other seeds, sheets, strokes, desks, light and noise than `pageSet` has, with faults as bad as
 * there. Both sets chose the limits; `thirdPageSet` proves them.
 */
export function* otherPageSet(count: number): Generator<DrawnPage> {
  for (let index = 0; index < count; index += 1) {
    yield otherPage(index, faultOf(index));
  }
}

function otherPage(index: number, fault: PageFault | null): DrawnPage {
  const draw = SHEETS[index % SHEETS.length] ?? drawTable;
  return drawPage(700_001 + index * 13, fault, { ...OTHER_MANNER, draw });
}

const OTHER_MANNER: Omit<Manner, "draw"> = {
  scale: [0.68, 0.84],
  desk: [30, 110],
  paper: [195, 230],
  slope: 32,
  grain: [1, 4.5],
  /** About normal, as a sensor's is. */
  noise: (random) => random() + random() + random() - 1.5,
};

const SHEETS = [drawTable, drawColumns, drawLetter];

export class Sheet {
  readonly levels = new Uint8Array(SHEET_WIDTH * SHEET_HEIGHT).fill(255);

  constructor(
    private readonly random: () => number,
    /** Pencil is lighter than print. */
    private readonly ink: number,
  ) {}

  fill(left: number, top: number, across: number, down: number): void {
    for (let y = Math.floor(top); y < top + down && y < SHEET_HEIGHT; y += 1) {
      for (let x = Math.floor(left); x < left + across && x < SHEET_WIDTH; x += 1) {
        this.levels[y * SHEET_WIDTH + x] = this.ink;
      }
    }
  }

  /** Upright, level and slanting strokes within a square of `size`. */
  character(left: number, top: number, size: number, thick: number): void {
    const strokes = 3 + Math.floor(this.random() * 4);
    for (let stroke = 0; stroke < strokes; stroke += 1) {
      const [x, y] = [left + this.random() * size * 0.6, top + this.random() * size * 0.6];
      const long = size * (0.3 + this.random() * 0.4);
      const kind = this.random();
      if (kind < 0.4) this.fill(x, y, thick, long);
      else if (kind < 0.8) this.fill(x, y, long, thick);
      else for (let step = 0; step < long; step += 1) this.fill(x + step, y + step / 2, thick, 1);
    }
  }

  line(left: number, right: number, top: number, size: number, thick: number): void {
    for (let x = left; x < right - size; x += size * 1.15) {
      if (this.random() > 0.08) this.character(x, top, size, thick);
    }
  }
}

/** A form with ruled rows: printed names on the left, what was written on the right. */
function drawTable(random: () => number): Uint8Array {
  const sheet = new Sheet(random, 25 + random() * 35);
  const [row, middle] = [26 + random() * 14, 110 + random() * 60];
  sheet.line(120, 310, 24, 18, 2);
  for (let y = 60; y < SHEET_HEIGHT - 50; y += row) {
    sheet.fill(30, y, SHEET_WIDTH - 60, 1);
    sheet.line(36, middle, y + row / 2 - 6, 11, 1);
    sheet.line(middle + 8, middle + 60 + random() * 190, y + row / 2 - 8, 15, 2);
  }
  for (const x of [30, middle, SHEET_WIDTH - 31]) sheet.fill(x, 60, 1, SHEET_HEIGHT - 120);
  return sheet.levels;
}

/** Two columns of small print. */
function drawColumns(random: () => number): Uint8Array {
  const sheet = new Sheet(random, 20 + random() * 50);
  const size = 9 + random() * 3;
  for (let y = 36; y < SHEET_HEIGHT - 36; y += size * 1.6) {
    sheet.line(28, 200 - random() * 40, y, size, 1);
    sheet.line(222, 394 - random() * 40, y, size, 1);
  }
  return sheet.levels;
}

/** A certificate: a large heading, few lines, a seal. */
function drawLetter(random: () => number): Uint8Array {
  const sheet = new Sheet(random, 30 + random() * 40);
  const [size, lines] = [13 + random() * 5, 7 + Math.floor(random() * 8)];
  sheet.line(130, 300, 50, 26, 3);
  for (let line = 0; line < lines; line += 1) {
    const end = line === lines - 1 ? 200 : SHEET_WIDTH - 48;
    sheet.line(48, end, 110 + line * size * 2, size, 2);
  }
  const [x, y, radius] = [300 + random() * 30, 480 + random() * 30, 38 + random() * 8];
  for (let angle = 0; angle < 2 * Math.PI; angle += 0.02) {
    sheet.fill(x + radius * Math.cos(angle), y + radius * Math.sin(angle), 2, 2);
  }
  return sheet.levels;
}
