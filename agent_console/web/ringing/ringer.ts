import { ring as ringTones } from "@shared/rtc/sound";
import type { Tone } from "@shared/rtc/sound";

/** What is said where the page itself is not seen. */
export interface RingWords {
  title: string;
  body: string;
}

/** Two rising calls; heard through a room, not shrill. */
const TUNE: readonly Tone[] = [
  { frequency: 660, seconds: 0.18, volume: 0.4 },
  { frequency: 880, seconds: 0.3, volume: 0.4, delay: 0.2 },
  { frequency: 660, seconds: 0.18, volume: 0.4, delay: 0.7 },
  { frequency: 880, seconds: 0.3, volume: 0.4, delay: 0.9 },
];
const TUNE_EVERY_MS = 2_000;
const FLASH_EVERY_MS = 700;
const TAG = "shipinban-offer";

/** Rings so that it cannot be missed: sound, notification, and the flashing title and icon. */
export class Ringer {
  private stops: (() => void)[] = [];

  constructor(private readonly sound: typeof ringTones = ringTones) {}

  get ringing(): boolean {
    return this.stops.length > 0;
  }

  start(words: RingWords, icons: { idle: string; ringing: string }): void {
    this.stop();
    this.stops = [
      this.sound(TUNE, TUNE_EVERY_MS),
      this.notify(words),
      flashTitle(words.title),
      flashIcon(icons),
    ];
  }

  stop(): void {
    for (const stop of this.stops.splice(0)) stop();
  }

  private notify({ title, body }: RingWords): () => void {
    if (!("Notification" in window) || Notification.permission !== "granted")
      return () => undefined;
    try {
      // The tag lets the next offer replace this one instead of standing beside it.
      const notice = new Notification(title, { body, tag: TAG, requireInteraction: true });
      notice.onclick = () => {
        window.focus();
        notice.close();
      };
      return () => notice.close();
    } catch {
      // Some browsers allow notifications to service workers only.
      return () => undefined;
    }
  }
}

function flashTitle(text: string): () => void {
  const before = document.title;
  let on = false;
  const flash = () => {
    on = !on;
    document.title = on ? `● ${text}` : text;
  };
  flash();
  const timer = setInterval(flash, FLASH_EVERY_MS);
  return () => {
    clearInterval(timer);
    document.title = before;
  };
}

function flashIcon({ idle, ringing }: { idle: string; ringing: string }): () => void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (link === null) return () => undefined;
  let on = false;
  const timer = setInterval(() => {
    on = !on;
    link.href = on ? ringing : idle;
  }, FLASH_EVERY_MS);
  return () => {
    clearInterval(timer);
    link.href = idle;
  };
}
