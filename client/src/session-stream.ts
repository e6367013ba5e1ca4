import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { ApiError, ConnectionError } from './problem.js';
import type { components } from './schema.js';

/** What the stream of changed sessions reports. */
export type SessionEvent =
  /** A session is new or has changed. */
  | { readonly type: 'session'; readonly id: string; readonly session: components['schemas']['Session'] }
  /** `count` sessions changed that were too many to be sent one by one. */
  | { readonly type: 'skipped'; readonly id: string; readonly count: number }
  /** What was missed is not known any more: read the list anew. */
  | { readonly type: 'reset'; readonly id: string };

export interface StreamContext {
  /** Opens the stream behind an event, or from now on. */
  open(lastEventId: string | undefined): Promise<Response>;
  /** Resolves after `ms`; rejects if the signal is aborted. */
  delay(ms: number): Promise<void>;
  /** Aborted when the reader has stopped. */
  readonly signal: AbortSignal;
}

const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 30_000;

/**
 * Yields the events of the stream (WHATWG HTML, section 9.2) from `lastEventId` on, or from now on. A connection that
 * ends or cannot be made is made again behind the last event, sooner after one that brought any. Throws `ApiError` where
 * the server refuses the stream.
 */
export async function* sessionEvents(
  lastEventId: string | undefined,
  { open, delay, signal }: StreamContext,
): AsyncGenerator<SessionEvent, void, undefined> {
  for (let failures = 0; ; failures++) {
    if (failures > 0) await delay(Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1)));
    try {
      for await (const message of messagesOf(await open(lastEventId), signal)) {
        failures = 0;
        lastEventId = message.id ?? lastEventId;
        const event = eventOf(message);
        if (event !== undefined) yield event;
      }
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
    }
  }
}

async function* messagesOf(
  response: Response,
  signal: AbortSignal,
): AsyncGenerator<EventSourceMessage, void, undefined> {
  if (!response.ok || response.body === null) {
    const text = await response.text();
    if (response.status >= 500) throw new ConnectionError(response.url, undefined);
    throw new ApiError(response.status, jsonOf(text));
  }
  const messages: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => messages.push(message) });
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        if (signal.aborted) throw signal.reason;
        throw new ConnectionError(response.url, error);
      });
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* messages.splice(0);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

/** Undefined for a kind of event that this version does not know. */
function eventOf({ event, id = '', data }: EventSourceMessage): SessionEvent | undefined {
  switch (event) {
    case 'session':
      return { type: 'session', id, session: JSON.parse(data) };
    case 'skipped':
      return { type: 'skipped', id, count: JSON.parse(data).count };
    case 'reset':
      return { type: 'reset', id };
    default:
      return undefined;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
