import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Ringer } from "../../../agent_console/web/ringing/ringer";

const words = { title: "来电 K017", body: "养老待遇申请" };
const icons = { idle: "/idle.svg", ringing: "/ringing.svg" };

class FakeNotification {
  static permission = "granted";
  static shown: FakeNotification[] = [];
  onclick: (() => void) | null = null;
  closed = false;

  constructor(
    readonly title: string,
    readonly options: NotificationOptions,
  ) {
    FakeNotification.shown.push(this);
  }

  close(): void {
    this.closed = true;
  }
}

const silence = vi.fn();
const sound = vi.fn(() => silence);
let ringer: Ringer;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("Notification", FakeNotification);
  FakeNotification.permission = "granted";
  FakeNotification.shown = [];
  sound.mockClear();
  silence.mockClear();
  document.head.innerHTML = '<link rel="icon" href="/idle.svg">';
  document.title = "坐席台";
  ringer = new Ringer(sound);
});

afterEach(() => {
  ringer.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function icon(): string {
  return document.querySelector<HTMLLinkElement>("link")?.getAttribute("href") ?? "";
}

test("an offer is heard, seen on the desktop, in the title and in the icon", () => {
  ringer.start(words, icons);
  expect(sound).toHaveBeenCalledOnce();
  expect(FakeNotification.shown[0]?.title).toBe("来电 K017");
  expect(FakeNotification.shown[0]?.options.requireInteraction).toBe(true);
  expect(document.title).toBe("● 来电 K017");
  vi.advanceTimersByTime(700);
  expect([document.title, icon()]).toEqual(["来电 K017", "/ringing.svg"]);
});

test("when it stops everything is as it was", () => {
  ringer.start(words, icons);
  vi.advanceTimersByTime(700);
  ringer.stop();
  vi.advanceTimersByTime(5_000);
  expect(silence).toHaveBeenCalledOnce();
  expect(FakeNotification.shown[0]?.closed).toBe(true);
  expect([document.title, icon(), ringer.ringing]).toEqual(["坐席台", "/idle.svg", false]);
});

test("the next offer silences the one before", () => {
  ringer.start(words, icons);
  ringer.start({ ...words, title: "来电 K018" }, icons);
  expect(silence).toHaveBeenCalledOnce();
  ringer.stop();
  expect(document.title).toBe("坐席台");
});

test("a click on the notification brings the page to the front", () => {
  const focus = vi.spyOn(window, "focus").mockImplementation(() => undefined);
  ringer.start(words, icons);
  FakeNotification.shown[0]?.onclick?.();
  expect(focus).toHaveBeenCalledOnce();
  expect(FakeNotification.shown[0]?.closed).toBe(true);
});

test("without permission it still rings", () => {
  FakeNotification.permission = "denied";
  ringer.start(words, icons);
  expect(FakeNotification.shown).toEqual([]);
  expect(ringer.ringing).toBe(true);
});

test("a browser that allows no notifications from pages still rings", () => {
  vi.stubGlobal(
    "Notification",
    class {
      static permission = "granted";

      constructor() {
        throw new TypeError("Illegal constructor");
      }
    },
  );
  ringer.start(words, icons);
  expect(ringer.ringing).toBe(true);
});
