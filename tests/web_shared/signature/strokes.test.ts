import { describe, expect, it } from "vitest";

import { Ink, WIDTH, pathOf } from "../../../web_shared/signature/strokes";

describe("ink", () => {
  it("keeps whole numbers inside the pad, on a clock that starts with the first point", () => {
    const ink = new Ink();
    ink.begin(-3.2, 100.4, 0.5, 5_000);
    ink.extend(WIDTH + 50, 400, 2, 5_016.7);
    expect(ink.strokes).toEqual([
      [
        [0, 100, 0, 500],
        [WIDTH, 400, 17, 1000],
      ],
    ]);
  });

  it("leaves out points that tell nothing", () => {
    const ink = new Ink();
    ink.begin(100, 100, 0.5, 0);
    expect(ink.extend(103, 104, 0.5, 1)).toBe(false);
    expect(ink.extend(160, 100, 0.5, 2)).toBe(true);
  });

  it("never holds more than the server takes, however long somebody draws", () => {
    const ink = new Ink();
    for (let stroke = 0; stroke < 200; stroke += 1) {
      ink.begin(0, 0, 0.5, stroke * 100);
      for (let step = 1; step < 200; step += 1) {
        ink.extend((step * 130) % WIDTH, step, 0.5, stroke * 100 + step);
      }
    }
    expect(ink.strokes.length).toBeLessThanOrEqual(80);
    expect(ink.strokes.flat().length).toBeLessThanOrEqual(2_000);
  });

  it("is empty again after it was cleared", () => {
    const ink = new Ink();
    ink.begin(1, 1, 0.5, 0);
    ink.clear();
    expect(ink.empty).toBe(true);
    expect(ink.strokes).toEqual([]);
  });
});

it("draws a single point as a dot", () => {
  expect(pathOf([[10, 20, 0, 500]])).toBe("M10 20L10 20");
});
