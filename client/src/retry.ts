import { ConnectionError } from './problem.js';

export interface RetryOptions {
  /** Requests for one answer, the first included; 1 for no retry. By default 4. */
  readonly attempts?: number;
  /** Longest pause before a retry, ms. A server that asks for a longer one gets no retry. By default 30,000. */
  readonly maxDelayMs?: number;
}

/** What retries depend on. */
export interface RetryContext {
  readonly fetch: typeof fetch;
  /** Resolves after `ms`; rejects with the reason of the signal if it is aborted before. */
  delay(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 up to 1, without 1. */
  random(): number;
  /** Ms since 1970. */
  now(): number;
}

const ATTEMPTS = 4;
const MAX_DELAY_MS = 30_000;
const FIRST_DELAY_MS = 500;

/** Too many requests, and what a server or proxy answers that will work again soon. */
const TRANSIENT = new Set([429, 502, 503, 504]);

/**
 * A `fetch` that repeats requests that read (GET and HEAD) and failed for a reason that passes: no connection, or a
 * status in `TRANSIENT`. It waits as long as `Retry-After` says (RFC 9110, section 10.2.3), else twice as long each
 * time, with jitter. Other requests are sent once. Rejects with `ConnectionError` where no answer came.
 */
export function withRetries(
  options: RetryOptions,
  context: RetryContext,
): (request: Request) => Promise<Response> {
  const { attempts = ATTEMPTS, maxDelayMs = MAX_DELAY_MS } = options;
  // Called by itself: the one of a browser refuses to be a method of anything but the window.
  const { fetch } = context;
  return async (request) => {
    const last = request.method === 'GET' || request.method === 'HEAD' ? attempts : 1;
    for (let attempt = 1; ; attempt++) {
      const answer = await fetch(request).catch((error: unknown) => {
        if (request.signal.aborted) throw request.signal.reason;
        return new ConnectionError(request.url, error);
      });
      const failed = answer instanceof ConnectionError || TRANSIENT.has(answer.status);
      const asked = answer instanceof Response ? retryAfterMs(answer, context.now()) : undefined;
      if (!failed || attempt >= last || (asked ?? 0) > maxDelayMs) {
        if (answer instanceof ConnectionError) throw answer;
        return answer;
      }
      const jitter = 0.5 + context.random() / 2;
      const delayMs = asked ?? Math.min(maxDelayMs, FIRST_DELAY_MS * 2 ** (attempt - 1)) * jitter;
      if (answer instanceof Response) await answer.body?.cancel();
      await context.delay(delayMs, request.signal);
    }
  };
}

/** The pause that the server asks for, ms; undefined if it names none. */
function retryAfterMs({ headers }: Response, nowMs: number): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** `RetryContext.delay` by a timer. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
