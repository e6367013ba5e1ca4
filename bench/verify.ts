import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient, SessionItem, SessionPage } from './api-client.js';
import { parseSessionId } from './generate/ids.js';
import type { Expected } from './generate/ledger.js';

const PAGE = 1000;
const POLL_MS = 20;
/** Maximum time for the server to show everything acknowledged after the last request. */
const SETTLE_LIMIT_MS = 15_000;
const MOST_REPORTED = 5;

/** Result of the verification. */
export interface Verification {
  /** From the call until statistics counted every acknowledged session, ms. */
  readonly settleMs: number;
  readonly sessionsChecked: number;
  /** Descriptions; empty if everything is exact. At most a few, with the number of the rest. */
  readonly mismatches: readonly string[];
}

/** Number of sessions in the ledgers. */
export function sessionsIn(ledgers: readonly Expected[]): number {
  let total = 0;
  for (const { spans, ended } of ledgers) {
    for (let i = 0; i < spans.length; i++) if (spans[i]! > 0 || ended[i]! > 0) total++;
  }
  return total;
}

/**
 * Compares every session that the API lists with what was acknowledged: spans, traces, errors, model calls
 * and tokens, ended or not. `others` is the number of sessions from elsewhere, which are not compared.
 */
export async function verify(
  api: ApiClient,
  ledgers: readonly Expected[],
  others = 0,
): Promise<Verification> {
  const total = sessionsIn(ledgers) + others;
  const mismatches = new Mismatches();
  const settleMs = await settle(api, total, mismatches);

  const byStream = new Map(ledgers.map((each) => [each.stream, each]));
  const seen = new Set<string>();
  let checked = 0;
  let path: string | undefined = `/api/v1/sessions?limit=${PAGE}`;
  while (path !== undefined) {
    const page: SessionPage = await api.json(path);
    for (const item of page.items) {
      const id = item['session.id'];
      if (seen.has(id)) mismatches.add(`${id} is listed twice`);
      seen.add(id);
      const parsed = parseSessionId(id);
      const expected = parsed && byStream.get(parsed.stream);
      if (!parsed || !expected) continue;
      checked++;
      compare(item, expected, parsed.number, mismatches);
    }
    path =
      page.next_cursor && `/api/v1/sessions?limit=${PAGE}&cursor=${encodeURIComponent(page.next_cursor)}`;
  }
  if (checked !== total - others)
    mismatches.add(`${checked} sessions listed, ${total - others} acknowledged`);
  return { settleMs, sessionsChecked: checked, mismatches: mismatches.inWords() };
}

async function settle(api: ApiClient, total: number, mismatches: Mismatches): Promise<number> {
  const began = performance.now();
  for (;;) {
    const stats = await api.json<{ total_sessions: number }>('/api/v1/sessions/stats');
    const took = performance.now() - began;
    if (stats.total_sessions === total) return took;
    if (took > SETTLE_LIMIT_MS) {
      mismatches.add(`statistics count ${stats.total_sessions} sessions, ${total} were acknowledged`);
      return took;
    }
    await delay(POLL_MS);
  }
}

function compare(item: SessionItem, expected: Expected, number: number, mismatches: Mismatches): void {
  const usage = item.genai_usage;
  const pairs: readonly [string, number, number | undefined][] = [
    ['span_count', item.span_count, expected.spans[number]],
    ['trace_count', item.trace_count, expected.traces[number]],
    ['error_count', item.error_count, expected.errors[number]],
    ['request_count', usage?.request_count ?? 0, expected.calls[number]],
    ['total_input_tokens', usage?.total_input_tokens ?? 0, expected.inputTokens[number]],
    ['total_output_tokens', usage?.total_output_tokens ?? 0, expected.outputTokens[number]],
    ['ended', item.state === 'ended' ? 1 : 0, expected.ended[number]],
  ];
  for (const [name, answered, right] of pairs) {
    if (answered !== right)
      mismatches.add(`${item['session.id']}: ${name} ${answered}, acknowledged ${right}`);
  }
}

class Mismatches {
  readonly #first: string[] = [];
  #count = 0;

  add(text: string): void {
    this.#count++;
    if (this.#first.length < MOST_REPORTED) this.#first.push(text);
  }

  inWords(): string[] {
    const rest = this.#count - this.#first.length;
    return rest > 0 ? [...this.#first, `and ${rest} more`] : this.#first;
  }
}
