import { expect, test } from "vitest";

import { FIT, moved, styleOf, turned, zoomed } from "../../../agent_console/web/call/zoom";

const box = { width: 800, height: 400 };

test("what is under the pointer stays there", () => {
  const at = { x: 200, y: -100 };
  const near = zoomed(FIT, 2, box, at);
  // A point p of the picture is shown at p × scale + offset.
  expect([200 * near.scale + near.x, -100 * near.scale + near.y]).toEqual([200, -100]);
});

test("it grows to eight times and shrinks to fit", () => {
  expect(zoomed(FIT, 100, box).scale).toBe(8);
  expect(zoomed({ ...FIT, scale: 2, x: 90, y: 20 }, 0.01, box)).toEqual(FIT);
});

test("the picture never leaves its box", () => {
  expect(moved(FIT, 50, 50, box)).toEqual(FIT);
  const far = moved({ ...FIT, scale: 2 }, 5_000, -5_000, box);
  expect([far.x, far.y]).toEqual([400, -200]);
});

test("four turns are none", () => {
  let zoom = FIT;
  for (const expected of [90, 180, 270, 0]) {
    zoom = turned(zoom, box);
    expect(zoom.turn).toBe(expected);
  }
});

test("a picture on its side is laid out with the sides of the box swapped", () => {
  const style = styleOf(turned(FIT, box), box);
  expect([style.width, style.height]).toEqual(["400px", "800px"]);
});
