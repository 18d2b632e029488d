/** `2026年11月27日` of the county's day, as it stands on paper. */
export function longDay(ms: number, locale: string): string {
  const options = { timeZone: "Asia/Shanghai", dateStyle: "long" } as const;
  return new Intl.DateTimeFormat(locale, options).format(ms);
}
