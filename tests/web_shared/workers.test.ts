import { expect, it } from "vitest";

import { ownAddress } from "@shared/workers";

it("lets only files of this installation run as workers", () => {
  expect(ownAddress("/static/window/assets/worker.js")).toBe(
    `${location.origin}/static/window/assets/worker.js`,
  );
  for (const foreign of ["https://elsewhere.example/a.js", "data:text/javascript,1", "blob:x"]) {
    expect(() => ownAddress(foreign), foreign).toThrow(TypeError);
  }
});
