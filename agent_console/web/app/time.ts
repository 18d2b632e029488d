import { onBeforeUnmount, readonly, ref } from "vue";
import type { Ref } from "vue";

/** `4:05`, or `1:04:05`; never negative. */
export function minutes(ms: number): string {
  const all = Math.max(0, Math.floor(ms / 1000));
  const [hours, rest, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const tail = `${hours > 0 ? String(rest).padStart(2, "0") : rest}`;
  return `${hours > 0 ? `${hours}:` : ""}${tail}:${String(seconds).padStart(2, "0")}`;
}

/** `14:05` of the county's day: all clocks here are those of China. */
export function clockTime(ms: number, locale: string): string {
  return format(ms, locale, { hour: "2-digit", minute: "2-digit" });
}

/** `2026/11/27` of the county's day. */
export function date(ms: number, locale: string): string {
  return format(ms, locale, { year: "numeric", month: "2-digit", day: "2-digit" });
}

export function dateTime(ms: number, locale: string): string {
  return format(ms, locale, {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
}

function format(ms: number, locale: string, options: Intl.DateTimeFormatOptions): string {
  const county = { timeZone: "Asia/Shanghai", hourCycle: "h23", ...options } as const;
  return new Intl.DateTimeFormat(locale === "en" ? "en-GB" : locale, county).format(ms);
}

/** The time by `clock`, told anew each `everyMs` for as long as the component is there. */
export function useNow(clock: () => number, everyMs = 1000): Readonly<Ref<number>> {
  const now = ref(clock());
  const timer = setInterval(() => {
    now.value = clock();
  }, everyMs);
  onBeforeUnmount(() => clearInterval(timer));
  return readonly(now);
}
