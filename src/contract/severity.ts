import { severityNumberOf } from '../normalize/severity.js';

/** The SeverityNumber, 1 to 24, of a filter's number or name; undefined if it is neither. */
export function parseSeverity(text: string): number | undefined {
  if (!/^\d{1,2}$/.test(text)) return severityNumberOf(text);
  const number = Number(text);
  return number >= 1 && number <= 24 ? number : undefined;
}
