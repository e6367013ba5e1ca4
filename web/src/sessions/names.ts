const COUNTRIES = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'code' });

/** The English name of a country; the code itself if it is unknown. */
export function countryName(code: string): string {
  try {
    return COUNTRIES.of(code.toUpperCase()) ?? code;
  } catch {
    return code;
  }
}

/** The display name of a device type: `desktop` is `Desktop`. */
export function deviceName(type: string): string {
  if (type === 'tv') return 'TV';
  if (type === 'iot') return 'IoT';
  return type.charAt(0).toUpperCase() + type.slice(1);
}
