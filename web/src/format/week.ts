/**
 * The day that weeks begin with in a locale, 1 for Monday to 7 for Sunday. Monday (ISO 8601) in browsers that do not
 * know, and for unknown locales.
 */
export function firstWeekdayOf(tag: string): number {
  try {
    const locale = new Intl.Locale(tag) as Intl.Locale & WeekLocale;
    return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1;
  } catch {
    return 1;
  }
}

/** Browsers have one or the other. */
interface WeekLocale {
  getWeekInfo?(): { readonly firstDay: number };
  readonly weekInfo?: { readonly firstDay: number };
}

/** That of the reader. */
export const FIRST_WEEKDAY = firstWeekdayOf(globalThis.navigator?.language ?? 'en-GB');
