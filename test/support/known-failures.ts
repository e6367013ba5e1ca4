/** Cases of `fixtures/cases` that are not read right yet. A case that is mended goes from this list: one that passes while it stands here is a failure too. */
export const KNOWN_FAILURES: ReadonlySet<string> = new Set<string>([
  'agent-total-lost-under-calls-without-tokens',
  'app-behind-okhttp-is-no-bot',
  'client-from-one-record',
  'errors-told-by-logs',
  'faro-session-extend',
  'previous-id-on-spans',
  'request-in-flight-at-session-end',
  'response-ids-of-a-local-server',
  'same-response-id-in-other-trace',
  'splunk-rum-session-id',
  'spring-ai-tool-loop-cumulative',
  'voltagent-model-cache-messages',
]);
