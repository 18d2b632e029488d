import { Sheet } from "./other_page_set";
import { SHEET_HEIGHT, SHEET_WIDTH, drawPage, faultOf } from "./page_set";
import type { DrawnPage, Manner } from "./page_set";

/**
 * Pages that no limit was chosen by: certificates with a handful of letters, pages with a photo,
 * forms filled by hand, and copies of a card on a large sheet; with faults as bad as in `pageSet`.
 */
export function* thirdPageSet(count: number): Generator<DrawnPage> {
  for (let index = 0; index < count; index += 1) {
    const fault = faultOf(index);
    // Four faults and four sheets: each fault meets every kind of sheet.
    const draw = SHEETS[(index + Math.floor(index / 4)) % SHEETS.length] ?? drawCertificate;
    yield drawPage(3_100_007 + index * 29, fault, { ...MANNER, draw });
  }
}

const MANNER: Omit<Manner, "draw"> = {
  scale: [0.66, 0.84],
  desk: [25, 120],
  paper: [190, 232],
  slope: 36,
  grain: [0.5, 5],
  noise: (random) => random() + random() + random() - 1.5,
};

const SHEETS = [drawCertificate, drawPhotoPage, drawHandwritten, drawCardCopy];

/** A frame, a large heading, two to four short lines and a seal. */
function drawCertificate(random: () => number): Uint8Array {
  const sheet = new Sheet(random, 20 + random() * 50);
  frame(sheet, 22, 22, SHEET_WIDTH - 44, SHEET_HEIGHT - 44);
  sheet.line(120, 120 + 60 + random() * 120, 90, 30, 3);
  const lines = 2 + Math.floor(random() * 3);
  for (let line = 0; line < lines; line += 1) {
    sheet.line(70, 140 + random() * 200, 190 + line * 52, 18 + random() * 4, 2);
  }
  ring(sheet, 290 + random() * 40, 470 + random() * 40, 30 + random() * 14);
  return sheet.levels;
}

/** A photo takes the upper half, with a caption below it. */
function drawPhotoPage(random: () => number): Uint8Array {
  const sheet = new Sheet(random, 30 + random() * 40);
  photo(sheet, random, 60, 60, 300, 200 + random() * 80);
  const lines = 3 + Math.floor(random() * 4);
  for (let line = 0; line < lines; line += 1) {
    sheet.line(60, 200 + random() * 150, 380 + line * 26, 13, 2);
  }
  return sheet.levels;
}

/** Ruled lines, short printed names, and what was written with pencil or pen beside them. */
function drawHandwritten(random: () => number): Uint8Array {
  const printed = new Sheet(random, 40);
  const row = 34 + random() * 12;
  printed.line(140, 290, 26, 17, 2);
  const written = new Sheet(random, 50 + random() * 70);
  for (let y = 80; y < SHEET_HEIGHT - 60; y += row) {
    printed.fill(40, y + row * 0.7, SHEET_WIDTH - 80, 1);
    printed.line(40, 96, y, 12, 1);
    scribble(written, random, 110, 130 + random() * 230, y + row * 0.35, row * 0.3);
  }
  return printed.levels.map((level, at) => Math.min(level, written.levels[at] ?? 255));
}

/** Both sides of a card on an otherwise empty sheet. */
function drawCardCopy(random: () => number): Uint8Array {
  const sheet = new Sheet(random, 25 + random() * 45);
  for (const top of [90, 330]) {
    const left = 80 + random() * 40;
    frame(sheet, left, top, 240, 150);
    photo(sheet, random, left + 165, top + 25, 60, 80);
    for (let line = 0; line < 4; line += 1) {
      sheet.line(left + 15, left + 80 + random() * 70, top + 18 + line * 28, 11, 1);
    }
  }
  return sheet.levels;
}

function frame(sheet: Sheet, left: number, top: number, across: number, down: number): void {
  sheet.fill(left, top, across, 2);
  sheet.fill(left, top + down, across, 2);
  sheet.fill(left, top, 2, down);
  sheet.fill(left + across, top, 2, down);
}

function ring(sheet: Sheet, x: number, y: number, radius: number): void {
  for (let angle = 0; angle < 2 * Math.PI; angle += 0.02) {
    sheet.fill(x + radius * Math.cos(angle), y + radius * Math.sin(angle), 2, 2);
  }
}

/** Slow changes of light and no sharp edge but its border, as a face before a wall has. */
function photo(
  { levels }: Sheet,
  random: () => number,
  left: number,
  top: number,
  across: number,
  down: number,
): void {
  const [phase, ground] = [random() * 6, 110 + random() * 50];
  for (let y = Math.floor(top); y < top + down; y += 1) {
    for (let x = Math.floor(left); x < left + across; x += 1) {
      const [u, v] = [(x - left) / across, (y - top) / down];
      const face = Math.exp(-(((u - 0.5) / 0.22) ** 2) - ((v - 0.45) / 0.28) ** 2);
      const light = ground + 20 * Math.sin(4 * u + phase) * Math.cos(3 * v) + 60 * face;
      levels[y * SHEET_WIDTH + x] = Math.min(225, light);
    }
  }
}

/** A pen that goes up and down along the line, and is lifted now and then. */
function scribble(
  sheet: Sheet,
  random: () => number,
  left: number,
  right: number,
  middle: number,
  high: number,
): void {
  let phase = random() * 6;
  for (let x = left; x < right; x += 0.3) {
    phase += 0.08 + random() * 0.06;
    if (Math.sin(phase * 0.21) > 0.75) continue;
    const y = middle + high * Math.sin(phase) * Math.cos(phase * 0.37);
    sheet.fill(x + Math.cos(phase * 1.3) * 2, y, 2, 2);
  }
}
