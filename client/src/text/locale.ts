/** The locale of the numbers in texts. The same for everybody, unless a page sets that of its reader. */
let locale = 'en-US';
let formats = new Map<string, Intl.NumberFormat>();

/**
 * Sets the locale of all numbers, as a BCP 47 tag such as `de-AT`. An unknown tag is ignored. Digits are always
 * 0 to 9, because parts of a text, such as the seconds of `3m 07s`, are not formatted by locale.
 */
export function setNumberLocale(tag: string): void {
  try {
    locale = new Intl.Locale(tag, { numberingSystem: 'latn' }).toString();
    formats = new Map();
  } catch {
    // The locale stays as it is.
  }
}

interface Digits {
  /** Digits of the fraction, at least and at most. */
  readonly least?: number;
  readonly most: number;
  /** Whether the digits before the fraction are grouped; default is true. */
  readonly isGrouped?: boolean;
}

/** A number with the separators of the reader's locale. */
export function formatNumber(value: number, { least = 0, most, isGrouped = true }: Digits): string {
  const key = `${least} ${most} ${isGrouped}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, {
      minimumFractionDigits: least,
      maximumFractionDigits: most,
      useGrouping: isGrouped,
    });
    formats.set(key, format);
  }
  return format.format(value);
}
