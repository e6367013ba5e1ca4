/**
 * Severities by their names in OpenTelemetry (logs data model, "Displaying Severity") and in common logging
 * libraries.
 */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((name, index) =>
    ['', '2', '3', '4'].map((suffix, step) => [`${name}${suffix}`, 4 * index + step + 1] as const),
  ),
  ['VERBOSE', 1],
  ['LOG', 9],
  ['INFORMATION', 9],
  ['INFORMATIONAL', 9],
  ['NOTICE', 10],
  ['WARNING', 13],
  ['ERR', 17],
  ['SEVERE', 17],
  ['CRITICAL', 21],
  ['CRIT', 21],
  ['ALERT', 22],
  ['EMERGENCY', 23],
  ['EMERG', 23],
]);

/** Length of the longest name. */
const MAX_LENGTH = 13;

/** The SeverityNumber, 1 to 24, of a name in any case; undefined for unknown names. */
export function severityNumberOf(text: string): number | undefined {
  return text.length > MAX_LENGTH ? undefined : NUMBERS.get(text.trim().toUpperCase());
}
