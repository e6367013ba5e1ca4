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
  | { readonly type: 'reset'; readonly id: string }
  /** The connection is lost. It is made again, behind the last event, as often as needed. */
  | { readonly type: 'disconnected' };

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
 * ends is made again behind the last event, sooner after one that brought any. Throws `ApiError` where the server refuses
 * the stream, and `ConnectionError` where it could not be opened the first time.
 */
export async function* sessionEvents(
  lastEventId: string | undefined,
  { open, delay, signal }: StreamContext,
): AsyncGenerator<SessionEvent, void, undefined> {
  let wasOpened = false;
  for (let failures = 0; ; failures++) {
    if (failures > 0) await delay(Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1)));
    try {
      const response = await open(lastEventId);
      checkStream(response, response.ok ? undefined : jsonOf(await response.text()));
      wasOpened = true;
      for await (const message of messagesOf(response, signal)) {
        failures = 0;
        lastEventId = message.id ?? lastEventId;
        const event = eventOf(message);
        if (event !== undefined) yield event;
      }
    } catch (error) {
      if (!wasOpened || !(error instanceof ConnectionError)) throw error;
    }
    if (failures === 0) yield { type: 'disconnected' };
  }
}

/** @throws ConnectionError for a status that passes, ApiError for another one and for what is no stream */
function checkStream({ ok, status, url, headers }: Response, problem: unknown): void {
  if (status === 429 || status >= 500) throw new ConnectionError(url, undefined);
  if (!ok) throw new ApiError(status, problem);
  const isStream = headers.get('content-type')?.startsWith('text/event-stream') === true;
  if (!isStream) throw new ApiError(status, { detail: `${new URL(url).origin} is no Sojourn server` });
}

async function* messagesOf(
  response: Response,
  signal: AbortSignal,
): AsyncGenerator<EventSourceMessage, void, undefined> {
  if (response.body === null) return;
  const messages: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => messages.push(message) });
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  // The abort of a request does not always reach a body that is waited for.
  const cancel = (): void => void reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener('abort', cancel);
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        if (signal.aborted) throw signal.reason;
        throw new ConnectionError(response.url, error);
      });
      if (signal.aborted) throw signal.reason;
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* messages.splice(0);
    }
  } finally {
    signal.removeEventListener('abort', cancel);
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
