import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Autosave } from "../../../agent_console/web/case/autosave";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("a pause saves what was written last, once", async () => {
  const save = vi.fn(() => Promise.resolve());
  const notes = new Autosave(save);
  for (const text of ["材", "材料", "材料齐"]) {
    notes.changed(text);
    await vi.advanceTimersByTimeAsync(300);
  }
  expect(save).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(save.mock.calls).toEqual([["材料齐"]]);
  expect([notes.state.value, notes.pending]).toEqual(["saved", false]);
});

test("what is written during a save is saved after it", async () => {
  let finish = (): void => undefined;
  const saved: string[] = [];
  const save = (text: string) => {
    saved.push(text);
    return new Promise<void>((resolve) => {
      finish = resolve;
    });
  };
  const notes = new Autosave(save);
  notes.changed("一");
  await vi.advanceTimersByTimeAsync(1_000);
  notes.changed("一二");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(saved).toEqual(["一"]);
  finish();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(saved).toEqual(["一", "一二"]);
  finish();
  await vi.advanceTimersByTimeAsync(0);
  expect(notes.state.value).toBe("saved");
});

test("a save that failed is tried again", async () => {
  const save = vi.fn(() => Promise.resolve()).mockRejectedValueOnce(new Error("offline"));
  const notes = new Autosave(save);
  notes.changed("一");
  await notes.flush();
  expect([notes.state.value, notes.pending]).toEqual(["failed", true]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect([notes.state.value, save.mock.calls.length]).toEqual(["saved", 2]);
});

test("nothing changed, nothing saved", async () => {
  const save = vi.fn(() => Promise.resolve());
  await new Autosave(save).flush();
  expect(save).not.toHaveBeenCalled();
});
