import { onBeforeUnmount, onMounted } from "vue";

export interface Key {
  /** `KeyboardEvent.code`: the place on the board, the same in every layout and input method. */
  code: string;
  alt?: boolean;
  /** Left out: with or without. */
  shift?: boolean;
  /** Acts again and again while it is held down. */
  repeats?: boolean;
  /** As printed on the key. */
  label: string;
}

const alt = (code: string, label: string): Key => ({ code, alt: true, label });

/**
 * Every shortcut of the console, once. All take Alt, so that no single letter acts by accident, and
 * none is one of the browser's (Alt+D, E and F are; so are Ctrl+D, T, W and N).
 */
export const CONSOLE_KEYS = {
  accept: alt("KeyA", "A"),
  decline: alt("KeyX", "X"),
  mute: alt("KeyM", "M"),
  camera: alt("KeyV", "V"),
  hold: alt("KeyH", "H"),
  take_page: alt("KeyP", "P"),
  swap: alt("KeyS", "S"),
  zoom_in: alt("Equal", "="),
  zoom_out: alt("Minus", "-"),
  fit: alt("Digit0", "0"),
  rotate: alt("KeyR", "R"),
  full_screen: alt("Enter", "Enter"),
  notes: alt("KeyN", "N"),
  outcome: alt("KeyO", "O"),
  end: alt("KeyQ", "Q"),
  help: alt("Slash", "/"),
} satisfies Record<string, Key>;
export type ConsoleKey = keyof typeof CONSOLE_KEYS;

const again = (code: string, label: string, shift = false): Key => ({
  code,
  label,
  shift,
  repeats: true,
});

/** The player's keys act while the focus is in the desk about it. */
export const PLAYER_KEYS = {
  play: { code: "Space", label: "Space" },
  pause: { code: "KeyK", label: "K" },
  back_10: again("KeyJ", "J"),
  forward_10: again("KeyL", "L"),
  back_5: again("ArrowLeft", "←"),
  forward_5: again("ArrowRight", "→"),
  back_1: again("ArrowLeft", "←", true),
  forward_1: again("ArrowRight", "→", true),
  frame_back: again("Comma", ","),
  frame_forward: again("Period", "."),
  faster: { code: "ArrowUp", label: "↑" },
  slower: { code: "ArrowDown", label: "↓" },
  mark: { code: "KeyM", label: "M" },
  layout: { code: "KeyV", label: "V" },
  help: { code: "Slash", label: "?" },
} satisfies Record<string, Key>;
export type PlayerKey = keyof typeof PLAYER_KEYS;

/** The review desk's: through a queue of cases without the mouse. */
export const REVIEW_KEYS = {
  next: alt("KeyN", "N"),
  /** The same with one key, where the focus is in the review and nobody writes. */
  next_alone: { code: "KeyN", label: "N" },
  save: alt("KeyS", "S"),
  give: alt("Enter", "Enter"),
} satisfies Record<string, Key>;
export type ReviewKey = keyof typeof REVIEW_KEYS;

export function keyText({ alt: withAlt, shift, label }: Key): string {
  return `${withAlt ? "Alt+" : ""}${shift ? "Shift+" : ""}${label}`;
}

export function matches(event: KeyboardEvent, key: Key): boolean {
  if (event.ctrlKey || event.metaKey) return false;
  if (event.altKey !== (key.alt ?? false)) return false;
  if (key.shift !== undefined && event.shiftKey !== key.shift) return false;
  return event.code === key.code;
}

const WRITING = new Set(["INPUT", "TEXTAREA", "SELECT"]);
/** These inputs take no text: keys may act there. */
const CHOOSING = new Set(["checkbox", "radio", "range", "button"]);

/** Whether somebody is writing there: shortcuts are off then. */
export function writing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && CHOOSING.has(target.type)) return false;
  return WRITING.has(target.tagName) || target.isContentEditable;
}

/** What a shortcut does; what is not named here passes by. */
export type Actions<K extends string> = Partial<Record<K, () => unknown>>;

/** @returns whether a shortcut acted. */
export function act<K extends string>(
  event: KeyboardEvent,
  keys: Record<K, Key>,
  actions: Actions<K>,
): boolean {
  if (event.defaultPrevented || writing(event.target)) return false;
  for (const name of Object.keys(actions) as K[]) {
    if (!matches(event, keys[name]) || (event.repeat && !keys[name].repeats)) continue;
    event.preventDefault();
    actions[name]?.();
    return true;
  }
  return false;
}

/** Listens on the whole page for as long as the component is there. */
export function useKeys<K extends string>(keys: Record<K, Key>, actions: Actions<K>): void {
  const listen = (event: KeyboardEvent) => void act(event, keys, actions);
  onMounted(() => addEventListener("keydown", listen));
  onBeforeUnmount(() => removeEventListener("keydown", listen));
}

export function useConsoleKeys(actions: Actions<ConsoleKey>): void {
  useKeys(CONSOLE_KEYS, actions);
}
