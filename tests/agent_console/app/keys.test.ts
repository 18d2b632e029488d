import { expect, test, vi } from "vitest";

import { CONSOLE_KEYS, PLAYER_KEYS, act } from "../../../agent_console/web/app/keys";
import type { Key } from "../../../agent_console/web/app/keys";
import { DESK_MESSAGES } from "../../../agent_console/web/i18n";
import { flat } from "../../web_shared/messages";

function press(target: EventTarget, code: string, more: KeyboardEventInit = {}): boolean {
  const accept = vi.fn();
  let acted = false;
  const listen = (event: Event) => {
    acted = act(event as KeyboardEvent, CONSOLE_KEYS, { accept });
  };
  target.addEventListener("keydown", listen);
  const event = new KeyboardEvent("keydown", { code, bubbles: true, cancelable: true, ...more });
  target.dispatchEvent(event);
  target.removeEventListener("keydown", listen);
  expect(accept).toHaveBeenCalledTimes(acted ? 1 : 0);
  return acted;
}

function element(html: string): Element {
  document.body.innerHTML = html;
  return document.body.children[0] as Element;
}

test("Alt and the letter act, the letter alone does not", () => {
  expect(press(document.body, "KeyA", { altKey: true })).toBe(true);
  expect(press(document.body, "KeyA")).toBe(false);
  expect(press(document.body, "KeyA", { altKey: true, ctrlKey: true })).toBe(false);
});

test("shortcuts are off where somebody writes, and on at boxes to tick", () => {
  const alt = { altKey: true };
  expect(press(element("<textarea></textarea>"), "KeyA", alt)).toBe(false);
  expect(press(element('<input type="text">'), "KeyA", alt)).toBe(false);
  expect(press(element('<input type="checkbox">'), "KeyA", alt)).toBe(true);
});

test("a key held down acts once", () => {
  expect(press(document.body, "KeyA", { altKey: true, repeat: true })).toBe(false);
});

test("with Shift an arrow means something else, and goes on while it is held", () => {
  const back_5 = vi.fn();
  const back_1 = vi.fn();
  const event = (more: KeyboardEventInit) =>
    act(new KeyboardEvent("keydown", { code: "ArrowLeft", ...more }), PLAYER_KEYS, {
      back_5,
      back_1,
    });
  expect([event({}), event({ repeat: true }), event({ shiftKey: true })]).toEqual([
    true,
    true,
    true,
  ]);
  expect([back_5.mock.calls.length, back_1.mock.calls.length]).toEqual([2, 1]);
});

test("no key stands for two things, and none is the browser's own", () => {
  for (const keys of [CONSOLE_KEYS, PLAYER_KEYS]) {
    const codes = Object.values(keys).map((key: Key) => `${key.shift ?? false} ${key.code}`);
    expect(new Set(codes).size).toBe(codes.length);
  }
  const taken = ["KeyD", "KeyE", "KeyF", "KeyT", "KeyW"];
  expect(Object.values(CONSOLE_KEYS).filter(({ code }) => taken.includes(code))).toEqual([]);
  expect(Object.values(CONSOLE_KEYS).every(({ alt }) => alt)).toBe(true);
});

test("the help names every key", () => {
  const said = flat(DESK_MESSAGES["zh-CN"]);
  for (const name of Object.keys(CONSOLE_KEYS))
    expect(said).toHaveProperty([`keys.console.${name}`]);
  for (const name of Object.keys(PLAYER_KEYS)) expect(said).toHaveProperty([`keys.player.${name}`]);
});
