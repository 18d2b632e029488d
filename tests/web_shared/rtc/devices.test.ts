import { beforeEach, expect, test } from "vitest";

import { problemOf, recallDevice, rememberDevice } from "@shared/rtc/devices";

const papers = { deviceId: "b", groupId: "g2", label: "Document camera" };
const face = { deviceId: "a", groupId: "g1", label: "Webcam" };

beforeEach(() => localStorage.clear());

test("a device is found again by its id", () => {
  rememberDevice("document", papers);
  expect(recallDevice("document", [face, papers])).toEqual(papers);
});

test("a device whose id was renewed is found by name and group", () => {
  rememberDevice("document", papers);
  const renewed = { ...papers, deviceId: "new" };
  const twin = { ...papers, deviceId: "twin", groupId: "g9" };
  expect(recallDevice("document", [twin, renewed])).toEqual(renewed);
});

test("a device that is gone, or was never chosen, is nobody's", () => {
  expect(recallDevice("camera", [face])).toBeNull();
  rememberDevice("camera", papers);
  expect(recallDevice("camera", [face])).toBeNull();
});

test.each([
  ["NotFoundError", "missing"],
  ["OverconstrainedError", "missing"],
  ["NotAllowedError", "refused"],
  ["NotReadableError", "in_use"],
  ["SomethingNew", "unknown"],
])("%s is told as %s", (name, problem) => {
  expect(problemOf(Object.assign(new Error(""), { name }))).toBe(problem);
});
