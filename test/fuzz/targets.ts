import type { FuzzTarget } from './target.js';

interface ListedTarget {
  /** Executions of all targets are divided in proportion to these. */
  readonly share: number;
  open(): Promise<FuzzTarget>;
}

/** Everything that reads bytes of strangers, or of a disk. Code is loaded when a target is opened. */
export const TARGETS = {
  traces: { share: 16, open: async () => (await import('./targets/otlp.js')).openOtlp('traces') },
  logs: { share: 14, open: async () => (await import('./targets/otlp.js')).openOtlp('logs') },
  metrics: { share: 10, open: async () => (await import('./targets/otlp.js')).openOtlp('metrics') },
  json: { share: 12, open: async () => (await import('./targets/json.js')).openJson() },
  encodings: { share: 4, open: async () => (await import('./targets/encodings.js')).openEncodings() },
  grpc: { share: 1, open: async () => (await import('./targets/grpc.js')).openGrpc() },
  queries: { share: 12, open: async () => (await import('./targets/queries.js')).openQueries() },
  requests: { share: 2, open: async () => (await import('./targets/requests.js')).openRequests() },
  cursors: { share: 10, open: async () => (await import('./targets/cursors.js')).openCursors() },
  keys: { share: 6, open: async () => (await import('./targets/keys.js')).openKeys() },
  cookies: { share: 6, open: async () => (await import('./targets/cookies.js')).openCookies() },
  rules: { share: 2, open: async () => (await import('./targets/rules.js')).openRules() },
  redaction: { share: 3, open: async () => (await import('./targets/redaction.js')).openRedaction() },
  segments: { share: 3, open: async () => (await import('./targets/segments.js')).openSegments() },
  sessions: { share: 2, open: async () => (await import('./targets/sessions.js')).openSessions() },
} as const satisfies Record<string, ListedTarget>;

export type TargetName = keyof typeof TARGETS;
