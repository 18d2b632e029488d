import { useI18n } from "vue-i18n";

/** Dates in the county's own time, whatever the computer is set to. */
const ZONE = "Asia/Shanghai";
const PARTS = { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" } as const;

export function useDates() {
  const { locale } = useI18n();

  function written(ms: number, parts: Intl.DateTimeFormatOptions): string {
    return new Intl.DateTimeFormat(locale.value, { ...parts, timeZone: ZONE }).format(ms);
  }

  return {
    /** Of the days around now. */
    dateTime: (ms: number) => written(ms, PARTS),
    /** With the year: on paper, and for what counts for long. */
    fullDateTime: (ms: number) => written(ms, { year: "numeric", ...PARTS }),
  };
}
