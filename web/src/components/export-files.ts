/** What exports of a list and of a session have in common. */
export const OTLP_FILE = { name: 'OTLP', note: 'The telemetry, for another Sojourn' } as const;
